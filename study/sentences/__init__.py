"""What the notebooks say in sentences, filled with what was computed: a module a notebook, a function a sentence."""
