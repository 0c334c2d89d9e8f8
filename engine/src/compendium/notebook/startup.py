"""PYTHONSTARTUP of the kernels of `compendium lab`: leaves no name in a notebook."""

__import__("compendium.notebook.fresh_kernel").notebook.fresh_kernel.prepare_kernel()
