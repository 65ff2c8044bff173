"""What a run shows: what was found though a limit was passed, where to look first, and leads alone on stdout."""

import contextlib
import io
import json
import os
import pty
import re
import subprocess
import sys

import pandas as pd
import pytest

from hygiene.cli import main

LEADS = """\
Email,First Name
ann@acme.example,Ann
ANN@acme.example,Ann
nobody,Nell
carol at acme.example,Carol
,Hugo
"""


@pytest.fixture
def leads(write):
    return write("leads.csv", LEADS).name


def test_a_passed_limit_shows_what_was_found_before_it_fails(run, leads):
    _, found, _ = run("check", leads, "--no-dns")

    code, out, err = run("check", leads, "--no-dns", "--max", "invalid=2%")

    assert (code, out) == (1, found)
    assert err == "Error: invalid is 3 of 5 rows (60.00%), at most 2.00% allowed\n"


def test_a_passed_limit_annotates_its_rows_too(run, leads, tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))

    code, out, _ = run("check", leads, "--no-dns", "--max", "invalid=0", "--format", "github")

    lines = out.splitlines()
    assert code == 1
    assert lines[0].startswith("::error title=lead-hygiene::invalid is 3 rows")
    assert "::notice file=leads.csv,line=4::row 3: The address has no @." in lines
    assert lines[-1] == "5 rows: 1 ready, 3 invalid, 1 duplicate."
    assert (tmp_path / "summary.md").read_text(encoding="utf-8").count("### Leads") == 1


def test_a_passed_limit_is_one_object_of_json(run, leads):
    code, out, _ = run("check", leads, "--no-dns", "--max", "invalid=0", "--format", "json")

    assert code == 1
    assert json.loads(out)["run"]["error"].startswith("invalid is 3 rows")


def test_the_first_rows_of_each_reason_are_named_and_masked(run, leads):
    _, out, _ = run("check", leads, "--no-dns")

    assert re.search(r"missing_email +leads\.csv:6$", out, flags=re.MULTILINE)
    assert re.search(r"no_at_sign +leads\.csv:4 n\*\*\*, leads\.csv:5 c\*\*\*$", out, flags=re.MULTILINE)
    assert re.search(r"duplicate_in_file +leads\.csv:3 A\*\*\*@acme\.example$", out, flags=re.MULTILINE)
    assert not re.search(r"ann@|nobody|carol", out, flags=re.IGNORECASE)


def test_no_line_that_is_piped_ends_in_blanks(run, leads):
    _, out, _ = run("check", leads, "--no-dns")

    assert [line for line in out.splitlines() if line != line.rstrip()] == []


@pytest.mark.parametrize("format_", ["csv", "parquet", "xlsx"])
def test_stdout_takes_the_ready_leads_and_stderr_the_rest(leads, tmp_path, monkeypatch, capfdbinary, format_):
    monkeypatch.chdir(tmp_path)
    options = ("clean", leads, "--no-dns", "--out-format", format_, "--out")
    with pytest.raises(SystemExit):
        main([*options, "cleaned"])
    capfdbinary.readouterr()

    with pytest.raises(SystemExit) as ended:
        main([*options, "-"])

    out, err = capfdbinary.readouterr()
    read = {"csv": pd.read_csv, "parquet": pd.read_parquet, "xlsx": pd.read_excel}[format_]
    engine = {"engine": "calamine"} if format_ == "xlsx" else {}
    written = read(tmp_path / "cleaned" / f"ready.{format_}", **engine)
    pd.testing.assert_frame_equal(read(io.BytesIO(out), **engine), written)
    assert ended.value.code == 0
    assert b"Outcomes" in err
    assert err.decode().endswith("5 rows: 1 ready, 3 invalid, 1 duplicate.\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cleaned", "leads.csv"]


def test_no_lead_is_let_out_where_a_limit_is_passed(run, leads):
    code, out, err = run("clean", leads, "--no-dns", "--out", "-", "--max", "invalid=0")

    assert (code, out) == (1, "")
    assert "invalid is 3 rows" in err
    assert "Outcomes" in err


def test_stdout_does_not_take_leads_and_the_summary(run, leads, tmp_path):
    code, out, err = run("clean", leads, "--no-dns", "--out", "-", "--format", "json")

    assert (code, out) == (2, "")
    assert "--out - writes the leads to stdout, and --format json the summary" in err


@pytest.mark.parametrize("verb", [("import", "leads.csv", "--list", "1", "--yes"), ("demo",)])
def test_what_writes_several_files_takes_no_stdout(run, leads, tmp_path, verb):
    code, _, err = run(*verb, "--out", "-")

    assert code == 2
    assert "expected a folder; only hygiene clean writes to stdout" in err
    assert [path.name for path in tmp_path.iterdir()] == ["leads.csv"]


def _on_a_terminal(code):
    """What a program shows on a terminal that is its stderr."""
    ours, theirs = pty.openpty()
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.DEVNULL, stderr=theirs) as running:
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # which is how Linux tells the end of a terminal
            while part := os.read(ours, 4096):
                shown += part
    os.close(ours)
    assert running.returncode == 0
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.decode())


@pytest.mark.parametrize(
    ("known", "told", "shows"),
    [
        (True, "tell(1, 4), tell(4, 4)", "4 of 4, "),
        (False, "tell(1, 1), tell(4000, 4000)", "4,000, "),
        (True, "", "Looking"),
    ],
)
def test_progress_shows_a_total_where_there_is_one_and_stays_when_all_is_done(known, told, shows):
    code = "from hygiene.cli.console import progress\n"
    code += f"with progress('Looking', total_known={known}) as tell:\n    {told or 'pass'}"

    last = _on_a_terminal(code).rstrip().splitlines()[-1]

    assert "Looking" in last
    assert shows in last
    assert re.search(r"0:00:00", last)
    assert " of 4,000" not in last
