#!/usr/bin/env bash
# pyarrow 26.0.1 (and 18.1.0) loads pandas as soon as it makes an array of a list or of a NumPy array, where pandas is
# installed: a program that imports only pyarrow pays for the import of pandas at its first array. Arrays that are read
# (CSV, IPC) do not. Guess before it was run: a program whose own modules do not import pandas does not load it.
#
# Seen on 2026-11-28:
#   26.0.1 read False, list True
#   18.1.0 read False, list True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > shown.py <<'PY'
import sys

import pyarrow as pa
import pyarrow.csv as csv

csv.read_csv(pa.BufferReader(b"a\n1\n"))
read = "pandas" in sys.modules
pa.array([1])
print(f"{pa.__version__} read {read}, list {'pandas' in sys.modules}")
PY
for package in pyarrow==26.0.1 pyarrow==18.1.0; do
    python3 -m venv "venv-$package"
    "venv-$package/bin/pip" install --quiet "$package" "pandas==2.3.3"
    "venv-$package/bin/python" shown.py
done | tee seen.txt
diff seen.txt - <<'SEEN'
26.0.1 read False, list True
18.1.0 read False, list True
SEEN
