# Targets that prove the proof: half an hour or more each.
.PHONY: rates bench
rates: all ## measure what the checks are worth: faults planted, code altered, runs killed, stale results (an hour)
	@$(VENV)/bin/python engine/verification/plant.py rates

bench: $(READY) ## measure against papermill, nbconvert and a plain process, and how time grows: engine/benchmarks/ (an hour)
	@$(VENV)/bin/python engine/benchmarks/bench.py
