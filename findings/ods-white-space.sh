#!/usr/bin/env bash
# python-calamine 0.9.1 cannot read an OpenDocument sheet whose XML has white space between a row and its cells. The
# format allows it (ODF 1.2 part 1, 6.1.2: white space there has no meaning), SheetJS 0.18.5 writes its sheets so, and
# odfpy 1.4.1 reads them. Guess before it was run: both read both files.
#
# Seen on 2026-11-28:
#   tight.ods: [['ann']], 1 row by odfpy
#   indented.ods: CalamineError, 1 row by odfpy
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet python-calamine==0.9.1 odfpy==1.4.1
cd "$folder"
cat > shown.py <<'PY'
import zipfile

import python_calamine
from odf.opendocument import load
from odf.table import TableRow

OASIS = "urn:oasis:names:tc:opendocument:xmlns"
HEAD = (
    f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{OASIS}:office:1.0" '
    f'xmlns:table="{OASIS}:table:1.0" xmlns:text="{OASIS}:text:1.0" office:version="1.2">'
    '<office:body><office:spreadsheet><table:table table:name="L">'
)
CELL = '<table:table-cell office:value-type="string"><text:p>ann</text:p></table:table-cell>'
TAIL = "</table:table></office:spreadsheet></office:body></office:document-content>"
MANIFEST = (
    f'<?xml version="1.0"?><manifest:manifest xmlns:manifest="{OASIS}:manifest:1.0" manifest:version="1.2">'
    '<manifest:file-entry manifest:full-path="/" '
    'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
)

for name, space in (("tight.ods", ""), ("indented.ods", "\n  ")):
    with zipfile.ZipFile(name, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", MANIFEST)
        row = f"<table:table-row>{space}{CELL}{space}</table:table-row>"
        archive.writestr("content.xml", HEAD + row + TAIL)
    rows = len(load(name).getElementsByType(TableRow))
    try:
        book = python_calamine.CalamineWorkbook.from_path(name)
        found = str(book.get_sheet_by_name("L").to_python())
    except python_calamine.CalamineError as error:
        found = type(error).__name__
    print(f"{name}: {found}, {rows} row by odfpy")
PY
"$folder/venv/bin/python" shown.py | tee seen.txt
diff seen.txt - <<'SEEN'
tight.ods: [['ann']], 1 row by odfpy
indented.ods: CalamineError, 1 row by odfpy
SEEN
