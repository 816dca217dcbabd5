"""The toy job with pandas, from CSV to CSV."""

import sys

import pandas as pd

from toy_pandas import annotate, read_rates

entry_file, rates, output = sys.argv[1:4]
# Codes with leading zeros stay text.
lines = pd.read_csv(entry_file, dtype=str)
annotate(lines, read_rates(rates)).to_csv(output, index=False)
