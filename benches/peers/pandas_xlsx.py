"""The toy job with pandas: read_excel (calamine) and to_excel (XlsxWriter)."""

import sys

import pandas as pd

from toy_pandas import annotate, read_rates

entry_file, rates, output = sys.argv[1:4]
# Codes with leading zeros stay text: pandas takes text cells of digits for numbers.
lines = pd.read_excel(entry_file, engine="calamine", dtype={"Line Number": str, "Entry Type": str})
annotate(lines, read_rates(rates)).to_excel(output, engine="xlsxwriter", index=False)
