#!/usr/bin/env bash
# str() of a paragraph of odfpy 1.4.1 leaves out its spaces where there are several (text:s), its tabs and its line breaks,
# so that words run together; its own teletype.extractText gives all of them, python-calamine 0.9.1 the spaces alone. Spaces
# in a row are always written so (ODF 1.2 part 1, 6.1.2). Guess before it was run: str() gives one space for each of them.
#
# Seen on 2026-11-28:
#   str: 'AnnLundBirchOslo'
#   teletype: 'Ann  Lund\tBirch\nOslo'
#   calamine: 'Ann  LundBirchOslo'
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet odfpy==1.4.1 python-calamine==0.9.1
cd "$folder"
cat > shown.py <<'PY'
import python_calamine
from odf import table, teletype
from odf.opendocument import OpenDocumentSpreadsheet, load
from odf.text import P, LineBreak, S, Tab

text = P(text="Ann")
for mark, word in ((S(c=2), "Lund"), (Tab(), "Birch"), (LineBreak(), "Oslo")):
    text.addElement(mark)
    text.addText(word)
cell = table.TableCell(valuetype="string")
cell.addElement(text)
row = table.TableRow()
row.addElement(cell)
sheet = table.Table(name="L")
sheet.addElement(row)
book = OpenDocumentSpreadsheet()
book.spreadsheet.addElement(sheet)
book.save("leads.ods")

[read] = load("leads.ods").getElementsByType(P)
print("str:", repr(str(read)))
print("teletype:", repr(teletype.extractText(read)))
print("calamine:", repr(python_calamine.load_workbook("leads.ods").get_sheet_by_index(0).to_python()[0][0]))
PY
"$folder/venv/bin/python" shown.py 2>/dev/null | tee seen.txt
diff seen.txt - <<'SEEN'
str: 'AnnLundBirchOslo'
teletype: 'Ann  Lund\tBirch\nOslo'
calamine: 'Ann  LundBirchOslo'
SEEN
