"""The reader's own copy of the paper: the tables checked against it, and verdicts laid over it."""
