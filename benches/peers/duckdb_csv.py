"""The toy job with DuckDB, from CSV to CSV."""

import sys

import duckdb

from toy_duckdb import copy, quoted

entry_file, rates, output = sys.argv[1:4]
# Codes with leading zeros stay text.
lines = f"read_csv({quoted(entry_file)}, all_varchar = true)"
copy(duckdb.connect(), lines, rates, output, "FORMAT csv, HEADER true")
