# Targets that prove the proof: more than half an hour each.
.PHONY: rates bench
rates: all ## measure what the checks are worth: faults planted, code altered, runs killed, hostile conditions (40 minutes)
	@$(VENV)/bin/python tests/verification/rates.py

bench: $(READY) ## measure against papermill, nbconvert and a plain process, and how time grows: benchmarks/ (an hour)
	@$(VENV)/bin/python benchmarks/bench.py
