#!/usr/bin/env bash
# A text _x0041_ stands for A in a workbook, and its _ is written as _x005F_ where the text itself is meant (ECMA-376 part 1,
# 22.9.2.19). XlsxWriter 3.3.1 does so, openpyxl 3.1.5 writes the text as it is, and so python-calamine 0.9.1 reads A from
# it. xlsx2csv 0.8.6 gives XlsxWriter's text with its escapes. Guess before it was run: every reader gives the text back that
# either of them wrote.
#
# Seen on 2026-11-28:
#   XlsxWriter wrote _x0041_: openpyxl _x0041_, calamine _x0041_, xlsx2csv _x005F_x0041_
#   openpyxl wrote _x0041_: openpyxl _x0041_, calamine A, xlsx2csv _x0041_
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet XlsxWriter==3.3.1 openpyxl==3.1.5 python-calamine==0.9.1 xlsx2csv==0.8.6
cd "$folder"
cat > shown.py <<'PY'
import io

import openpyxl
import python_calamine
import xlsx2csv
import xlsxwriter

TEXT = "_x0041_"
with xlsxwriter.Workbook("XlsxWriter.xlsx") as book:
    book.add_worksheet().write_string("A1", TEXT)
book = openpyxl.Workbook()
book.active["A1"] = TEXT
book.save("openpyxl.xlsx")
for writer in ("XlsxWriter", "openpyxl"):
    path, csv = f"{writer}.xlsx", io.StringIO()
    xlsx2csv.Xlsx2csv(path).convert(csv)
    calamine = python_calamine.load_workbook(path).get_sheet_by_index(0).to_python()[0][0]
    read = openpyxl.load_workbook(path).active["A1"].value
    print(f"{writer} wrote {TEXT}: openpyxl {read}, calamine {calamine}, xlsx2csv {csv.getvalue().strip()}")
PY
"$folder/venv/bin/python" shown.py 2>/dev/null | tee seen.txt
diff seen.txt - <<'SEEN'
XlsxWriter wrote _x0041_: openpyxl _x0041_, calamine _x0041_, xlsx2csv _x005F_x0041_
openpyxl wrote _x0041_: openpyxl _x0041_, calamine A, xlsx2csv _x0041_
SEEN
