"""The command line of imports that are remembered: files, history, resuming, keys."""

import json
import os
import pty
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from hygiene.journal import SqliteJournal

EMAILS = [f"lead{row}@acme.example" for row in range(6)]


@pytest.fixture
def leads(write):
    return write("leads.csv", "email\n" + "".join(f"{email}\n" for email in EMAILS))


@pytest.fixture
def target(api, monkeypatch):
    monkeypatch.setenv("SMARTLEAD_BASE_URL", api.base_url)
    monkeypatch.setenv("SMARTLEAD_API_KEY", api.api_key)
    return api.create_list("Spring")


def posts(api):
    return [path for method, path, _ in api.requests if method == "POST"]


def test_a_new_journal_is_said_off_a_terminal_and_an_old_one_is_not(run, leads, target):
    _, _, first = run("import", leads, "--list", target, "--no-dns")
    _, _, second = run("import", leads, "--list", target, "--no-dns", "--again")

    assert f"new journal {os.environ['HYGIENE_JOURNAL']}: keep it, and the .key file beside it" in first
    assert "new journal" not in second


def test_a_journal_that_is_required_and_not_there_is_exit_2_and_nothing_is_sent(run, leads, target, api):
    code, _, err = run("import", leads, "--list", target, "--no-dns", "--require-journal")

    assert code == 2
    assert "no journal there, and one is required" in err
    assert posts(api) == []


def test_a_dry_run_makes_no_journal(run, leads, target):
    code, _, _ = run("import", leads, "--list", target, "--no-dns", "--dry-run")

    assert code == 0
    assert not Path(os.environ["HYGIENE_JOURNAL"]).exists()


def test_out_holds_what_became_of_every_lead_that_was_sent_for_the_owner_alone(
    run, leads, target, api, tmp_path
):
    told = '"leadList[1].email" must be a valid email'
    api.fail_next(after=1, status=400, body={"message": told})
    api.fail_next(after=1, drop="before")

    code, out, err = run(
        "import", leads, "--list", target, "--no-dns", "--batch-size", "2", "--on-unknown", "stop",
        "--out", "out", "--format", "json",
    )  # fmt: skip

    files = {name: (tmp_path / "out" / f"{name}.csv").read_text() for name in ("sent", "rejected", "unknown")}
    assert code == 5, err
    assert re.findall(r"^(\d+),.*lead\d@acme.example", files["sent"], re.MULTILINE) == ["1", "2", "3"]
    assert re.findall(r"^(\d+),.*rejected,(.*)$", files["rejected"], re.MULTILINE) == [
        ("4", '"""leadList[1].email"" must be a valid email"')
    ]
    assert re.findall(r"^(\d+),.*unknown", files["unknown"], re.MULTILINE) == ["5", "6"]
    assert stat.S_IMODE((tmp_path / "out" / "sent.csv").stat().st_mode) == 0o600
    assert json.loads(out)["reconciliation"]["rejected"] == 1


def test_history_lists_imports_shows_one_and_forgets_it(run, leads, target, api):
    api.fail_next(after=1, drop="after")
    _, told, _ = run("import", leads, "--list", target, "--no-dns", "--batch-size", "2", "--format", "json")
    name = json.loads(told)["run"]["import"]

    listed, table, _ = run("history")
    shown, batches, _ = run("history", name)
    _, as_json, _ = run("history", name, "--format", "json")
    forgotten, _, said = run("history", "--forget", name)
    gone, _, missing = run("history", name)

    assert (listed, shown, forgotten, gone) == (0, 0, 0, 2)
    assert re.search(rf"{name}\s+\S+\s+{target}\s+\w+\s+6\s+6\s+agrees", table)
    assert re.search(r"2\s+2\s+settled\s+1\s+2 / 2 / 0 / 0\s+2 / 2 / 0 / 0", batches)
    assert "its answer was lost, and its leads were found in the list" in batches
    assert json.loads(as_json)["reconciliation"]["status"] == "agrees"
    assert said == f"import {name} is forgotten\n"
    assert "no import of that name" in missing
    assert not any("acme" in text for text in (table, batches, as_json))


def test_history_without_a_journal_is_exit_2_and_an_empty_one_says_so(run):
    missing, _, no_journal = run("history")
    SqliteJournal().close()
    empty, out, err = run("history")

    assert (missing, empty, out) == (2, 0, "")
    assert "no journal there" in no_journal
    assert "no import in the journal yet" in err


def test_history_explains_a_difference_without_an_address_and_writes_the_rules(
    run, write, monkeypatch, tmp_path
):
    from hygiene.emulator import Emulator
    from hygiene.policy import ImportPolicy

    tagged = write("tagged.csv", "email\na+1@acme.example\na+2@acme.example\nb@acme.example\n")
    nobody, none = write("known.csv", "email\n"), write("block.csv", "email_or_domain\n")
    with Emulator(policy=ImportPolicy(fold_plus_tag=True)) as api:
        monkeypatch.setenv("SMARTLEAD_BASE_URL", api.base_url)
        monkeypatch.setenv("SMARTLEAD_API_KEY", api.api_key)
        _, told, _ = run(
            "import", tagged, "--list", api.create_list("x"), "--no-dns", "--known", nobody, "--blocklist", none,
            "--format", "json",
        )  # fmt: skip
    name = json.loads(told)["run"]["import"]

    code, out, err = run("history", name, "--explain", "--policy-out", "found.toml")
    unnamed, _, _ = run("history", "--explain")

    assert (code, unnamed) == (0, 2)
    assert "fold_plus_tag = true (was false) explains every batch; it counts row 2 otherwise" in " ".join(
        out.split()
    )
    assert "wrote found.toml" in err
    assert ImportPolicy.from_toml((tmp_path / "found.toml").read_text()).fold_plus_tag
    assert "acme" not in out + err


def test_another_key_is_refused_until_it_is_accepted(run, leads, target, api, monkeypatch):
    run("import", leads, "--list", target, "--no-dns")
    api.api_key = "the-new-key"
    monkeypatch.setenv("SMARTLEAD_API_KEY", "the-new-key")

    refused, _, err = run("import", leads, "--list", target, "--no-dns")
    accepted, _, told = run("import", leads, "--list", target, "--no-dns", "--accept-new-key")

    assert (refused, accepted) == (2, 0)
    assert "--accept-new-key" in err
    assert "is finished already; nothing was sent" in told
    assert len(posts(api)) == 1


def test_a_finished_import_whose_counts_differed_ends_with_6_again(run, leads, target, api, write):
    api.block(["lead1@acme.example"])
    command = ("import", leads, "--list", target, "--no-dns", "--known", write("k.csv", "email\n"))
    command += ("--blocklist", write("b.csv", "email_or_domain\n"))

    first, _, _ = run(*command)
    again, _, err = run(*command)

    assert (first, again) == (6, 6)
    assert "nothing was sent" in err
    assert len(posts(api)) == 1


def test_a_rate_that_is_none_is_exit_2(run, leads, target):
    code, _, err = run("import", leads, "--list", target, "--no-dns", "--rate", "fast")

    assert code == 2
    assert "expected requests a second, minute or hour" in err


def test_waits_are_shown(run, leads, target, api, monkeypatch):
    monkeypatch.setenv("HYGIENE_PATIENCE_S", "5")
    api.fail_next(status=429, body="", headers={"Retry-After": "1"})

    code, _, err = run("import", leads, "--list", target, "--no-dns")

    assert code == 0
    assert "waiting 1 s: the rate limit" in err


def test_on_a_terminal_a_key_is_asked_for_and_not_shown(leads, target, api, monkeypatch):
    monkeypatch.delenv("SMARTLEAD_API_KEY")
    ours, theirs = pty.openpty()
    program = [sys.executable, "-c", "from hygiene.cli import main; main()", "lists"]
    with subprocess.Popen(program, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs) as running:
        os.close(theirs)
        shown = b""
        while not shown.endswith(b"API key: "):  # the space is shown once the terminal hides what is typed
            shown += os.read(ours, 4096)
        os.write(ours, f"{api.api_key}\n".encode())
        listing = running.stdout.read()
    os.close(ours)

    assert running.returncode == 0
    assert b"Spring" in listing
    assert api.api_key.encode() not in shown + listing
