"""Analysis: what notebooks compute from raw tables, apart from verdicts: aims, statistics, sources, the report."""
