#!/usr/bin/env bash
# clevercsv 0.8.5 takes the @ for the delimiter of a file that is one column of addresses, so that every row has a local part
# and a domain. csv.Sniffer of Python says that it cannot tell. Guess before it was run: no delimiter.
#
# Seen on 2026-11-28:
#   clevercsv: '@'
#   csv: Could not determine delimiter
#   ['ann', 'birch.example']
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet clevercsv==0.8.5
cd "$folder"
cat > shown.py <<'PY'
import csv

import clevercsv

text = "email\nann@birch.example\nbo@elm.example\ncy@oak.example\n"
dialect = clevercsv.Sniffer().sniff(text)
print("clevercsv:", repr(dialect.delimiter))
try:
    print("csv:", repr(csv.Sniffer().sniff(text).delimiter))
except csv.Error as error:
    print("csv:", error)
with open("leads.csv", "w") as file:
    file.write(text)
print(clevercsv.read_table("leads.csv")[1])
PY
"$folder/venv/bin/python" shown.py 2>/dev/null | tee seen.txt
diff seen.txt - <<'SEEN'
clevercsv: '@'
csv: Could not determine delimiter
['ann', 'birch.example']
SEEN
