"""The toy job with polars: read_excel (calamine) and write_excel (XlsxWriter)."""

import sys

import polars as pl

from toy_polars import annotate, read_rates

entry_file, rates, output = sys.argv[1:4]
lines = pl.read_excel(entry_file, engine="calamine")
annotate(lines, read_rates(rates)).write_excel(output)
