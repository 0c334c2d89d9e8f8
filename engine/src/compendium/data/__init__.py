"""The raw tables: in and out, types, validity, codebook."""
