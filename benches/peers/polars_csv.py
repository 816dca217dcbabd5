"""The toy job with polars, streaming from CSV to CSV."""

import sys

import polars as pl

from toy_polars import annotate, read_rates

entry_file, rates, output = sys.argv[1:4]
# Codes with leading zeros stay text.
lines = pl.scan_csv(entry_file, infer_schema=False)
annotate(lines, read_rates(rates).lazy()).sink_csv(output, float_precision=2, engine="streaming")
