#!/usr/bin/env bash
# distributed 2026.8.0: what `Client.scatter(value, broadcast=True)` put on every worker is on one of them two seconds later.
# The active memory manager, which is on unless it is turned off, takes the other copies for waste. A worker that is lost
# then takes the value along, and tasks that need it are cancelled (FutureCancelledError, "lost dependencies"), as scattered
# data cannot be made again. Guess before it was run: a broadcast outlives all workers but one.
#
# Seen on 2026-11-28:
#   2026.8.0 workers 3, copies at once 3, copies after 5 s 1
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > shown.py <<'PY'
import time

import distributed
from distributed import Client, LocalCluster

if __name__ == "__main__":
    with LocalCluster(3, threads_per_worker=1, processes=False, dashboard_address=None) as cluster, Client(cluster) as client:
        future = client.scatter(b"any value", broadcast=True)
        at_once = len(client.who_has(future)[future.key])
        time.sleep(5)
        later = len(client.who_has(future)[future.key])
        print(f"{distributed.__version__} workers 3, copies at once {at_once}, copies after 5 s {later}")
PY
python3 -m venv venv
venv/bin/pip install --quiet dask==2026.8.0 distributed==2026.8.0
venv/bin/python shown.py | tee seen.txt
diff seen.txt - <<'SEEN'
2026.8.0 workers 3, copies at once 3, copies after 5 s 1
SEEN
