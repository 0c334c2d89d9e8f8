"""What belongs to this paper: the judgements of its claims, checks between its tables."""
