"""Duplicates and lists over many leads, against the same work in plain pandas, in DuckDB and row by row.

Every way runs in every round, one after the other; printed are medians of the rounds. What the ways find is
compared before anything is timed.
"""

import argparse
import hashlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from hygiene.address import exact_key
from hygiene.arrow.hashing import hash_texts
from hygiene.arrow.parallel import CHUNK_ROWS, map_in_order
from hygiene.cleaning.dedup.partitions import Partitions
from hygiene.cleaning.dedup.survivors import find_repeats, join_repeats, order_repeats
from hygiene.lists import RuleList, match, parse_list
from hygiene.lists.entries import judge

#: Rows that the loop over a frame is timed on; its time is the same for every row.
SAMPLE = 5_000
#: Ways that take so long that they run in the first round alone.
SLOW = ("pandas isin and map",)


class Leads:
    """Made-up leads, and lists of which some name a few of them."""

    def __init__(self, size: int, addresses: int, domains: int, hashes: int) -> None:
        random = np.random.default_rng(7)
        people = random.integers(0, size * 10, size)
        hosts = random.integers(0, 60_000, size)
        self.emails = [
            f"p{person}@h{host % 7}.d{host}.example" for person, host in zip(people, hosts, strict=True)
        ]
        repeats = random.integers(0, size, size // 20)
        for place, of in zip(random.integers(0, size, size // 20), repeats, strict=True):
            self.emails[place] = self.emails[of]
        few = self.emails[:: max(1, size // 1000)]
        self.addresses = [f"q{n}@d{n % 60_000}.example" for n in range(addresses - len(few))] + few
        self.domains = [f"e{n}.example" for n in range(domains - 500)] + [f"d{n}.example" for n in range(500)]
        hashed = [f"r{n}@x.example" for n in range(hashes - len(few))] + few[1::2] * 2
        self.hashes = [
            hashlib.md5(text.encode(), usedforsecurity=False).hexdigest() for text in hashed[:hashes]
        ]
        self.series = pd.Series(self.emails, dtype="str")
        self.arrow = pa.array(self.emails, pa.large_string())
        self.domain = pa.array([email.partition("@")[2] for email in self.emails], pa.large_string())


def repeated(size: int) -> list[str]:
    """So many addresses, each of one of as many people, so that over a third repeat another."""
    people = np.random.default_rng(8).integers(0, size, size).tolist()
    return [f"p{person}@h{person % 7}.d{person % 60_000}.example" for person in people]


def duplicates(emails: list[str]) -> dict[str, Callable[[], int]]:
    """Rows that another row stands for: four ways."""
    arrow, series = pa.array(emails, pa.large_string()), pd.Series(emails, dtype="str")
    table = pa.table({"row": np.arange(len(emails)), "email": arrow})
    found = duckdb.connect()
    found.register("leads", table)
    query = "select count(*) from (select min(row) as stays from leads group by lower(email))"
    return {
        "ours": lambda: int(find_repeats(exact_key(arrow)).replaced.sum()),
        "ours, in chunks as a cleaning": partial(_in_chunks, arrow),
        "pandas duplicated": lambda: int(series.str.lower().duplicated().sum()),
        "pandas drop_duplicates": lambda: len(series) - len(series.str.lower().drop_duplicates()),
        "DuckDB group by": lambda: len(emails) - found.sql(query).fetchall()[0][0],
    }


def _in_chunks(emails: pa.Array) -> int:
    """What `hygiene.clean` does about duplicates: chunks hashed in threads, rows brought together by bucket."""
    keys, row = Partitions(3), 0
    chunks = (emails.slice(start, CHUNK_ROWS) for start in range(0, len(emails), CHUNK_ROWS))
    for hashes in map_in_order(lambda chunk: hash_texts(exact_key(chunk)), chunks):
        rows = np.empty((len(hashes), 3), dtype=np.uint64)
        rows[:, :2], rows[:, 2] = hashes, np.arange(row, row + len(hashes))
        keys.add(rows)
        row += len(hashes)
    parts = [order_repeats(part[:, :2], part[:, 2].astype(np.int64)) for part in keys.parts()]
    return int(join_repeats(row, parts)[0].replaced.sum())


def listed(leads: Leads) -> dict[str, Callable[[], int]]:
    """Rows that are on a list of addresses, of domains or of hashes: five ways."""
    texts = (leads.addresses, leads.domains, leads.hashes)
    lists = [parse_list("\n".join(each), name=str(number)) for number, each in enumerate(texts)]
    sets = tuple(set(each) for each in texts)
    return {
        "ours": partial(_ours, leads, lists),
        "pandas isin and map": partial(_pandas, leads),
        "DuckDB": _duckdb(leads),
        "loop over a list": lambda: sum(_row(email, *sets) for email in leads.emails),
        "loop over rows (iterrows)": partial(_iterrows, leads, sets),
    }


def read_lists(addresses: list[str]) -> dict[str, Callable[[], int]]:
    """Entries of a plain list, of the same with two a line, and of the plain one judged by whole lines alone."""
    plain = "\n".join(addresses).encode()
    cells = pa.array(addresses, pa.large_string())
    pairs = zip(addresses[::2], addresses[1::2], strict=False)
    two = "\n".join(f"{one} / {other}" for one, other in pairs).encode()
    whole = partial(judge, cells, hashes=True)
    return {
        "ours": lambda: len(parse_list(plain, name="plain")),
        "whole lines alone, no layout": lambda: int((whole().kind >= 0).sum()),
        "two addresses a line": lambda: len(parse_list(two, name="two")),
    }


def _ours(leads: Leads, lists: list[RuleList]) -> int:
    found = match(lists, address=leads.arrow, domain=leads.domain, subdomains=True)
    return int((found.address | found.domain | found.hash).sum())


def _pandas(leads: Leads) -> int:
    keys = leads.series.str.lower()
    found = keys.isin(leads.addresses)
    names = keys.str.partition("@")[2]
    while names.str.len().any():
        found |= names.isin(leads.domains)
        names = names.str.partition(".")[2]
    found |= keys.map(lambda key: hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()).isin(
        leads.hashes
    )
    return int(found.sum())


def _duckdb(leads: Leads) -> Callable[[], int]:
    here = duckdb.connect()
    here.register("leads", pa.table({"email": leads.arrow, "domain": leads.domain}))
    here.register("given_addresses", pa.table({"entry": leads.addresses}))
    here.register("given_domains", pa.table({"entry": leads.domains}))
    here.register("given_hashes", pa.table({"entry": leads.hashes}))
    here.execute("create table addresses as select distinct entry from given_addresses")
    here.execute("create table domains as select distinct entry from given_domains")
    here.execute("create table hashes as select distinct entry from given_hashes")
    query = """
        select count(*) from leads
        where lower(email) in (select entry from addresses)
           or md5(lower(email)) in (select entry from hashes)
           or domain in (select entry from domains)
           or regexp_replace(domain, '^[^.]+[.]', '') in (select entry from domains)
           or regexp_replace(domain, '^[^.]+[.][^.]+[.]', '') in (select entry from domains)
    """
    return lambda: int(here.sql(query).fetchall()[0][0])


def _row(email: str, addresses: set[str], domains: set[str], hashes: set[str]) -> bool:
    key = email.strip().lower()
    name = key.partition("@")[2]
    if key in addresses or hashlib.md5(key.encode(), usedforsecurity=False).hexdigest() in hashes:
        return True
    while name:
        if name in domains:
            return True
        name = name.partition(".")[2]
    return False


def _iterrows(leads: Leads, sets: tuple[set[str], set[str], set[str]]) -> int:
    frame = leads.series.iloc[:SAMPLE].to_frame("email")
    return sum(_row(row["email"], *sets) for _, row in frame.iterrows())


def compare(title: str, ways: Mapping[str, Callable[[], int]], rounds: int, scale: float) -> None:
    """Print how long each way takes, and how often our time goes into it."""
    answers = {name: way() for name, way in ways.items() if "iterrows" not in name and name not in SLOW}
    if len(set(answers.values())) > 1:
        raise SystemExit(f"{title}: the ways do not agree: {answers}")
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds):
        for name, way in ways.items():
            if number and name in SLOW:
                continue
            start = time.perf_counter()
            way()
            factor = scale if "iterrows" in name else 1.0
            times[name].append((time.perf_counter() - start) * factor)
    print(f"{title} ({next(iter(answers.values()))} rows found)")
    for name, taken in times.items():
        ratio = statistics.median(each / ours for each, ours in zip(taken, times["ours"], strict=False))
        print(f"  {name:32} {statistics.median(taken):7.3f} s   {ratio:6.2f} x ours")


def memory(hashes: list[str]) -> None:
    """Print what a list of hashes takes: held, and at most while it is read, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "hashes.txt")
        path.write_text("\n".join(hashes), encoding="ascii")
        run = subprocess.run(
            [sys.executable, __file__, "--read", str(path)], capture_output=True, text=True, check=True
        )
    print(f"memory of {len(hashes)} MD5 hashes: {run.stdout.strip()}")


def _read(path: str) -> None:
    from hygiene.io.readers.list_files import suppression_list

    parse_list("a" * 32, name="warm")
    before = _highest()
    rules = suppression_list(path)
    peak = _highest() - before
    [digests] = rules.hashes
    print(
        f"{digests.nbytes / len(digests):.0f} octets a hash held, {peak / len(digests):.0f} at most while it is read"
    )


def _highest() -> int:
    """Octets of memory that this process has held at most (Linux)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1_000_000, help="leads")
    parser.add_argument("--addresses", type=int, default=500_000, help="addresses on a list")
    parser.add_argument("--domains", type=int, default=50_000, help="domains on a list")
    parser.add_argument("--hashes", type=int, default=2_000_000, help="MD5 hashes on a list")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--read", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.read:
        _read(given.read)
        return
    leads = Leads(given.size, given.addresses, given.domains, given.hashes)
    print(f"{given.size} leads; {given.addresses} addresses, {given.domains} domains, {given.hashes} hashes")
    memory(leads.hashes)
    compare("exact duplicates", duplicates(leads.emails), given.rounds, 1.0)
    compare("exact duplicates, a third repeated", duplicates(repeated(given.size)), given.rounds, 1.0)
    compare("reading a list of addresses", read_lists(leads.addresses), given.rounds, 1.0)
    compare("addresses, domains and hashes together", listed(leads), given.rounds, given.size / SAMPLE)


if __name__ == "__main__":
    main()
