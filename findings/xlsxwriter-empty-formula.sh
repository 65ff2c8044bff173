#!/usr/bin/env bash
# A formula that XlsxWriter 3.3.1 writes with the value "" has an empty <v>, of a number as it seems, where Excel writes a
# text (t="str"). openpyxl 3.1.5 gives None for it, as for a formula that nobody calculated, and for python-calamine 0.9.1
# there is no cell: where no row has another cell in such a first column, all rows are shifted to the left. Guess before it
# was run: both give an empty text.
#
# Seen on 2026-11-28:
#   empty: <c r="A1"><f>C1&amp;""</f><v></v>
#     openpyxl [None, 'Lund']
#     calamine ['Lund']
#   filled: <c r="A1" t="str"><f>C1&amp;""</f><v>Ann</v>
#     openpyxl ['Ann', 'Lund']
#     calamine ['Ann', 'Lund']
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet XlsxWriter==3.3.1 openpyxl==3.1.5 python-calamine==0.9.1
cd "$folder"
cat > shown.py <<'PY'
import zipfile

import openpyxl
import python_calamine
import xlsxwriter

for name, value in (("empty", ""), ("filled", "Ann")):
    with xlsxwriter.Workbook(f"{name}.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_formula("A1", '=C1&""', None, value)
        sheet.write_string("B1", "Lund")
    xml = zipfile.ZipFile(f"{name}.xlsx").read("xl/worksheets/sheet1.xml").decode()
    print(f"{name}:", xml[xml.index('<c r="A1"') : xml.index("</c>")])
    read = openpyxl.load_workbook(f"{name}.xlsx", data_only=True).active
    print("  openpyxl", [cell.value for cell in next(read.iter_rows())])
    print("  calamine", python_calamine.load_workbook(f"{name}.xlsx").get_sheet_by_index(0).to_python()[0])
PY
"$folder/venv/bin/python" shown.py 2>/dev/null | tee seen.txt
diff seen.txt - <<'SEEN'
empty: <c r="A1"><f>C1&amp;""</f><v></v>
  openpyxl [None, 'Lund']
  calamine ['Lund']
filled: <c r="A1" t="str"><f>C1&amp;""</f><v>Ann</v>
  openpyxl ['Ann', 'Lund']
  calamine ['Ann', 'Lund']
SEEN
