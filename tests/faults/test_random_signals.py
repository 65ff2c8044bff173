"""Signals of all kinds at random moments, to processes that clean, pull, probe and import.

Whatever they leave, the same command again settles it: results as if nothing had happened, no temporary file, no entry
on the block list, every lead in the list once.
"""

import gzip
import multiprocessing
import os
import random
import secrets
import signal
import sys
import tempfile
import time

import pytest

import hygiene
from hygiene.cli import main
from hygiene.importing.journal import SqliteJournal

pytestmark = [
    pytest.mark.faults,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX"),
]

FORKS = multiprocessing.get_context("forkserver")

#: One signal, or two, one right after the other.
SIGNALS = [
    (signal.SIGINT,), (signal.SIGTERM,), (signal.SIGHUP,), (signal.SIGKILL,), (signal.SIGQUIT,), (signal.SIGUSR1,),
    (signal.SIGINT, signal.SIGINT), (signal.SIGHUP, signal.SIGHUP), (signal.SIGTERM, signal.SIGHUP),
    (signal.SIGTERM, signal.SIGKILL),
] if sys.platform != "win32" else []  # fmt: skip

EMAILS = [f"lead{row}@acme.example" for row in range(24)]


def run_verb(folder, variables, arguments):
    """One run of the command line; in a process of its own."""
    silent = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(silent, descriptor)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(variables)
    tempfile.tempdir = None  # asked for anew, as a program that starts does
    main(arguments)


class World:
    """A folder, an API, and the command of one verb; what is there after a run that nothing disturbed."""

    def __init__(self, api, folder):
        self.api, self.folder, self.temporary = api, folder, folder / "tmp"
        self.temporary.mkdir(parents=True)
        self.variables = {
            **os.environ, "SMARTLEAD_BASE_URL": api.base_url, "SMARTLEAD_API_KEY": api.api_key,
            "TMPDIR": os.fspath(self.temporary), "HYGIENE_JOURNAL": os.fspath(folder / "kept" / "j.sqlite"),
        }  # fmt: skip
        rows = "".join(f"{email},{row}\n" for row, email in enumerate(EMAILS))
        (folder / "leads.csv.gz").write_bytes(gzip.compress(f"email,company\n{rows}".encode(), mtime=0))
        self.list_id = api.create_list(folder.name)
        self.pulled = api.create_list(f"{folder.name} to pull", members=EMAILS)

    def start(self, *arguments):
        process = FORKS.Process(
            target=run_verb, args=(self.folder, self.variables, [str(each) for each in arguments])
        )
        process.start()
        return process

    def blocked(self):
        with hygiene.Smartlead(api_key=self.api.api_key, base_url=self.api.base_url) as account:
            return list(account.blocked())


class Clean(World):
    """Cleaning a compressed file into workbooks, which takes temporary files of every kind."""

    @property
    def command(self):
        return (
            "clean",
            "leads.csv.gz",
            "--no-dns",
            "--out",
            "out",
            "--out-format",
            "xlsx",
            "--fill",
            "--match",
            "person",
        )

    def result(self):
        return {
            path.name: path.read_bytes()
            for path in (self.folder / "out").iterdir()
            if path.name != "report.html"
        }


class Pull(World):
    """Pulling the leads of a list."""

    @property
    def command(self):
        return "pull", "leads", "--list", self.pulled, "--out", "out.csv"

    def result(self):
        kept = [path.name for path in self.folder.iterdir() if path.name.startswith((".", "out"))]
        _, *lines = (self.folder / "out.csv").read_text(encoding="utf-8").splitlines()
        return kept, [line.split(",")[0] for line in lines]


class Probe(World):
    """Probing with entries on the block list."""

    @property
    def command(self):
        wanted = "--domain", "own.example", "--with-blocklist", "--used-list", "--yes"
        return "probe", "--list", self.list_id, *wanted, "--out", "out.toml"

    def result(self):
        kept = [path.name for path in self.folder.iterdir() if path.name.startswith((".", "out"))]
        policy = hygiene.ImportPolicy.from_toml((self.folder / "out.toml").read_text(encoding="utf-8"))
        return kept, policy, self.blocked()


class Import(World):
    """Importing, with a journal and results."""

    @property
    def command(self):
        how = "--batch-size", 2, "--no-dns", "--yes", "--out", "out"
        return "import", "leads.csv.gz", "--list", self.list_id, *how

    def result(self):
        journal = self.folder / "kept" / "j.sqlite"
        with SqliteJournal(journal, must_exist=True) as opened:
            [imported] = opened.imports()
        kept = [
            sorted(path.name for path in each.iterdir()) for each in (self.folder / "out", journal.parent)
        ]
        return kept, imported.reconciliation.status, sorted(self.api.members(self.list_id))


@pytest.fixture(scope="module", autouse=True)
def _loaded():
    FORKS.set_forkserver_preload(
        ["hygiene.cli", "hygiene.api", "hygiene.smartlead", "pandera.pandas", "xlsxwriter"]
    )


def undisturbed(world):
    """How long the command takes by itself, in seconds, and what is there then."""
    world.start("--version").join()  # the first one starts what starts the others
    began = time.monotonic()
    process = world.start(*world.command)
    process.join()
    took = time.monotonic() - began
    assert process.exitcode == 0
    return took, world.result()


def signalled(world, moment, numbers):
    """Whether the command still ran after so many seconds; it got the signals then."""
    process = world.start(*world.command)
    process.join(moment)
    met = process.is_alive()
    for number in numbers if met else ():
        os.kill(process.pid, number)
    process.join()
    return met


@pytest.mark.long
@pytest.mark.parametrize("signals", [3, 13])
@pytest.mark.parametrize("kind", [Clean, Pull, Probe, Import])
def test_what_random_signals_leave_behind_the_same_command_settles(api, tmp_path, kind, signals):
    seed = secrets.randbits(32)
    chance = random.Random(seed)
    took, wanted = undisturbed(kind(api, tmp_path / kind.__name__))
    met = 0
    while met < signals:
        numbers, moment = chance.choice(SIGNALS), chance.uniform(0, took)
        world = kind(api, tmp_path / f"{kind.__name__}-{met}-{secrets.token_hex(2)}")
        names = [each.name for each in numbers]
        told = f"seed {seed}, signal {met + 1}: {kind.__name__} got {names} after {moment:.3f} s"
        met += signalled(world, moment, numbers)

        again = world.start(*world.command)
        again.join()

        assert again.exitcode == 0, told
        assert world.result() == wanted, told
        assert list(world.temporary.iterdir()) == [], told
        assert world.blocked() == [], told
