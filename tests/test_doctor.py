"""The doctor looks at everything a run needs, tries what it calls ok, and says all that is wrong."""

import resource
import signal
import socket
import subprocess
import sys

import pytest

from hygiene.deliverability import CAUSES
from hygiene.emulator import ZoneServer
from hygiene.importing.journal import SqliteJournal


@pytest.fixture
def target(api, monkeypatch):
    monkeypatch.setenv("SMARTLEAD_BASE_URL", api.base_url)
    monkeypatch.setenv("SMARTLEAD_API_KEY", api.api_key)
    return api.create_list("Spring")


@pytest.fixture
def leads(write):
    return write("leads.csv", "email\nann@acme.example\n")


def test_doctor_finds_everything_in_order(run, target, names):
    code, out, _ = run("doctor", "--resolver", names.address, "--list", target)

    assert code == 0
    assert [line.split()[:2] for line in out.splitlines()] == [
        ["ok", "Python:"],
        ["ok", "packages:"],
        ["ok", "settings:"],
        ["ok", "DNS:"],
        ["ok", "journal:"],
        ["ok", "key:"],
        ["ok", "list:"],
    ]
    assert "demo-key" not in out


def test_doctor_opens_the_journal_there_is(run, leads, target, tmp_path, monkeypatch):
    monkeypatch.setenv("HYGIENE_JOURNAL", str(tmp_path / "imports.sqlite"))
    run("import", "--yes", leads, "--list", target, "--no-dns")
    _, before, _ = run("doctor", "--no-dns")
    (tmp_path / "imports.sqlite.key").unlink()

    code, after, _ = run("doctor", "--no-dns")

    assert "ok    journal: " in before
    assert "remembers 1 import" in before
    assert code == 2
    assert "FAIL  journal: " in after


def test_doctor_needs_no_key_where_nothing_is_imported(run):
    code, out, _ = run("doctor", "--no-dns")

    assert code == 0
    assert out.splitlines()[-1].startswith("--    key: not set")


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "leads.csv", "--list", "1", "--yes", "--no-dns"),
        ("lists",),
        ("pull", "blocklist", "--out", "block.csv"),
        ("probe", "--list", "1", "--domain", "acme.example", "--out", "policy.toml", "--yes"),
    ],
    ids=lambda given: given[0],
)
def test_a_verb_that_needs_the_key_says_so_and_doctor_names_it(run, leads, arguments):
    code, _, err = run(*arguments)
    _, out, _ = run("doctor", "--no-dns")

    assert code == 2
    assert "no API key" in err
    assert "`hygiene emulate`" in err
    assert arguments[0] in out.splitlines()[-1]


def test_doctor_says_what_the_cause_of_an_unknown_verdict_means(run):
    with ZoneServer({"example.com": ["SERVFAIL"]}) as names:
        code, out, _ = run("doctor", "--resolver", names.address)

    assert code == 2
    assert f"FAIL  DNS: example.com: {CAUSES['servfail']} (servfail). Name a server" in out


def test_doctor_says_all_that_is_wrong(run, target, monkeypatch, tmp_path, write):
    write("hygiene.toml", "colour = 'red'")
    write("file", "")
    monkeypatch.setenv("HYGIENE_JOURNAL", str(tmp_path / "file" / "imports.sqlite"))
    monkeypatch.setenv("SMARTLEAD_API_KEY", "another-key")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf_port = deaf.getsockname()[1]
    # nobody listens there any more

    code, out, _ = run("doctor", "--resolver", f"127.0.0.1:{deaf_port}", "--list", target)

    assert code == 2
    assert [line.split(":")[0].split() for line in out.splitlines()] == [
        ["ok", "Python"],
        ["ok", "packages"],
        ["FAIL", "settings"],
        ["FAIL", "DNS"],
        ["FAIL", "journal"],
        ["FAIL", "key"],
        ["--", "list"],
    ]


def _doctor(journal, *, octets):
    """Run it where no file may grow beyond so many octets."""

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (octets, octets))

    command = [sys.executable, "-B", "-m", "hygiene", "doctor", "--no-dns", "--journal", journal]
    return subprocess.run(command, preexec_fn=limit, capture_output=True, text=True, check=False)


def test_a_journal_that_can_be_read_and_not_written_is_not_ok(tmp_path):
    path = tmp_path / "imports.sqlite"
    with SqliteJournal(path) as held:  # so that its log stays, and has no room to grow
        for _ in range(9):
            held.try_write()
        log = path.with_name(f"{path.name}-wal").stat().st_size

        full = _doctor(path, octets=log)
        roomy = _doctor(path, octets=1 << 30)

        assert (full.returncode, roomy.returncode) == (2, 0)
        assert f"FAIL  journal: {path}: cannot be written" in full.stdout
        assert f"ok    journal: {path} was written to, and remembers 0 imports" in roomy.stdout
        assert "tried" not in {row["name"] for row in held.read("SELECT name FROM about")}


def test_a_folder_that_takes_no_journal_is_not_ok_and_one_that_does_is_left_as_it_was(tmp_path):
    path = tmp_path / "state" / "imports.sqlite"

    full, roomy = (_doctor(path, octets=octets) for octets in (0, 1 << 30))

    assert (full.returncode, roomy.returncode) == (2, 0)
    assert f"FAIL  journal: {path}: {tmp_path} takes no file" in full.stdout
    assert f"ok    journal: {path} is made by the first import" in roomy.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("list_id", "code"), [(None, 4), (999, 2)])
def test_doctor_says_what_is_wrong(run, target, monkeypatch, list_id, code):
    if list_id is None:
        monkeypatch.setenv("SMARTLEAD_API_KEY", "another-key")

    ended, out, _ = run("doctor", "--no-dns", *(["--list", list_id] if list_id else []))

    assert ended == code
    assert "FAIL" in out
