"""The toy job with DuckDB and its excel extension, which is taken from its Python package."""

import pathlib
import sys

import duckdb
import duckdb_extension_excel

from toy_duckdb import copy, figures_as_text, quoted

connection = duckdb.connect()
package = pathlib.Path(duckdb_extension_excel.__file__).parent
connection.load_extension(str(next(package.rglob("excel.duckdb_extension"))))
if len(sys.argv) > 1:
    entry_file, rates, output = sys.argv[1:4]
    lines = f"read_xlsx({quoted(entry_file)}, header = true)"
    # As numbers, some figures would be lost without a word: this version leaves out filled cells of columns that have
    # empty ones (duckdb/duckdb issue 24779).
    copy(connection, lines, rates, output, "FORMAT xlsx, HEADER true", figures_as_text)
