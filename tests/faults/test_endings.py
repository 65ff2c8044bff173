"""Endings: whatever breaks, a run ends with a code that means what it says.

What the standard streams and the shell have to do with runs in a process of its own, all else in this one.
"""

import contextlib
import json
import os
import re
import shlex
import sqlite3
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import pytest
import rich.table

from hygiene.cli import endings, main
from hygiene.cli.destinations import check_rows
from hygiene.cli.endings import LOG_OCTETS
from hygiene.cli.streams import lasting
from hygiene.emulator.routes import Reply as HttpReply
from hygiene.errors import UsageError
from hygiene.importing.journal import SqliteJournal
from hygiene.io.writers.excel import SHEET_ROWS

pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(sys.platform == "win32", reason="the devices are POSIX"),
]

COMMAND = [sys.executable, "-m", "hygiene"]
FULL = "warning: stdout cannot be written (No space left on device); what it was to hold is lost."


@pytest.fixture
def leads(write):
    return write("leads.csv", "email\nann@acme.example\nbob@acme.example\ncleo@acme.example\n")


@pytest.fixture
def target(api, monkeypatch):
    monkeypatch.setenv("SMARTLEAD_BASE_URL", api.base_url)
    monkeypatch.setenv("SMARTLEAD_API_KEY", api.api_key)
    return api.create_list("Spring")


@pytest.fixture
def shell(tmp_path, monkeypatch):
    """Run a command line through a shell, which closes streams and leads them to devices; gives code, out, err."""
    monkeypatch.chdir(tmp_path)

    def _shell(line, **more):
        environment = {**os.environ, "hygiene": f"{sys.executable} -m hygiene", **more}
        ran = subprocess.run(
            ["bash", "-c", line.replace("hygiene ", "$hygiene ", 1)],
            capture_output=True, text=True, env=environment, timeout=120, check=False,
        )  # fmt: skip
        assert "Traceback" not in ran.stderr
        return ran.returncode, ran.stdout, ran.stderr

    return _shell


@pytest.fixture
def command(run, monkeypatch):
    """Run a command line in this process; gives code, out, err."""

    def _command(line, **more):
        with monkeypatch.context() as patch:
            for name, value in more.items():
                patch.setenv(name, value)
            code, out, err = run(*shlex.split(line)[1:])
        assert "Traceback" not in err
        return code, out, err

    return _command


def sent(api):
    return [path for method, path, _ in api.requests if method == "POST"]


# The standard streams


@pytest.mark.parametrize("where", [">&-", "| true; exit ${PIPESTATUS[0]}", "1<leads.csv"])
def test_a_closed_or_broken_stdout_changes_no_exit_code_and_nothing_is_said(shell, leads, target, api, where):
    passed, _, told = shell(f"hygiene check leads.csv --no-dns --max ready=0 {where}")
    done, _, err = shell(f"hygiene import leads.csv --list {target} --no-dns --yes --quiet {where}")

    assert (passed, done, err) == (1, 0, "")
    assert told == "Error: ready is 3 rows, at most 0 rows allowed\n"
    assert len(sent(api)) == 1


def test_a_full_stdout_is_said_and_an_import_keeps_its_exit_code(shell, leads, target, api):
    counts = {"total_leads": 3, "imported": 1, "duplicates": 2, "blocked": 0}
    api.fail_next(status=200, body={"ok": True, "data": counts})
    command = f"hygiene import leads.csv --list {target} --no-dns --yes --exact > /dev/full"

    differs, _, err = shell(command)
    again, _, told = shell(command)

    assert differs == again == 6
    assert FULL in err.splitlines()
    assert FULL in told.splitlines()


def test_a_result_that_is_lost_is_no_success_where_the_result_is_all_there_is(shell, leads):
    lost, _, err = shell("hygiene check leads.csv --no-dns --format json > /dev/full")
    passed, _, _ = shell("hygiene check leads.csv --no-dns --max ready=0 > /dev/full")

    assert (lost, passed) == (2, 1)
    assert err.splitlines() == [FULL]


@pytest.mark.parametrize("where", ["2>&-", "2> /dev/full", "2> >(true)"])
def test_whatever_becomes_of_stderr_the_result_and_the_exit_code_stay(shell, leads, target, where):
    code, out, _ = shell(f"hygiene import leads.csv --list {target} --no-dns --yes -vv {where}")
    failed, _, _ = shell(f"hygiene check nowhere.csv --no-dns {where}")

    assert (code, failed) == (0, 3)
    assert out.endswith("3 imported, 0 duplicates, 0 blocked: as predicted.\n")


def test_a_closed_stdin_is_empty_and_nobody_can_be_asked(shell, leads, target, api):
    nothing, _, err = shell("hygiene check - --no-dns <&-")
    unasked, _, told = shell(f"hygiene import leads.csv --list {target} --no-dns <&-")
    domains, _, _ = shell("hygiene mx - <&-")

    assert (nothing, unasked, domains) == (3, 2, 0)
    assert "is empty" in err
    assert "Say --yes" in told
    assert api.requests == []


def test_with_no_standard_stream_at_all_an_import_is_done_and_no_file_takes_their_places(
    shell, leads, target, api
):
    code, _, _ = shell(f"hygiene import leads.csv --list {target} --no-dns --yes --out out <&- >&- 2>&-")

    assert code == 0
    assert len(api.members(target)) == 3
    assert json.loads(Path("out/summary.json").read_text())["reconciliation"]["status"] == "agrees"
    everything = b"".join(path.read_bytes() for path in Path("out").iterdir())
    assert b"wrote ready.csv" not in everything
    assert b"new journal" not in everything


def test_letters_that_stdout_does_not_know_end_nothing(shell, write):
    write("\U0001f389\u0141.csv", "email,\u0141\u00f3d\u017a\nann@acme.example,x\n")

    code, out, _ = shell("hygiene check *.csv --no-dns --format json", PYTHONIOENCODING="latin-1")
    tables, _, _ = shell("hygiene check *.csv --no-dns", PYTHONIOENCODING="latin-1")

    assert (code, tables) == (0, 0)
    assert json.loads(out)["input"]["files"] == ["\U0001f389\u0141.csv"]


def test_a_pipe_that_does_not_block_gets_every_octet(leads, tmp_path):
    """Programs that read from us may have set that on the pipe; it holds for our end too."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    text = "x" * (1 << 20)
    with subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"from hygiene.cli.streams import lasting\nwith lasting(): print('x' * {len(text)})",
        ],
        stdout=write,
    ) as running:
        os.close(write)
        with os.fdopen(read, encoding="ascii") as file:
            got = file.read()

    assert running.returncode == 0
    assert got == text + "\n"


def test_streams_of_the_caller_come_back(capsys):
    before = sys.stdin, sys.stdout, sys.stderr

    with lasting() as output, contextlib.suppress(SystemExit):
        main(["--version"])

    assert (sys.stdin, sys.stdout, sys.stderr) == before
    assert output.lost == ""
    assert "lead-hygiene" in capsys.readouterr().out


# What is checked before the first request


def nothing_left(folder, *names):
    return sorted(path.name for path in Path(folder).iterdir()) == sorted(names)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--out", "leads.csv"], "--out leads.csv: is a file; expected a folder to write to"),
        (["--out", "leads.csv/out"], "--out leads.csv/out: Not a directory"),
        (["--out", "/proc/out"], "--out /proc/out: No such file or directory"),
        (["--report", "nowhere/r.html"], "--report nowhere/r.html: No such file or directory"),
        (["--report", "."], "--report .: is a folder"),
        (["--report", "leads.csv"], "--report leads.csv: leads.csv is used by this run, and would be replaced"),
        (["--report", "/proc/r.html"], "--report /proc/r.html: No such file or directory"),
        (["--report", "r" * 255], "File name too long"),
        (["--policy-out", "nowhere/p.toml"], "--policy-out nowhere/p.toml: No such file or directory"),
        (["--policy-out", "dnc.txt"], "dnc.txt is used by this run, and would be replaced"),
        (["--journal", "/proc/j.sqlite"], "/proc/j.sqlite: not a journal that can be opened"),
        (["--journal", "."], "--journal .: is a folder; expected a file. Name one in it: --journal imports.sqlite"),
    ],
)  # fmt: skip
def test_what_cannot_be_written_is_exit_2_before_the_first_request(
    run, leads, target, api, write, tmp_path, options, says
):
    dnc = write("dnc.txt", "zoe@bolt.example\n")

    code, out, err = run(
        "import", leads, "--list", target, "--no-dns", "--yes", "--suppress", dnc, "-q", *options
    )

    assert (code, out) == (2, "")
    assert says in err
    assert len(err.splitlines()) == 1
    assert api.requests == []
    assert nothing_left(tmp_path, "leads.csv", "dnc.txt")


def test_a_folder_whose_files_the_run_reads_or_that_has_a_folder_of_their_name_is_refused(
    run, leads, target, api, tmp_path
):
    run("clean", leads, "--no-dns", "--out", "first", "-q")
    (tmp_path / "second" / "sent.csv").mkdir(parents=True)
    before = (tmp_path / "first" / "ready.csv").read_bytes()

    code, _, err = run("clean", "first/ready.csv", "--no-dns", "--out", "first")
    other, _, told = run("import", leads, "--list", target, "--no-dns", "--yes", "--out", "second")

    assert (code, other) == (2, 2)
    assert "--out first: ready.csv is used by this run, and would be replaced" in err
    assert "--out second: sent.csv in it is a folder" in told
    assert (tmp_path / "first" / "ready.csv").read_bytes() == before
    assert api.requests == []


@pytest.mark.parametrize("ending", ["", ".key"])
def test_no_result_takes_the_place_of_the_journal_or_of_another_one(
    run, leads, target, api, tmp_path, ending
):
    with SqliteJournal(tmp_path / "j.sqlite"):
        pass
    command = ("import", leads, "--list", target, "--no-dns", "--yes", "--journal", "j.sqlite", "--report")

    code, _, err = run(*command, f"j.sqlite{ending}")
    twice, _, told = run(*command, "r", "--policy-out", "./r")

    assert (code, twice) == (2, 2)
    assert f"--report j.sqlite{ending}: j.sqlite{ending} is used by this run, and would be replaced" in err
    assert "--report and --policy-out name one file; expected two." in told
    assert api.requests == []


def test_more_rows_than_a_sheet_holds_are_found_before_anything_is_sent():
    check_rows({"out": "out", "out_format": "xlsx"}, SHEET_ROWS - 1)
    check_rows({"out": "out", "out_format": "csv"}, SHEET_ROWS)

    with pytest.raises(UsageError, match="1,048,576 rows are more than a sheet holds; say --out-format csv"):
        check_rows({"out": "out", "out_format": "xlsx"}, SHEET_ROWS)


def test_a_format_whose_package_is_missing_is_found_before_the_first_request(
    run, leads, target, api, monkeypatch
):
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)

    code, _, err = run(
        "import", leads, "--list", target, "--no-dns", "--yes", "--out", "out", "--out-format", "xlsx"
    )

    assert code == 2
    assert "--out-format xlsx needs xlsxwriter: pip install" in err
    assert api.requests == []
    assert not Path("out").exists()


def test_a_journal_that_cannot_be_written_is_found_before_the_first_request(
    run, leads, target, api, tmp_path
):
    with SqliteJournal(tmp_path / "j.sqlite"):
        pass
    (tmp_path / "j.sqlite.trial").mkdir()  # what the folder has no room for, in a way that holds for root too
    for _ in range(2):
        code, _, err = run(
            "import", leads, "--list", target, "--no-dns", "--yes", "--journal", "j.sqlite", "-q"
        )

        assert code == 2
        assert "Make the file and its folder writable, or name another with --journal." in err
    assert api.requests == []


def test_a_trial_leaves_nothing_where_the_run_stops_for_another_reason(run, leads, target, tmp_path):
    code, _, _ = run(
        "import", leads, "--list", 999, "--no-dns", "--yes", "--out", "a/b/out", "--report", "r.html"
    )

    assert code == 2
    assert nothing_left(tmp_path, "leads.csv")


@pytest.mark.parametrize(
    ("setting", "value", "says"),
    [
        ("SSL_CERT_FILE", "nowhere.pem", "SSL_CERT_FILE: nowhere.pem: No such file or directory"),
        ("SSL_CERT_FILE", "leads.csv", "SSL_CERT_FILE: leads.csv: holds no certificates"),
        ("SSL_CERT_DIR", "nowhere", "SSL_CERT_DIR: nowhere: No such file or directory"),
        ("SMARTLEAD_BASE_URL", "https://api.example/a\rb", "Found a blank, a line break or another character"),
        ("SMARTLEAD_BASE_URL", "https://api\n.example/a", "Found a blank, a line break or another character"),
        ("SMARTLEAD_BASE_URL", "https://api.example/a b", "Found a blank, a line break or another character"),
        ("SMARTLEAD_BASE_URL", f"https://{'a' * 70}.example/a", "expected https://HOST/PATH and nothing more"),
        ("SMARTLEAD_BASE_URL", "https://xn--a.example/a", "expected https://HOST/PATH and nothing more"),
        ("SMARTLEAD_BASE_URL", "https://a..example/a", "expected https://HOST/PATH and nothing more"),
    ],
)  # fmt: skip
def test_settings_that_name_no_api_or_no_certificates_are_exit_2_in_one_line(
    run, leads, monkeypatch, setting, value, says
):
    monkeypatch.setenv("SMARTLEAD_API_KEY", "k1-secret")
    monkeypatch.setenv("SMARTLEAD_BASE_URL", "https://api.example/v1")
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(setting, value)

    code, out, err = run("import", leads, "--list", "1", "--no-dns", "--yes")

    assert (code, out) == (2, "")
    assert err.startswith("Error: ")
    assert says in err
    assert len(err.splitlines()) == 1


def test_a_missing_file_of_certificates_and_a_url_with_a_line_break_end_a_process_so_too(shell, leads):
    secret = {"SMARTLEAD_API_KEY": "k1-secret"}

    code, _, err = shell("hygiene lists", SSL_CERT_FILE="/nowhere/ca.pem", **secret)
    other, _, told = shell("hygiene lists", SMARTLEAD_BASE_URL="https://api.example/a\rb", **secret)

    assert (code, other) == (2, 2)
    assert "SSL_CERT_FILE: /nowhere/ca.pem: No such file or directory; expected certificates" in err
    assert "Found a blank, a line break" in told


# What fails after the last request


@contextlib.contextmanager
def held_back(api, target, *options):
    """An import whose only request is on its way until the block ends; gives the process."""
    api.fail_next(delay_s=30)
    command = [*COMMAND, "import", "leads.csv", "--list", str(target), "--no-dns", "--yes", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        while not api.members(target):
            assert running.poll() is None
            time.sleep(0.01)
        yield running
        api.go_on()
        running.out, running.err = running.communicate()


def test_an_out_folder_that_is_lost_on_the_way_is_a_warning_and_the_summary_is_still_on_stdout(
    shell, leads, target, api
):
    with held_back(api, target, "--out", "out", "--format", "json") as running:
        Path("out").write_text("somebody else's", encoding="utf-8")

    summary = json.loads(running.out)
    assert running.returncode == 0
    assert summary["reconciliation"]["status"] == "agrees"
    assert summary["run"]["error"] is None
    assert "warning: out: is a file; expected a folder to write to. Name another with --out." in running.err
    assert Path("out").read_text(encoding="utf-8") == "somebody else's"


def test_a_report_that_is_lost_on_the_way_is_a_warning_and_the_other_files_are_written(
    shell, leads, target, api
):
    with held_back(api, target, "--out", "out", "--report", "r.html") as running:
        Path("r.html").unlink()  # that of before the sending
        Path("r.html").mkdir()

    assert running.returncode == 0
    assert "warning: --report r.html: Is a directory. Name a file in a folder" in running.err
    assert "3 imported, 0 duplicates, 0 blocked: as predicted." in running.out
    assert {"ready.csv", "sent.csv", "report.html"} <= {path.name for path in Path("out").iterdir()}


def test_a_jobs_summary_that_cannot_be_written_is_a_warning(command, leads, target):
    line = f"hygiene import leads.csv --list {target} --no-dns --yes --format github -q"

    code, out, err = command(line, GITHUB_STEP_SUMMARY="/nowhere/summary.md")

    assert code == 0
    assert err.startswith("warning: GITHUB_STEP_SUMMARY /nowhere/summary.md: No such file or directory")
    assert out.splitlines()[-1].endswith("as predicted.")


def test_a_list_that_cannot_be_read_back_is_a_warning_and_the_counts_are_told(command, leads, target, api):
    lost = api._routes.table[("GET", "/leads/all")]
    seen = []

    def refuse_after_the_import(call):
        seen.append(call)
        return lost(call) if not sent(api) else HttpReply(403, {"message": "not allowed"})

    api._routes.table = {**api._routes.table, ("GET", "/leads/all"): refuse_after_the_import}

    code, out, err = command(f"hygiene import leads.csv --list {target} --no-dns --yes --verify -q")

    assert seen
    assert code == 0
    assert "warning: " in err
    assert "GET /leads/all: HTTP 403" in err
    assert out.splitlines()[-1].endswith("as predicted.")


def test_a_journal_that_cannot_note_the_end_is_a_warning_where_all_else_is_noted(
    run, leads, target, api, tmp_path
):
    with SqliteJournal(tmp_path / "j.sqlite"):
        pass
    with contextlib.closing(sqlite3.connect(tmp_path / "j.sqlite")) as connection:
        connection.execute(
            "CREATE TRIGGER full BEFORE UPDATE OF complete ON imports BEGIN SELECT RAISE(ABORT, 'no room'); END"
        )
        connection.commit()
    command = ("import", leads, "--list", target, "--no-dns", "--yes", "--journal", "j.sqlite")

    code, out, err = run(*command)
    again, _, _ = run(*command)

    assert (code, again) == (0, 0)
    assert "warning: " in err
    assert "the journal cannot be written (no room)" in err
    assert "All of the import is noted as sent." in err
    assert out.splitlines()[-1].endswith("as predicted.")
    assert len(sent(api)) == 1


PROBE = ["probe", "--domain", "own.example", "--yes", "--list"]


@pytest.mark.parametrize("option", ["--out", "--state"])
def test_a_probe_whose_files_cannot_be_written_is_exit_2_before_the_first_request(run, target, api, option):
    names = {"--out": "policy.toml", "--state": "notes"} | {option: "nowhere/file"}

    code, _, err = run(*PROBE, target, *(part for pair in names.items() for part in pair))

    assert code == 2
    assert f"{option} nowhere/file: No such file or directory" in err
    assert api.requests == []


def test_a_probe_that_is_refused_on_the_way_is_exit_5_and_the_same_command_goes_on(run, target, api):
    api.fail_next(after=1, status=403, body={"message": "not now"})

    code, _, err = run(*PROBE, target, "--out", "policy.toml")
    done, out, told = run(*PROBE, target, "--out", "policy.toml")

    assert (code, done) == (5, 0)
    assert (
        "What was answered is kept in policy.toml.state; to go on from it, run the same command again." in err
    )
    assert "resuming: 1 import answered already" in told
    assert out.splitlines()[-1].endswith("wrote policy.toml.")


def test_a_probe_that_is_refused_at_once_is_exit_4(run, target, api):
    api.fail_next(status=403, body={"message": "not now"})

    code, _, err = run(*PROBE, target, "--out", "policy.toml")

    assert code == 4
    assert "unfinished" not in err


def test_a_policy_that_is_lost_on_the_way_is_shown_and_written_by_the_same_command(shell, target, api):
    api.fail_next(delay_s=30)
    command = [*COMMAND, *PROBE, str(target), "--out", "policy.toml"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        while not api.members(target):
            assert running.poll() is None
            time.sleep(0.01)
        Path("policy.toml").mkdir()
        api.go_on()
        out, err = running.communicate()
    Path("policy.toml").rmdir()
    asked = len(sent(api))
    code, again, _ = shell(f"hygiene {' '.join(PROBE)} {target} --out policy.toml")

    assert (running.returncode, code) == (5, 0)
    assert "Error: unfinished: --out policy.toml: Is a directory." in err
    assert out.splitlines()[-1].endswith("not written.")
    assert again.splitlines()[:-1] == out.splitlines()[:-1]
    assert len(sent(api)) == asked


# What nobody foresaw


@pytest.fixture
def broken(monkeypatch):
    """Break a package of others': `at` calls of a function pass, the next one raises."""

    def _break(place, function, *, at=0, error=None):
        passes, calls = getattr(place, function), iter(range(1000))

        def breaks(*given, **more):
            if next(calls) == at:
                raise error or RuntimeError("k1-secret ann@acme.example")
            return passes(*given, **more)

        monkeypatch.setattr(place, function, breaks)

    return _break


def the_log(err):
    """The one line of an ending that nobody foresaw, and the log that it names."""
    [line] = [line for line in err.splitlines() if "nobody foresaw" in line]
    path = Path(re.search(r"(\S+errors\.log) says more, without a key or an address\.", line)[1])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text(encoding="utf-8")
    assert "k1-secret" not in text + err
    assert "ann@" not in text + err
    return line, text


def test_what_nobody_foresaw_before_anything_was_sent_is_exit_4_and_a_log_says_more(
    command, leads, target, api, broken
):
    broken(httpx.Client, "send")

    code, out, err = command(
        f"hygiene import leads.csv --list {target} --no-dns --yes --format json",
        SMARTLEAD_API_KEY="k1-secret",
    )

    told, text = the_log(err)
    assert code == 4
    assert told.startswith("Error: RuntimeError at http/transport.py:")
    assert told.endswith("Nothing was sent.")
    assert json.loads(out)["run"]["error"] == told.removeprefix("Error: ")
    assert "in import_leads\n" in text
    assert text.rstrip().endswith("RuntimeError")
    assert api.requests == []


def test_what_nobody_foresaw_between_two_batches_is_exit_5_with_the_summary_and_the_same_command_resumes(
    command, leads, target, api, broken
):
    line = f"hygiene import leads.csv --list {target} --no-dns --yes --batch-size 1 --format json"
    reads = 4  # the list, its members, who unsubscribed, the block list
    broken(httpx.Client, "send", at=reads + 2)

    code, out, err = command(line)
    broken(httpx.Client, "send", at=999)
    resumed, done, _ = command(line)

    told, _ = the_log(err)
    states = [batch["state"] for batch in json.loads(out)["reconciliation"]["batches"]]
    assert code == 5
    assert told.startswith("Error: unfinished: RuntimeError at http/transport.py:")
    assert told.endswith("To resume, run the same command again.")
    assert states.count("acknowledged") >= 1
    assert states != ["acknowledged"] * 3
    assert resumed == 0
    assert json.loads(done)["reconciliation"]["status"] == "agrees"
    assert sorted(api.members(target)) == ["ann@acme.example", "bob@acme.example", "cleo@acme.example"]


def test_what_nobody_foresaw_after_the_plan_and_before_the_first_batch_is_exit_4(
    command, leads, target, api, broken
):
    broken(httpx.Client, "build_request", at=2)  # the list is asked for twice; the third is the first batch
    line = f"hygiene import leads.csv --list {target} --no-dns --yes --no-snapshot"

    code, _, err = command(line)
    broken(httpx.Client, "build_request", at=999)
    done, _, _ = command(line)

    told, text = the_log(err)
    assert (code, done) == (4, 0)
    assert told.endswith("Nothing was sent.")
    assert "in send\n" in text
    assert len(sent(api)) == 1


def test_what_nobody_foresaw_while_the_result_is_shown_is_a_warning_and_the_exit_code_that_of_the_import(
    command, leads, target, api, broken
):
    broken(rich.table.Table, "add_row")

    code, out, err = command(f"hygiene import leads.csv --list {target} --no-dns --yes")

    told, _ = the_log(err)
    assert code == 0
    assert told.startswith("warning: RuntimeError at report/")
    assert len(api.members(target)) == 3
    assert out.endswith("3 imported, 0 duplicates, 0 blocked: as predicted.\n")


def test_what_nobody_foresaw_while_the_input_is_read_is_exit_3(command, write, broken):
    write("leads.json", '[{"email": "ann@acme.example"}]')
    broken(json.JSONDecoder, "raw_decode", error=MemoryError())

    code, _, err = command("hygiene check leads.json --no-dns")

    told, _ = the_log(err)
    assert code == 3
    assert told.startswith("Error: MemoryError at io/readers/")


def test_a_pull_that_breaks_where_nobody_foresaw_it_keeps_its_pages_with_exit_5(command, api, target, broken):
    members = api.create_list("Long", members=[f"lead{row}@acme.example" for row in range(1001)])
    broken(httpx.Client, "send", at=2)
    line = f"hygiene pull leads --list {members} --out members.csv"

    code, _, err = command(line)
    broken(httpx.Client, "send", at=999)
    done, out, _ = command(line)

    told, _ = the_log(err)
    assert (code, done) == (5, 0)
    assert told.endswith("To resume, run the same command again.")
    assert out == f"members.csv: 1001 rows, leads of list {members}\n"


@pytest.mark.parametrize(
    "error", [BrokenPipeError(32, "x"), EOFError(), RecursionError(), AssertionError()], ids=repr
)
def test_no_kind_of_error_is_taken_for_a_gate_or_for_somebody_who_interrupts(
    command, leads, target, broken, error
):
    broken(httpx.Client, "send", error=error)

    code, _, err = command(f"hygiene import leads.csv --list {target} --no-dns --yes")

    the_log(err)
    assert code in {2, 4}


def test_a_users_rule_that_leaves_is_no_gate(shell, leads, write):
    write(
        "mine.py",
        "import sys\ndef check(frame): sys.exit(1)\nfrom hygiene import Rule\nrule = Rule('left', check)\n",
    )

    code, _, err = shell("hygiene check leads.csv --no-dns --rule mine:rule")

    told, _ = the_log(err)
    assert code == 4
    assert told.startswith("Error: SystemExit at checks/custom_rules.py:")


def test_ready_leads_that_stdout_does_not_take_are_exit_2_and_a_reader_that_leaves_is_no_error(shell, leads):
    full, _, err = shell("hygiene clean leads.csv --no-dns --out - > /dev/full")
    left, _, _ = shell("hygiene clean leads.csv --no-dns --out - | true; exit ${PIPESTATUS[0]}")

    assert (full, left) == (2, 0)
    assert err.splitlines()[-1] == FULL


def test_a_log_that_cannot_stand_in_the_state_folder_stands_among_temporary_files(
    command, leads, target, broken, monkeypatch
):
    broken(httpx.Client, "send")
    monkeypatch.setattr(tempfile, "tempdir", None)  # it is looked for once

    code, _, err = command("hygiene lists", XDG_STATE_HOME=str(leads), TMPDIR=str(leads.parent))

    told, _ = the_log(err)
    assert code == 4
    assert f"{leads.parent}/lead-hygiene-" in told


def test_a_log_is_the_owners_alone_also_where_it_was_not_and_is_begun_anew_when_it_is_long(
    command, leads, target, broken
):
    broken(httpx.Client, "send")
    log = Path(os.environ["XDG_STATE_HOME"]) / "lead-hygiene" / "errors.log"
    log.parent.mkdir(parents=True)
    log.write_text("x" * (LOG_OCTETS + 1), encoding="utf-8")
    log.chmod(0o644)

    _, _, err = command("hygiene lists")
    broken(httpx.Client, "send")
    command("hygiene lists")

    _, text = the_log(err)
    assert "xxx" not in text
    assert text.count("lead-hygiene ") == 2


# Counters that no machine number holds


@pytest.mark.parametrize("count", [2**63, -(2**70), 10**400], ids=["64 bits", "below", "400 digits"])
def test_counters_beyond_64_bits_differ_and_end_nothing(command, leads, target, api, count):
    api.fail_next(
        status=200,
        body={"ok": True, "data": {"total_leads": count, "imported": count, "duplicates": 0, "blocked": 0}},
    )
    line = f"hygiene import leads.csv --list {target} --no-dns --yes --out out --policy-out p.toml -q"

    code, out, err = command(line)
    listed, _, _ = command("hygiene history")

    assert code == 6
    assert "nobody foresaw" not in err
    assert "the API answered" in out
    assert {"ready.csv", "sent.csv", "summary.json", "report.html"} <= {
        each.name for each in Path("out").iterdir()
    }
    assert listed == 0


def test_every_place_that_decides_an_exit_code_is_there():
    home = Path(endings.__file__).parents[1]

    assert [place for place, _ in endings._ROOMS if not (home / place).exists()] == []
