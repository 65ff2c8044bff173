"""The command line of imports that are remembered: files, history, resuming, keys."""

import json
import os
import pty
import re
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import hygiene
from hygiene.importing import Identity
from hygiene.importing.journal import JournalView, SqliteJournal

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
    _, _, first = run("import", "--yes", leads, "--list", target, "--no-dns")
    _, _, second = run("import", "--yes", leads, "--list", target, "--no-dns", "--again")

    assert f"new journal {os.environ['HYGIENE_JOURNAL']}: keep it, and the .key file beside it" in first
    assert "new journal" not in second


def test_a_journal_that_is_required_and_not_there_is_exit_2_and_nothing_is_sent(run, leads, target, api):
    code, _, err = run("import", "--yes", leads, "--list", target, "--no-dns", "--require-journal")

    assert code == 2
    assert "no journal there, and one is required" in err
    assert posts(api) == []


def test_a_dry_run_makes_no_journal(run, leads, target):
    code, _, _ = run("import", leads, "--list", target, "--no-dns", "--dry-run")

    assert code == 0
    assert not Path(os.environ["HYGIENE_JOURNAL"]).exists()


def everything_in(folder):
    return {path: path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()}


def test_a_dry_run_says_what_the_import_then_does_with_leads_that_the_journal_knows(
    run, leads, target, write, tmp_path
):
    run(
        "import",
        "--yes",
        write("a.csv", f"email\nnew@acme.example\n{EMAILS[1]}\n"),
        "--list",
        target,
        "--no-dns",
    )
    _, past, _ = run("history", "--format", "json")
    before = everything_in(Path(os.environ["HYGIENE_JOURNAL"]).parent)
    command = ("import", "--yes", leads, "--list", target, "--no-dns", "--no-snapshot", "--format", "json")

    code, rehearsed, err = run(*command, "--dry-run", "--out", "rehearsed")
    after = everything_in(Path(os.environ["HYGIENE_JOURNAL"]).parent)
    _, done, _ = run(*command, "--out", "done")

    assert code == 0
    assert "dry run: 5 leads in 1 request; nothing was sent." in err
    assert after == before
    for part in ("outcomes", "reasons", "predicted"):
        assert json.loads(rehearsed)[part] == json.loads(done)[part]
    verdicts = (tmp_path / "rehearsed" / "verdicts.csv").read_bytes()
    assert verdicts == (tmp_path / "done" / "verdicts.csv").read_bytes()
    assert f"import {json.loads(past)[0]['import']}:2".encode() in verdicts


def test_a_dry_run_writes_the_files_of_a_clean_and_nothing_of_what_is_sent(run, leads, target, tmp_path):
    command = (leads, "--no-dns", "--out")

    _, _, err = run("import", *command, "rehearsed", "--list", target, "--dry-run")
    run("clean", *command, "cleaned")

    names = sorted(path.name for path in (tmp_path / "rehearsed").iterdir())
    assert "wrote ready.csv" in err
    assert names == sorted(path.name for path in (tmp_path / "cleaned").iterdir())
    assert "sent.csv" not in names


def test_a_dry_run_of_a_finished_import_says_that_nothing_is_left(run, leads, target, api):
    run("import", "--yes", leads, "--list", target, "--no-dns")

    code, _, err = run("import", leads, "--list", target, "--no-dns", "--dry-run")
    _, _, anew = run("import", leads, "--list", target, "--no-dns", "--no-snapshot", "--again", "--dry-run")

    assert code == 0
    assert re.search(r"dry run: nothing of import \w{8} is left to send \(--again plans it anew\)", err)
    assert "dry run: 6 leads in 1 request" in anew
    assert len(posts(api)) == 1


def test_a_dry_run_of_an_import_that_was_cut_off_says_how_it_would_go_on(run, leads, target, api, write):
    command = (
        "import",
        "--yes",
        leads,
        "--list",
        target,
        "--no-dns",
        "--batch-size",
        "2",
        "--on-unknown",
        "stop",
    )
    api.fail_next(after=1, drop="before")
    run(*command)
    sent = len(posts(api))

    code, out, err = run(*command, "--dry-run")
    _, _, without = run(*command, "--dry-run", "--suppress", write("dnc.txt", f"{EMAILS[5]}\n"))

    assert code == 0
    assert re.search(
        r"import \w{8} would go on with 4 leads in 2 requests, 1 of them with a lost answer", err
    )
    assert "email=l***@acme.example" in err
    assert "would go on with 3 leads in 2 requests" in without
    assert "6 ready" in out
    assert len(posts(api)) == sent


def test_a_dry_run_reads_the_journal_while_an_import_holds_it_and_holds_up_none(run, leads, target, api):
    run("import", "--yes", leads, "--list", target, "--no-dns")
    sink = hygiene.Smartlead(list_id=target)
    identity = Identity(sink.target, hygiene.clean(str(leads)).digest, send_all=False, waive_blocklist=False)

    with SqliteJournal(os.environ["HYGIENE_JOURNAL"]) as journal:
        held = journal.begin(identity)
        held.review(np.array([1]))  # in the log, not in the file yet
        code, _, err = run("import", leads, "--list", target, "--no-dns", "--dry-run")
        with JournalView(os.environ["HYGIENE_JOURNAL"]) as view:
            seen = view.begin(identity).under_review().tolist()
            held.review(np.array([2]))
        held.close()
    sink.close()

    assert (code, seen) == (0, [1])
    assert f"nothing of import {held.import_id} is left to send" in err


def test_a_dry_run_stops_where_the_import_would(run, leads, target, api, monkeypatch):
    none, _, err = run("import", leads, "--list", target, "--no-dns", "--dry-run", "--require-journal")
    run("import", "--yes", leads, "--list", target, "--no-dns")
    api.api_key = "the-new-key"
    monkeypatch.setenv("SMARTLEAD_API_KEY", "the-new-key")
    before = everything_in(Path(os.environ["HYGIENE_JOURNAL"]).parent)

    refused, _, told = run("import", leads, "--list", target, "--no-dns", "--dry-run")
    accepted, _, left = run("import", leads, "--list", target, "--no-dns", "--dry-run", "--accept-new-key")

    assert (none, refused, accepted) == (2, 2, 0)
    assert "no journal there, and one is required" in err
    assert "--accept-new-key" in told
    assert "is left to send" in left
    assert everything_in(Path(os.environ["HYGIENE_JOURNAL"]).parent) == before


def test_out_holds_what_became_of_every_lead_that_was_sent_for_the_owner_alone(
    run, leads, target, api, tmp_path
):
    told = '"leadList[1].email" must be a valid email'
    api.fail_next(after=1, status=400, body={"message": told})
    api.fail_next(after=1, drop="before")

    code, out, err = run(
        "import", "--yes", leads, "--list", target, "--no-dns", "--batch-size", "2", "--on-unknown", "stop",
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
    _, told, _ = run(
        "import", "--yes", leads, "--list", target, "--no-dns", "--batch-size", "2", "--format", "json"
    )
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


def test_history_before_the_first_import_and_of_an_empty_journal_says_that_there_are_none(run):
    before, nothing, said = run("history")
    listed, as_json, _ = run("history", "--format", "json")
    made = Path(os.environ["HYGIENE_JOURNAL"]).exists()
    SqliteJournal().close()
    empty, out, err = run("history")

    assert (before, nothing, empty, out, made) == (0, "", 0, "", False)
    assert "no imports yet" in said
    assert "no imports yet" in err
    assert (listed, json.loads(as_json)) == (0, [])


def test_history_asks_for_a_journal_that_is_named_or_was_lost(run, leads, target):
    ended = [run("history", *more) for more in (["--journal", "j.sqlite"], ["a1b2"], ["--forget", "a1b2"])]
    run("import", "--yes", leads, "--list", target, "--no-dns")
    Path(os.environ["HYGIENE_JOURNAL"]).unlink()
    lost, _, told = run("history")

    assert [code for code, _, _ in ended] == [2, 2, 2]
    assert all("no journal there" in err for _, _, err in ended)
    assert lost == 2
    assert "yet" not in told


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
            "import", "--yes", tagged, "--list", api.create_list("x"), "--no-dns", "--known", nobody,
            "--blocklist", none, "--format", "json",
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
    run("import", "--yes", leads, "--list", target, "--no-dns")
    api.api_key = "the-new-key"
    monkeypatch.setenv("SMARTLEAD_API_KEY", "the-new-key")

    refused, _, err = run("import", "--yes", leads, "--list", target, "--no-dns")
    accepted, _, told = run("import", "--yes", leads, "--list", target, "--no-dns", "--accept-new-key")

    assert (refused, accepted) == (2, 0)
    assert "--accept-new-key" in err
    assert "is finished already; nothing was sent" in told
    assert len(posts(api)) == 1


def test_a_finished_import_whose_counts_differed_ends_with_6_again(run, leads, target, api, write):
    api.block(["lead1@acme.example"])
    command = ("import", "--yes", leads, "--list", target, "--no-dns", "--known", write("k.csv", "email\n"))
    command += ("--blocklist", write("b.csv", "email_or_domain\n"))

    first, _, _ = run(*command)
    again, _, err = run(*command)

    assert (first, again) == (6, 6)
    assert "nothing was sent" in err
    assert len(posts(api)) == 1


def test_a_rate_that_is_none_is_exit_2(run, leads, target):
    code, _, err = run("import", "--yes", leads, "--list", target, "--no-dns", "--rate", "fast")

    assert code == 2
    assert "expected requests a second, minute or hour" in err


def test_waits_are_shown_with_their_reason(run, leads, target, api, monkeypatch):
    monkeypatch.setenv("HYGIENE_PATIENCE_S", "5")
    api.fail_next(status=429, body="", headers={"Retry-After": "1"})

    code, _, err = run("import", "--yes", leads, "--list", target, "--no-dns")

    assert code == 0
    assert "waiting 1 s: the API asks to slow down" in err
    assert "the rate limit" not in err


@pytest.mark.parametrize("given", [["30.0", "29.5", "NaN", "-1"], ["x"] * 4], ids=str)
def test_counters_that_are_all_nonsense_words_are_no_lost_answer(run, leads, target, api, given):
    told = dict(zip(("total_leads", "imported", "duplicates", "blocked"), given, strict=True))
    api.fail_next(status=200, drop="after", body={"ok": True, "data": told})

    code, out, err = run("import", "--yes", leads, "--list", target, "--no-dns", "--format", "json")

    [batch] = json.loads(out)["reconciliation"]["batches"]
    assert code == 6
    assert all(f"{name} is nonsense, no number of leads" in err for name in told)
    assert sorted(batch["nonsense"]) == sorted(told)
    assert len(posts(api)) == 1


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


@pytest.mark.parametrize("given", [float("nan"), 0.5, True, [6], {"total": 6}, -1, 2**70], ids=str)
def test_a_counter_that_is_nonsense_is_said_with_exit_code_6_by_every_run(run, leads, target, api, given):
    told = {"total_leads": 6, "imported": given, "duplicates": 0}
    api.fail_next(status=200, drop="after", body={"ok": True, "data": told})

    code, out, err = run("import", "--yes", leads, "--list", target, "--no-dns", "--format", "json")
    again, text, _ = run("import", "--yes", leads, "--list", target, "--no-dns")

    [batch] = json.loads(out, parse_constant=pytest.fail)["reconciliation"]["batches"]
    assert (code, again) == (6, 6)
    assert "batch 1 of 1 (6 leads): imported is nonsense, no number of leads" in err
    assert batch["nonsense"] == ["imported"]
    assert batch["reported"] == {"total_leads": 6, "imported": None, "duplicates": 0, "blocked": None}
    assert "6 total_leads, nonsense as imported, 0 duplicates: not as predicted." in text
    assert re.search(r"imported +6 +6 +nonsense", text)
    assert re.search(r"blocked +0 +0 +not given", text)
    assert len(posts(api)) == 1


@pytest.fixture
def firms(write):
    return write("firms.csv", "email,company,Tier\nann@acme.example,Acme,gold\n")


@pytest.mark.parametrize(
    ("renamed", "code", "told"),
    [
        ("compny=a", 2, "--rename compny='a': no such column; there are email, company, Tier."),
        ("Tier=level,compny=a", 2, "--rename compny='a': no such column"),
        ("Tier=level,company", 2, "expected NAME=FIELD,NAME=FIELD"),
        ("phone=mobile", 0, "company=A***"),  # a canonical column, which other files have
        ("company=firm, Tier=level", 0, "email=a***@acme.example, firm=A***, custom_fields={level=g***}"),
    ],
)
def test_columns_are_renamed_as_the_dry_run_shows_and_one_that_is_not_there_is_refused(
    run, firms, target, api, renamed, code, told
):
    shape = ("--custom", "Tier", "--custom-shape", "nested")

    found, _, err = run(
        "import", firms, "--list", target, "--no-dns", "--dry-run", *shape, "--rename", renamed
    )

    assert found == code
    assert told in " ".join(err.split())
    assert posts(api) == []


def test_a_column_with_a_comma_in_its_name_is_renamed_by_a_pair_of_its_own(run, write, target):
    leads = write("leads.csv", 'email,"Revenue, EUR"\nann@acme.example,9\n')

    code, _, err = run(
        "import", leads, "--list", target, "--no-dns", "--dry-run", "--rename", "Revenue, EUR=revenue"
    )

    assert code == 0, err


def test_an_import_that_renames_a_column_that_is_not_there_leaves_nothing_in_the_journal(
    run, firms, target, api
):
    code, _, _ = run("import", "--yes", firms, "--list", target, "--no-dns", "--rename", "compny=x")
    _, past, _ = run("history", "--format", "json")

    assert code == 2
    assert posts(api) == []
    assert json.loads(past) == []
