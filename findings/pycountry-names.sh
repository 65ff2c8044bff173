#!/usr/bin/env bash
# pycountry 26.2.16 finds Vietnam and South Korea by name, and neither Russia nor Turkey, the latter not by search_fuzzy
# either. What search_fuzzy names first is not what is meant: Nigeria for Niger, which is itself a country's whole name,
# North Korea for Korea, the Netherlands for Curacao. Guess before it was run: lookup finds Turkey and Russia too, and
# search_fuzzy may well take Niger for Nigeria.
#
# Seen on 2026-11-28:
#   Vietnam: VN by lookup, VN first by search_fuzzy
#   South Korea: KR by lookup, KR first by search_fuzzy
#   Russia: none by lookup, RU first by search_fuzzy
#   Turkey: none by lookup, none first by search_fuzzy
#   Niger: NE by lookup, NG first by search_fuzzy
#   Korea: none by lookup, KP first by search_fuzzy
#   Curacao: none by lookup, NL first by search_fuzzy
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pycountry==26.2.16
cd "$folder"
cat > shown.py <<'PY'
import pycountry


def found(name: str) -> str:
    try:
        return pycountry.countries.lookup(name).alpha_2
    except LookupError:
        return "none"


def first(name: str) -> str:
    try:
        return pycountry.countries.search_fuzzy(name)[0].alpha_2
    except LookupError:
        return "none"


for name in ("Vietnam", "South Korea", "Russia", "Turkey", "Niger", "Korea", "Curacao"):
    print(f"{name}: {found(name)} by lookup, {first(name)} first by search_fuzzy")
PY
"$folder/venv/bin/python" shown.py | tee seen.txt
diff seen.txt - <<'SEEN'
Vietnam: VN by lookup, VN first by search_fuzzy
South Korea: KR by lookup, KR first by search_fuzzy
Russia: none by lookup, RU first by search_fuzzy
Turkey: none by lookup, none first by search_fuzzy
Niger: NE by lookup, NG first by search_fuzzy
Korea: none by lookup, KP first by search_fuzzy
Curacao: none by lookup, NL first by search_fuzzy
SEEN
