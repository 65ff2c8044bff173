"""Runs that are broken off: killed, out of disk, stopped by a signal, or two at once."""

import contextlib
import json
import multiprocessing
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import time

import pandas as pd
import pytest

import hygiene
from hygiene.cli import main
from hygiene.emulator import Emulator
from hygiene.errors import ImportBusy, JournalError
from hygiene.importing import open_session
from hygiene.importing.journal import SqliteJournal

pytestmark = pytest.mark.faults

#: Starts processes that have loaded everything and have no threads.
FORKS = multiprocessing.get_context("forkserver")


def emails(rows):
    return [f"lead{row}@acme.example" for row in range(rows)]


def import_in_process(url, list_id, journal, rows, size, disk=None):
    """One run of an import; in a process of its own."""
    if disk is not None:
        sys.dont_write_bytecode = True  # half a module would be kept, and spoil every later start
        resource.setrlimit(resource.RLIMIT_FSIZE, (disk, disk))
    cleaned = hygiene.clean(pd.DataFrame({"email": emails(rows)}))
    with hygiene.Smartlead(list_id=list_id, api_key="demo-key", base_url=url) as sink:
        receipt = hygiene.import_leads(cleaned, sink, journal=journal, batch_leads=size)
    sys.exit(0 if receipt.reconciliation.agrees else 5)


@pytest.fixture(scope="module", autouse=True)
def _loaded():
    FORKS.set_forkserver_preload(
        ["hygiene.api", "hygiene.smartlead", "hygiene.importing.journal", "pandera.pandas"]
    )


def run_in_process(*arguments, **more):
    process = FORKS.Process(target=import_in_process, args=arguments, kwargs=more)
    process.start()
    return process


def assert_nothing_lost_or_doubled(api, list_id, journal, rows):
    assert sorted(api.members(list_id)) == sorted(emails(rows))
    with contextlib.closing(sqlite3.connect(journal)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with SqliteJournal(journal) as opened:
        [imported] = opened.imports()
    told = imported.reconciliation
    assert imported.complete
    assert told.status == "agrees"
    assert (told.reported.total_leads, sum(batch.rows for batch in told.batches)) == (rows, rows)
    assert told.reported.imported + told.replayed == rows


@pytest.mark.long
def test_killed_at_50_random_moments_an_import_of_200_batches_loses_and_doubles_nothing(tmp_path):
    moments, kills = random.Random(7), 0
    journal = tmp_path / "j.sqlite"
    with Emulator(database=str(tmp_path / "api.sqlite")) as api:
        list_id = api.create_list("A")
        arguments = (api.base_url, list_id, journal, 600, 3)
        while kills < 50:
            process = run_in_process(*arguments)
            seen = len(api.requests)
            while process.is_alive() and len(api.requests) < seen + moments.choice([0, 1, 3, 5, 8]):
                process.join(0.002)
            process.join(moments.uniform(0, 0.02))
            if not process.is_alive():
                break
            os.kill(process.pid, signal.SIGKILL)
            process.join()
            kills += 1
        while process.exitcode != 0:
            process = run_in_process(*arguments)
            process.join()

        assert kills == 50
        assert_nothing_lost_or_doubled(api, list_id, journal, 600)


@pytest.mark.long
def test_a_journal_on_a_full_disk_stops_the_run_and_a_later_one_finishes(tmp_path, api):
    list_id, journal = api.create_list("A"), tmp_path / "j.sqlite"
    arguments, codes = (api.base_url, list_id, journal, 300, 3), []
    for disk in (4_096, 60_000, 110_000, 160_000, 230_000):
        process = run_in_process(*arguments, disk=disk)
        process.join()
        codes.append(process.exitcode)
    process = run_in_process(*arguments)
    process.join()

    assert codes[0] == 1  # no journal can be made there at all
    assert 5 in codes
    assert process.exitcode == 0
    assert_nothing_lost_or_doubled(api, list_id, journal, 300)


def test_a_second_run_of_the_same_import_is_told_and_sends_nothing(tmp_path, api):
    cleaned = hygiene.clean(pd.DataFrame({"email": emails(5)}))
    list_id, journal = api.create_list("A"), tmp_path / "j.sqlite"
    with (
        hygiene.Smartlead(list_id=list_id, api_key="demo-key", base_url=api.base_url) as sink,
        SqliteJournal(journal) as one,
        open_session(cleaned, sink, journal=one),
    ):
        with pytest.raises(ImportBusy, match="another process runs this import"):
            hygiene.import_leads(cleaned, sink, journal=journal)
        assert api.requests == []
    with hygiene.Smartlead(list_id=list_id, api_key="demo-key", base_url=api.base_url) as sink:
        assert hygiene.import_leads(cleaned, sink, journal=journal).reconciliation.agrees


def command(leads, list_id, *more):
    program = [sys.executable, "-c", "from hygiene.cli import main; main()"]
    return [
        *program,
        "import",
        "--yes",
        str(leads),
        "--list",
        str(list_id),
        "--no-dns",
        "--batch-size",
        "2",
        *more,
    ]


def run_here(leads, list_id):
    """The same command in this process; its exit code."""
    with pytest.raises(SystemExit) as ended:
        main(command(leads, list_id)[3:])
    return ended.value.code


@pytest.fixture
def shell(api, tmp_path, monkeypatch, write):
    monkeypatch.setenv("SMARTLEAD_BASE_URL", api.base_url)
    monkeypatch.setenv("SMARTLEAD_API_KEY", api.api_key)
    write("leads.csv", "email\n" + "".join(f"{email}\n" for email in emails(8)))
    return tmp_path / "leads.csv"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_lets_the_batch_in_flight_end_and_says_how_to_resume(shell, api, number):
    list_id = api.create_list("A")
    api.fail_next(after=1, delay_s=30)  # the second batch is on its way until the server hears of the signal
    with subprocess.Popen(
        command(shell, list_id, "--format", "json"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        while len(api.members(list_id)) < 4:
            assert running.poll() is None
            time.sleep(0.01)
        running.send_signal(number)
        assert any("stopping after the batch in flight" in told for told in iter(running.stderr.readline, ""))
        api.go_on()
        out, err = running.communicate()

    summary = json.loads(out)
    assert running.returncode == 5
    assert "To resume, run the same command again." in err
    assert [batch["state"] for batch in summary["reconciliation"]["batches"]] == [
        "acknowledged", "acknowledged", "planned", "planned",
    ]  # fmt: skip
    assert run_here(shell, list_id) == 0
    assert sorted(api.members(list_id)) == emails(8)


def test_a_second_signal_stops_at_once_and_the_batch_in_flight_is_unknown(shell, api):
    list_id = api.create_list("A")
    api.fail_next(after=1, delay_s=30)
    with subprocess.Popen(
        command(shell, list_id, "--format", "json"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        while len(api.members(list_id)) < 4:
            assert running.poll() is None
            time.sleep(0.01)
        running.send_signal(signal.SIGINT)
        while "stopping after the batch in flight" not in running.stderr.readline():
            continue
        running.send_signal(signal.SIGINT)
        out, err = running.communicate()

    assert running.returncode == 5
    assert "To resume" in err
    assert [batch["state"] for batch in json.loads(out)["reconciliation"]["batches"]][:2] == [
        "acknowledged", "unknown",
    ]  # fmt: skip
    api.go_on()
    assert run_here(shell, list_id) == 0
    assert sorted(api.members(list_id)) == emails(8)


def test_a_run_of_the_command_line_beside_another_is_exit_5(shell, api, capsys):
    list_id = api.create_list("A")
    api.fail_next(delay_s=30)
    with subprocess.Popen(command(shell, list_id), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as first:
        while not api.members(list_id):
            assert first.poll() is None
            time.sleep(0.01)
        second = run_here(shell, list_id)
        api.go_on()
        first.communicate()

    assert second == 5
    assert "another process runs this import" in capsys.readouterr().err
    assert first.returncode == 0
    assert sorted(api.members(list_id)) == emails(8)


def test_a_journal_that_is_no_journal_is_refused(tmp_path):
    path = tmp_path / "j.sqlite"
    path.write_text("not a database, but long enough to be looked at as one " * 20, encoding="utf-8")

    with pytest.raises(JournalError, match="not a journal that can be opened"):
        SqliteJournal(path)
