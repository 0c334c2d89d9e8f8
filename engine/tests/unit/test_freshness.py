"""What must answer at once imports nothing heavy; tests/whole sees that what has not changed is not run again."""

import subprocess
import sys


def test_help_claims_and_an_unchanged_run_import_nothing_heavy():
    heavy = {"pandas", "numpy", "matplotlib", "papermill", "nbformat", "scipy"}
    for line in (["--help"], ["claims", "Q15"]):
        code = (
            "import sys\nfrom compendium.__main__ import main\n"
            f"try: main({line!r})\nexcept SystemExit: print('loaded', *{heavy!r} & set(sys.modules))"
        )
        said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8")
        assert said.stdout.splitlines()[-1] == "loaded", said.stdout + said.stderr
