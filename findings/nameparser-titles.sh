#!/usr/bin/env bash
# Of given names that are titles too nameparser 2.6.0 takes four for a given name (Dean, Earl, Duke, Major), three for a
# title before a surname (Judge, Bishop, Marquis) and two for a title before a given name (King, Prince), so that a person
# called King Lund has the first name Lund and no surname. Guess before it was run: all nine are titles, and Lund is the
# surname.
#
# Seen on 2026-11-28:
#   Dean Lund: title '', first 'Dean', last 'Lund'
#   Earl Lund: title '', first 'Earl', last 'Lund'
#   Duke Lund: title '', first 'Duke', last 'Lund'
#   Major Lund: title '', first 'Major', last 'Lund'
#   Judge Lund: title 'Judge', first '', last 'Lund'
#   Bishop Lund: title 'Bishop', first '', last 'Lund'
#   Marquis Lund: title 'Marquis', first '', last 'Lund'
#   King Lund: title 'King', first 'Lund', last ''
#   Prince Lund: title 'Prince', first 'Lund', last ''
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet nameparser==2.6.0
cd "$folder"
cat > shown.py <<'PY'
from nameparser import HumanName

for given in ("Dean", "Earl", "Duke", "Major", "Judge", "Bishop", "Marquis", "King", "Prince"):
    name = HumanName(f"{given} Lund")
    print(f"{name}: title {name.title!r}, first {name.first!r}, last {name.last!r}")
PY
"$folder/venv/bin/python" shown.py 2>/dev/null | tee seen.txt
diff seen.txt - <<'SEEN'
Dean Lund: title '', first 'Dean', last 'Lund'
Earl Lund: title '', first 'Earl', last 'Lund'
Duke Lund: title '', first 'Duke', last 'Lund'
Major Lund: title '', first 'Major', last 'Lund'
Judge Lund: title 'Judge', first '', last 'Lund'
Bishop Lund: title 'Bishop', first '', last 'Lund'
Marquis Lund: title 'Marquis', first '', last 'Lund'
King Lund: title 'King', first 'Lund', last ''
Prince Lund: title 'Prince', first 'Lund', last ''
SEEN
