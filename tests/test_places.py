"""Places to import to: what --to and --list name, in every verb that asks an API."""

import json
import re

import pytest

from hygiene.cli import cli, main, places
from hygiene.http.place import Place
from hygiene.http.service import Service
from hygiene.importing.journal import SqliteJournal

LEADS = "email,company\nann@acme.example,Acme\nbob@bolt.example,Bolt\n"


@pytest.fixture
def target(api, monkeypatch, write):
    monkeypatch.setenv("SMARTLEAD_BASE_URL", api.base_url)
    monkeypatch.setenv("SMARTLEAD_API_KEY", api.api_key)
    monkeypatch.chdir(write("leads.csv", LEADS).parent)
    return api.create_list("Spring")


def test_a_list_and_the_place_of_that_name_are_one_import_in_the_journal(run, api, target):
    first, _, _ = run("import", "--yes", "leads.csv", "--no-dns", "--to", f"smartlead:list={target}")
    again, _, says = run("import", "--yes", "leads.csv", "--no-dns", "--list", target)

    assert (first, again) == (0, 0)
    assert "is finished already; nothing was sent" in says
    assert sum(path.endswith("/import") for _, path, _ in api.requests) == 1
    with SqliteJournal() as journal:
        assert [each.target.list_id for each in journal.imports()] == [str(target)]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["--to", "smartlead:list=1", "--list", "1"], "--to and --list both say where to import to"),
        ([], "nothing says where to import to; name it with --to (smartlead:list=ID"),
        (
            ["--to", "smartlaed:list=1"],
            "--to smartlaed:list=1: no place to import to is named like that; there are ",
        ),
        (
            ["--to", "smartlead:list=x"],
            "there are smartlead:list=ID, smartlead:campaign=ID (such as smartlead:list=500).",
        ),
        (["--to", "instantly:list=5"], "(such as instantly:list=0198c1de-7a00-7000-8000-000000000001)."),
        (["--to", "smartlead:list=0"], "there are smartlead:list=ID"),
        (["--to", "smartlead:"], "there are smartlead:list=ID"),
        (["--to", ""], "nothing says where to import to"),
        (["--to", "smartlead"], "--to smartlead: names no list; expected smartlead:list=ID"),
    ],
)
def test_a_place_that_cannot_be_meant_is_exit_2_in_one_sentence(run, api, target, given, says):
    code, out, err = run("import", "--yes", "leads.csv", "--no-dns", *given)

    assert (code, out) == (2, "")
    assert says in err
    assert len(err.splitlines()) == 1
    assert api.requests == []


def test_a_profile_names_a_place_and_an_option_comes_before_it(run, api, target, monkeypatch, tmp_path):
    monkeypatch.setenv("NORTH_KEY", api.api_key)
    other = api.create_list("Other")
    (tmp_path / "hygiene.toml").write_text(
        f"[profile.north]\nto = 'smartlead:list={target}'\napi_key_env = 'NORTH_KEY'\n"
        f"[profile.south]\nlist = {target}\napi_key_env = 'NORTH_KEY'\nbase_url = '{api.base_url}'\n"
        "[profile.two]\nlist = 1\nto = 'smartlead:list=1'\napi_key_env = 'NORTH_KEY'\n"
    )
    said = [
        run("import", "--yes", "leads.csv", "--no-dns", "--profile", "north"),
        run("import", "--yes", "leads.csv", "--no-dns", "--profile", "north", "--list", other),
    ]
    monkeypatch.setenv("SMARTLEAD_BASE_URL", "https://nowhere.invalid")
    said.append(run("import", "--yes", "leads.csv", "--no-dns", "--profile", "south", "--again"))
    two, _, both = run("import", "--yes", "leads.csv", "--no-dns", "--profile", "two")

    assert [code for code, _, _ in said] == [0, 0, 0], said
    assert api.members(target) == api.members(other) == ["ann@acme.example", "bob@bolt.example"]
    assert (two, "--to and --list both say" in both) == (2, True)


def test_what_a_kind_of_place_does_not_take_is_refused(run, target, monkeypatch):
    bare = Place(
        scheme="bare", form="NAME", pattern="(?P<name>.+)", sink="nowhere:Bare",
        service=Service(title="Bare", prefix="BARE", url="https://bare.invalid"), pulls=("leads",),
    )  # fmt: skip
    there = places._places()
    monkeypatch.setattr(places, "_places", lambda: [*there, bare])

    renamed = run("import", "--yes", "leads.csv", "--no-dns", "--to", "bare:a", "--rename", "company=firm")
    pulled = run("pull", "unsubscribed", "--to", "bare", "--out", "f.csv")

    assert [code for code, _, _ in (renamed, pulled)] == [2, 2]
    assert "--rename is not for bare:NAME; it goes with smartlead:list=ID" in renamed[2]
    assert "pull unsubscribed: Bare does not tell that; it tells leads." in pulled[2]


def test_pull_lists_and_doctor_take_a_place(run, api, target, tmp_path):
    api.block(["blocked.example"])
    run("import", "--yes", "leads.csv", "--no-dns", "--to", f"smartlead:list={target}")

    pulled, told, err = run("pull", "leads", "--to", f"smartlead:list={target}", "--out", "known.csv")
    _, blocked, _ = run("pull", "blocklist", "--to", "smartlead", "--out", "block.csv")
    _, shown, _ = run("lists", "--to", f"smartlead:list={target}")
    well, doctors, _ = run("doctor", "--no-dns", "--to", f"smartlead:list={target}")
    missing, _, _ = run("doctor", "--no-dns", "--to", "smartlead:list=999")

    assert (pulled, told) == (0, f"known.csv: 2 rows, leads of list {target}\n"), err
    assert blocked == "block.csv: 1 row, block list\n"
    assert "Spring" in shown
    assert (well, missing) == (0, 2)
    assert re.search(rf"ok    list: {target} 'Spring', 2 leads", doctors)


def test_the_help_of_every_verb_with_a_place_names_what_there_is(capsys):
    verbs = [name for name, verb in cli.commands.items() if any(each.name == "to" for each in verb.params)]

    assert verbs == ["import", "lists", "pull", "doctor"]
    for verb in verbs:
        with pytest.raises(SystemExit):
            main([verb, "--help"])
        assert "smartlead:list=ID" in " ".join(capsys.readouterr().out.split())


def test_a_dry_run_to_a_place_sends_nothing(run, api, target):
    code, out, err = run(
        "import", "leads.csv", "--no-dns", "--dry-run", "--to", f"smartlead:list={target}", "--format", "json"
    )

    assert code == 0, err
    assert json.loads(out)["predicted"]["imported"] == 2
    assert api.members(target) == []
