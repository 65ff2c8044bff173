#!/usr/bin/env bash
# xlsx2csv 0.8.6 takes a number for a date where its format shows a word in quotes that has a d, an m or an s in it, as in
# "Lead" 0 or 0 "MwSt": the cell becomes a part of the format with a day in it, and the number is lost. openpyxl 3.1.5 and
# python-calamine 0.9.1 read the number. A word in quotes is literal (ECMA-376 part 1, 18.8.31). Guess before it was run:
# all three read a number.
#
# Seen on 2026-11-28:
#   0: openpyxl 41, calamine 41, xlsx2csv 41
#   0 "pcs": openpyxl 41, calamine 41, xlsx2csv "0 ""pcs"""
#   "Lead" 0: openpyxl 41, calamine 41, xlsx2csv """lea09"" 0"
#   0 "MwSt": openpyxl 41, calamine 41, xlsx2csv "0 ""02wst"""
#   0 "days": openpyxl 41, calamine 41, xlsx2csv "0 ""09ays"""
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet xlsx2csv==0.8.6 openpyxl==3.1.5 python-calamine==0.9.1
cd "$folder"
cat > shown.py <<'PY'
import io

import openpyxl
import python_calamine
import xlsx2csv

FORMATS = ("0", '0 "pcs"', '"Lead" 0', '0 "MwSt"', '0 "days"')
book = openpyxl.Workbook()
for row, shown in enumerate(FORMATS, 1):
    book.active.cell(row, 1, 41).number_format = shown
book.save("numbers.xlsx")

csv = io.StringIO()
xlsx2csv.Xlsx2csv("numbers.xlsx").convert(csv)
read = [row[0].value for row in openpyxl.load_workbook("numbers.xlsx").active.iter_rows()]
calamine = [row[0] for row in python_calamine.load_workbook("numbers.xlsx").get_sheet_by_index(0).to_python()]
for shown, one, two, three in zip(FORMATS, read, calamine, csv.getvalue().splitlines()):
    print(f"{shown}: openpyxl {one}, calamine {two:.0f}, xlsx2csv {three}")
PY
"$folder/venv/bin/python" shown.py 2>/dev/null | tee seen.txt
diff seen.txt - <<'SEEN'
0: openpyxl 41, calamine 41, xlsx2csv 41
0 "pcs": openpyxl 41, calamine 41, xlsx2csv "0 ""pcs"""
"Lead" 0: openpyxl 41, calamine 41, xlsx2csv """lea09"" 0"
0 "MwSt": openpyxl 41, calamine 41, xlsx2csv "0 ""02wst"""
0 "days": openpyxl 41, calamine 41, xlsx2csv "0 ""09ays"""
SEEN
