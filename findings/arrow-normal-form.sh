#!/usr/bin/env bash
# pyarrow.compute.utf8_normalize of pyarrow 18.1.0 decomposes a text whatever normal form is asked for: NFC gives "e" and
# a combining acute accent for "é", composed or not, as NFD does. Of pyarrow 26.0.1 NFC composes. Keys that are made with it
# differ between the two. Guess before it was run: NFC composes in both, as unicodedata does.
#
# Seen on 2026-11-28:
#   18.1.0 NFC 65 301, NFKC 65 301, NFD 65 301; unicodedata NFC e9
#   26.0.1 NFC e9, NFKC e9, NFD 65 301; unicodedata NFC e9
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > shown.py <<'PY'
import unicodedata

import pyarrow as pa
import pyarrow.compute as pc

def points(text):
    return " ".join(format(ord(letter), "x") for letter in text)

given = "e\u0301"
forms = {form: pc.utf8_normalize(pa.array([given]), form=form)[0].as_py() for form in ("NFC", "NFKC", "NFD")}
told = ", ".join(f"{form} {points(text)}" for form, text in forms.items())
print(f"{pa.__version__} {told}; unicodedata NFC {points(unicodedata.normalize('NFC', given))}")
PY
for package in pyarrow==18.1.0 pyarrow==26.0.1; do
    python3 -m venv "venv-$package"
    "venv-$package/bin/pip" install --quiet "$package"
    "venv-$package/bin/python" shown.py
done | tee seen.txt
diff seen.txt - <<'SEEN'
18.1.0 NFC 65 301, NFKC 65 301, NFD 65 301; unicodedata NFC e9
26.0.1 NFC e9, NFKC e9, NFD 65 301; unicodedata NFC e9
SEEN
