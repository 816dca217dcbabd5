"""Every cell of a workbook as openpyxl reads it, one JSON list a line: sheet, row, column, value, link.

Days come as the numbers that the workbook holds.
"""

import datetime
import json
import sys

import openpyxl
from openpyxl.utils.datetime import to_excel

DAYS = (datetime.datetime, datetime.date, datetime.time, datetime.timedelta)

for sheet in openpyxl.load_workbook(sys.argv[1], data_only=True):
    for row in sheet.iter_rows():
        for cell in row:
            value = cell.value
            if value is None:
                continue
            if isinstance(value, DAYS):
                value = to_excel(value)
            if isinstance(value, int) and not isinstance(value, bool):
                value = float(value)
            link = cell.hyperlink and [cell.hyperlink.target, cell.hyperlink.location]
            print(json.dumps([sheet.title, cell.row, cell.column, value, link]))
