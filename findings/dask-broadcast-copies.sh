#!/usr/bin/env bash
# distributed 2026.8.0: what `Client.scatter(value, broadcast=True)` put on every worker is on one of them two seconds
# later. The active memory manager, which is on unless it is turned off, takes the other copies for waste. A worker that is
# lost then takes the value along, and tasks that need it are cancelled (FutureCancelledError, "lost dependencies"), as
# scattered data cannot be made again. Guess before it was run: a broadcast outlives all workers but one.
#
# Seen on 2026-11-28:
#   2026.8.0 workers 3, copies at once 3, after 5 s 1
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > shown.py <<'PY'
import time

import distributed
from distributed import Client, LocalCluster


def copies(client, future):
    return len(next(iter(client.who_has([future]).values())))


if __name__ == "__main__":
    ports = {"dashboard_address": "127.0.0.1:0", "scheduler_port": 0}
    with LocalCluster(n_workers=3, threads_per_worker=1, **ports) as cluster, Client(cluster) as client:
        future = client.scatter(b"any value", broadcast=True, hash=False)
        at_once = copies(client, future)
        time.sleep(5)
        print(f"{distributed.__version__} workers 3, copies at once {at_once}, after 5 s {copies(client, future)}")
PY
python3 -m venv venv
venv/bin/pip install --quiet dask==2026.8.0 distributed==2026.8.0
venv/bin/python shown.py | tee seen.txt
diff seen.txt - <<'SEEN'
2026.8.0 workers 3, copies at once 3, after 5 s 1
SEEN
