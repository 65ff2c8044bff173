#!/usr/bin/env bash
# To phonenumbers 9.0.43 a day written 2024-05-12 is a valid phone number in 26 of 245 regions: in Germany and Finland every
# day of 2024 is one, and with dots (12.05.2024) 204 and 237 of the 366 are. So a column of dates that was taken for one of
# phones is not told by what is valid. Guess before it was run: it is valid nowhere.
#
# Seen on 2026-11-28:
#   2024-05-12: valid in 26 of 245 regions
#   DE: of 366 days 366 with hyphens, 204 with dots
#   FI: of 366 days 366 with hyphens, 237 with dots
#   AT: of 366 days 0 with hyphens, 125 with dots
#   IT: of 366 days 0 with hyphens, 108 with dots
#   GB: of 366 days 0 with hyphens, 0 with dots
#   US: of 366 days 0 with hyphens, 1 with dots
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet phonenumbers==9.0.43
cd "$folder"
cat > shown.py <<'PY'
from datetime import date, timedelta

import phonenumbers

DAYS = [date(2024, 1, 1) + timedelta(days) for days in range(366)]


def is_valid(text: str, region: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(text, region))
    except phonenumbers.NumberParseException:
        return False


regions = [region for region in phonenumbers.SUPPORTED_REGIONS if is_valid("2024-05-12", region)]
print(f"2024-05-12: valid in {len(regions)} of {len(phonenumbers.SUPPORTED_REGIONS)} regions")
for region in ("DE", "FI", "AT", "IT", "GB", "US"):
    hyphens = sum(is_valid(day.isoformat(), region) for day in DAYS)
    dots = sum(is_valid(day.strftime("%d.%m.%Y"), region) for day in DAYS)
    print(f"{region}: of 366 days {hyphens} with hyphens, {dots} with dots")
PY
"$folder/venv/bin/python" shown.py | tee seen.txt
diff seen.txt - <<'SEEN'
2024-05-12: valid in 26 of 245 regions
DE: of 366 days 366 with hyphens, 204 with dots
FI: of 366 days 366 with hyphens, 237 with dots
AT: of 366 days 0 with hyphens, 125 with dots
IT: of 366 days 0 with hyphens, 108 with dots
GB: of 366 days 0 with hyphens, 0 with dots
US: of 366 days 0 with hyphens, 1 with dots
SEEN
