# Targets that prove the proof: ten minutes or more each.
.PHONY: faults notices mutants bench
faults: all ## plant a sample of faults in copies and see which check notices (ten minutes)
	@$(VENV)/bin/python tests/verification/faults.py

notices: all ## plant what a dishonest hand may do in copies and log which command notices (half an hour)
	@$(VENV)/bin/python tests/verification/trials.py

mutants: $(READY) ## alter the code with mutmut and see whether the unit tests notice (an hour)
	@$(VENV)/bin/python tests/verification/mutants.py

bench: $(READY) ## measure against papermill, nbconvert and a plain process: benchmarks/ (an hour)
	@$(VENV)/bin/python benchmarks/bench.py
