"""A journal is whole or refused: copies that lack a part, pairs that do not belong together, old keys."""

import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pandas as pd
import pytest

import hygiene
from hygiene.errors import AuthError, JournalError
from hygiene.importing import Identity
from hygiene.importing.journal import JournalView, SqliteJournal
from hygiene.sinks import Target

MADE = Path(__file__).parent / "data" / "made-by-0.1.0"
EMAILS = [f"lead{row}@acme.example" for row in range(6)]


def import_all(api, list_id, journal, **more):
    cleaned = hygiene.clean(pd.DataFrame({"email": EMAILS}))
    with hygiene.Smartlead(list_id=list_id, api_key=api.api_key, base_url=api.base_url) as sink:
        return hygiene.import_leads(cleaned, sink, journal=journal, batch_leads=2, **more)


def cut_off(api, list_id, journal, *, after=1):
    """An import of which so many batches were answered."""
    api.fail_next(after=after, status=401, body={"message": "no"})
    assert isinstance(import_all(api, list_id, journal).error, AuthError)


def begin(path, number=0):
    """Write once to a journal, by binding a list to a key."""
    with SqliteJournal(path) as journal:
        identity = Identity(Target("https://api.example", "0a1b2c3d", str(number)), "ab", False, False)
        journal.begin(identity).close()


@contextmanager
def held_open(path):
    """A journal whose writes stay in its log, as a killed run leaves them."""
    with SqliteJournal(path) as journal:
        assert journal.imports() == []
        yield


def copy(journal, to, *parts):
    """A copy of these parts of a journal, as a tool that knows no better makes it."""
    to.mkdir()
    for part in parts:
        shutil.copyfile(f"{journal}{part}", to / f"{journal.name}{part}")
    return to / journal.name


def epochs(path):
    """What the journal and its key file count."""
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT value FROM about WHERE name = 'epoch'").fetchall()
    lines = path.with_name(path.name + ".key").read_text(encoding="ascii").split()
    return [int(value) for (value,) in found], [int(line) for line in lines[1:]]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "imports.sqlite"


def test_every_write_is_counted_in_the_journal_and_in_its_key_file(path):
    for number in range(3):
        begin(path, number)

    assert epochs(path) == ([3], [3])


def test_a_pair_that_was_copied_without_the_log_is_refused_and_sends_nothing(api, path, tmp_path):
    list_id = api.create_list("A")
    with held_open(path):
        cut_off(api, list_id, path)
        copied = copy(path, tmp_path / "copy", "", ".key")
        sent = len(api.requests)

        with pytest.raises(JournalError, match=r"writes are missing.*imports\.sqlite-wal") as refused:
            import_all(api, list_id, copied)

    assert "move them away or name another journal=..." in str(refused.value)
    assert [method for method, _, _ in api.requests[sent:]] == []
    with pytest.raises(JournalError, match="writes are missing"):
        JournalView(copied)


def test_what_is_copied_with_its_log_is_whole(api, path, tmp_path):
    list_id = api.create_list("A")
    with held_open(path):
        cut_off(api, list_id, path)
        copied = copy(path, tmp_path / "copy", "", "-wal", ".key")

    assert import_all(api, list_id, copied).reconciliation.agrees
    assert api.members(list_id) == EMAILS


@pytest.mark.parametrize("name", ["imports.sqlite", "another.sqlite"])
def test_where_the_log_is_lost_for_good_a_new_journal_sends_what_the_list_does_not_hold(
    api, path, tmp_path, name
):
    list_id = api.create_list("A")
    cut_off(api, list_id, path)
    path.unlink()
    with pytest.raises(JournalError, match="not there"):
        import_all(api, list_id, path)
    path.with_name("imports.sqlite.key").rename(tmp_path / "moved-away")

    receipt = import_all(api, list_id, tmp_path / name)

    assert receipt.reported == hygiene.Counts(4, 4, 0, 0)
    assert api.members(list_id) == EMAILS


@pytest.mark.parametrize("left", [(".key",), ("-wal",), ("-wal", ".key")])
@pytest.mark.parametrize("is_empty", [False, True])
def test_where_only_parts_are_left_no_journal_is_begun_and_they_stay(api, path, tmp_path, left, is_empty):
    list_id = api.create_list("A")
    with held_open(path):
        cut_off(api, list_id, path)
        copied = copy(path, tmp_path / "copy", *left)
    if is_empty:
        copied.touch()
    before = {each.name: each.read_bytes() for each in copied.parent.iterdir()}

    with pytest.raises(JournalError, match="empty" if is_empty else "not there"):
        SqliteJournal(copied)

    assert {each.name: each.read_bytes() for each in copied.parent.iterdir()} == before


def test_a_dry_run_refuses_what_the_import_would_refuse(api, path, tmp_path, run, monkeypatch):
    monkeypatch.setenv("SMARTLEAD_BASE_URL", api.base_url)
    monkeypatch.setenv("SMARTLEAD_API_KEY", api.api_key)
    list_id = api.create_list("A")
    (tmp_path / "leads.csv").write_text("email\na@acme.example\n", encoding="utf-8")
    command = ("import", "leads.csv", "--list", list_id, "--no-dns", "--yes", "--journal", path)
    run(*command)
    path.unlink()

    codes = [run(*command)[0], run(*command, "--dry-run")[0]]
    _, _, told = run(*command)

    assert codes == [2, 2]
    assert "move them away or name another --journal:" in told
    assert api.members(list_id) == ["a@acme.example"]


def test_a_journal_that_0_1_0_left_without_its_log_is_refused(path):
    with closing(
        sqlite3.connect(path)
    ) as connection:  # it wrote its tables ahead; the file itself holds none
        connection.execute("PRAGMA journal_mode = WAL")
    shutil.copyfile(MADE / "imports.sqlite.key", f"{path}.key")

    with pytest.raises(JournalError, match="without the tables of a journal"):
        SqliteJournal(path)
    with pytest.raises(JournalError, match="without the tables of a journal"):
        JournalView(path)


def test_a_journal_without_an_epoch_is_taken_and_gets_one_at_its_next_write(path):
    for part in ("", ".key"):
        shutil.copyfile(f"{MADE / 'imports.sqlite'}{part}", f"{path}{part}")
    with SqliteJournal(path) as journal:
        assert len(journal.imports()) == 2
    assert epochs(path) == ([], [])

    begin(path)

    assert epochs(path) == ([1], [1])
    shutil.copyfile(MADE / "imports.sqlite", path)
    with pytest.raises(JournalError, match="1 writes are missing"):
        SqliteJournal(path)


def test_a_key_file_of_an_older_copy_is_taken_and_brought_up_to_now(path):
    begin(path)
    key = path.with_name(path.name + ".key")
    older = key.read_bytes()
    begin(path, 1)
    key.write_bytes(older)

    begin(path, 2)

    assert epochs(path) == ([3], [3])


@pytest.mark.parametrize("ends", ["", "\n", "\r\n"])
def test_a_key_file_that_has_lost_its_number_is_refused_and_sends_nothing(api, path, ends):
    list_id = api.create_list("A")
    begin(path)
    key = path.with_name(path.name + ".key")
    first = key.read_bytes().split()[0] + ends.encode()
    key.write_bytes(first)

    with pytest.raises(
        JournalError, match=r"counts 1 writes.*\.key file has lost.*Bring back imports\.sqlite"
    ):
        import_all(api, list_id, path)
    with pytest.raises(JournalError, match=r"its \.key file has lost their number"):
        JournalView(path)

    assert (epochs(path), key.read_bytes()) == (([1], []), first)
    assert api.requests == []


@pytest.mark.parametrize("ends", ["", "\n", "\r\n"])
@pytest.mark.parametrize("died", [False, True])
def test_a_journal_without_numbers_begins_to_count_in_both_files_even_where_a_run_died_between(
    path, ends, died
):
    for part in ("", ".key"):
        shutil.copyfile(f"{MADE / 'imports.sqlite'}{part}", f"{path}{part}")
    key = path.with_name(path.name + ".key")
    key.write_bytes(key.read_bytes().split()[0] + ends.encode())
    if died:
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("INSERT INTO about VALUES ('epoch', '0')")

    begin(path)

    assert epochs(path) == ([1], [1])


def test_two_runs_that_begin_to_count_at_once_count_every_write(path):
    for part in ("", ".key"):
        shutil.copyfile(f"{MADE / 'imports.sqlite'}{part}", f"{path}{part}")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: begin(path, number), range(8)))

    assert epochs(path) == ([8], [8])


def test_what_a_run_that_died_before_the_first_write_left_is_gone_on_with(path):
    with SqliteJournal(path) as journal:
        secret = journal.secret
    path.unlink()

    begin(path)

    assert epochs(path) == ([1], [1])
    assert repr(secret) == "<Secret>"


def test_a_key_file_of_something_else_is_refused(path):
    begin(path)
    key = path.with_name(path.name + ".key")
    for octets in (b"", b"not hex", b"ab" * 31, key.read_bytes() + b" 7", "\u00e4".encode()):
        key.write_bytes(octets)

        with pytest.raises(JournalError, match=r"imports\.sqlite\.key: not the secret of a journal"):
            SqliteJournal(path)


def test_a_key_file_that_is_gone_meanwhile_stops_before_anything_is_sent(api, path):
    list_id = api.create_list("A")
    with SqliteJournal(path) as journal:
        path.with_name(path.name + ".key").unlink()

        with pytest.raises(JournalError, match=r"cannot be opened for writing.*Bring the file back"):
            import_all(api, list_id, journal)

    assert api.members(list_id) == []


def test_processes_that_make_and_write_one_journal_at_once_count_every_write(path):
    with ThreadPoolExecutor(6) as pool:
        for turn in range(12):
            made = path.with_name(f"{turn}.sqlite")
            list(pool.map(partial(begin, made), range(8)))

            assert epochs(made) == ([8], [8])


@pytest.mark.parametrize("table", ["imports", "batches"])
def test_a_journal_with_a_damaged_page_is_refused_and_sends_nothing(api, path, table):
    list_id = api.create_list("A")
    cut_off(api, list_id, path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        root, octets = connection.execute(
            "SELECT rootpage, (SELECT page_size FROM pragma_page_size) FROM sqlite_master WHERE name = ?",
            (table,),
        ).fetchone()
    with path.open("r+b") as file:
        file.seek((root - 1) * octets)
        file.write(b"\xff" * octets)
    held = api.members(list_id)

    with pytest.raises(JournalError, match=r"cannot be read .* would be sent again\. Bring back"):
        import_all(api, list_id, path)

    assert api.members(list_id) == held
