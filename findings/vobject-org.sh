#!/usr/bin/env bash
# vobject 0.9.9 writes a company that is one text as one unit a letter: ORG of a vCard is a list of units, and a text is a
# list of its letters. The card is valid, and says so of any company. A note that is one text is written as it is. Guess
# before it was run: the company as it is, or an error.
#
# Seen on 2026-11-28:
#   NOTE:Birch, ORG:B;i;r;c;h
#   ORG:Birch
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet vobject==0.9.9
cd "$folder"
cat > shown.py <<'PY'
import vobject

card = vobject.vCard()
card.add("fn").value = "Ann Lund"
card.add("n").value = vobject.vcard.Name(family="Lund", given="Ann")
card.add("org").value = "Birch"
card.add("note").value = "Birch"
print(*sorted(line for line in card.serialize().splitlines() if line[:3] in ("ORG", "NOT")), sep=", ")
card.org.value = ["Birch"]
print(next(line for line in card.serialize().splitlines() if line.startswith("ORG")))
PY
"$folder/venv/bin/python" shown.py 2>/dev/null | tee seen.txt
diff seen.txt - <<'SEEN'
NOTE:Birch, ORG:B;i;r;c;h
ORG:Birch
SEEN
