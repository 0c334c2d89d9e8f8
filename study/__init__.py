"""What belongs to this paper: bounds, statistics, tile map, checks between its tables, judgements of its claims."""
