"""Profiles: what a configuration may say, and what a profile never inherits."""

import os
import re
from pathlib import Path

import pytest

from hygiene.cli import main
from hygiene.cli.config import _LIMITS, load_defaults, load_gate, load_profile
from hygiene.errors import UsageError

TOML = """
rate = "4/s"
policy = "shared.toml"

[profile.north]
list = 1
api_key_env = "NORTH_KEY"
suppress = ["north-dnc.txt", "all-dnc.txt"]
known = "known.csv"

[profile.south]
list = 2
api_key_file = "south.key"
policy = "south.toml"
client_id = 7
"""


def test_a_profile_has_what_it_says_and_what_all_share(write, tmp_path):
    write("hygiene.toml", TOML)

    north, south = load_profile("north", folder=tmp_path), load_profile("south", folder=tmp_path)

    assert north.several("suppress") == (str(tmp_path / "north-dnc.txt"), str(tmp_path / "all-dnc.txt"))
    assert north.several("known") == (str(tmp_path / "known.csv"),)
    assert north.several("blocklist") == ()
    assert (north.values["list"], north.values["rate"]) == (1, "4/s")
    assert north.values["policy"] == str(tmp_path / "shared.toml")
    assert south.values["policy"] == str(tmp_path / "south.toml")
    assert south.several("suppress") == ()
    assert "api_key_env" not in south.values


def test_it_may_stand_in_pyproject(write, tmp_path):
    write("pyproject.toml", '[tool.hygiene]\nrate = "1/s"\n[tool.hygiene.profile.a]\nlist = 3\n')

    assert load_defaults(folder=tmp_path) == {"rate": "1/s"}
    assert load_profile("a", folder=tmp_path).values == {"rate": "1/s", "list": 3}


def test_no_configuration_is_none(tmp_path):
    assert load_defaults(folder=tmp_path) == {}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[profile.a]\nlist = 'x'", "list is not a number"),
        ("[profile.a]\nlist = true", "list is not a number"),
        ("[profile.a]\nsuppress = [1]", "suppress is not a text"),
        ("[profile.a]\napi_key = 's3cret'", "api_key is no setting"),
        ("[profile.b]\nlist = 1", "no [profile.a] in"),
        ("=", "not TOML"),
    ],
)
def test_what_no_profile_can_say_is_refused_without_its_value(write, tmp_path, text, says):
    write("hygiene.toml", text)

    with pytest.raises(UsageError, match=re.escape(says)) as caught:
        load_profile("a", folder=tmp_path)

    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("name", ["list", "suppress", "api_key_env"])
def test_keys_and_lists_belong_into_profiles(write, tmp_path, name):
    write("hygiene.toml", f"{name} = 'x'")

    with pytest.raises(UsageError, match=f"{name} is no setting"):
        load_defaults(folder=tmp_path)


@pytest.fixture
def two(api, write, monkeypatch):
    """Two profiles of one account, and leads."""
    monkeypatch.setenv("SMARTLEAD_BASE_URL", api.base_url)
    monkeypatch.setenv("NORTH_KEY", api.api_key)
    write("hygiene.toml", TOML.replace('policy = "shared.toml"', "").replace('policy = "south.toml"', ""))
    write("north-dnc.txt", "ann@acme.example\n")
    write("all-dnc.txt", "bob@acme.example\n")
    write("known.csv", "email\ncal@acme.example\n")
    write("leads.csv", "email\n" + "".join(f"{name}@acme.example\n" for name in ("ann", "bob", "cal", "dee")))
    return api.create_list("North"), api.create_list("South")


def test_import_takes_list_key_and_lists_of_its_profile(run, api, two, write):
    code, _, err = run("import", "--yes", "leads.csv", "--no-dns", "--profile", "north")

    assert code == 0, err
    assert api.members(two[0]) == ["dee@acme.example"]


def test_an_option_wins_over_the_profile_but_no_suppression_list_is_lost(run, api, two, write):
    more = write("more.txt", "dee@acme.example\n")
    none = write("none.csv", "email\nnobody@acme.example\n")

    code, _, err = run(
        "import", "--yes", "leads.csv", "--no-dns", "--profile", "north", "--list", two[1], "--suppress", more,
        "--known", none,
    )  # fmt: skip

    assert code == 0, err
    assert api.members(two[0]) == []
    assert api.members(two[1]) == ["cal@acme.example"]


def test_a_profile_takes_no_key_from_elsewhere(run, api, two, monkeypatch, tmp_path):
    monkeypatch.setenv("SMARTLEAD_API_KEY", api.api_key)
    (tmp_path / "hygiene.toml").write_text(
        "[profile.bare]\nlist = 1\n[profile.unset]\napi_key_env = 'NO_KEY'\n"
    )

    bare, _, says = run("import", "--yes", "leads.csv", "--no-dns", "--profile", "bare")
    unset, _, says_too = run("lists", "--profile", "unset")

    assert (bare, unset) == (2, 2)
    assert "profile bare names no key" in says
    assert "NO_KEY is not set" in says_too
    assert api.requests == []


def test_a_key_file_of_a_profile_is_read(run, api, two, write):
    write("south.key", api.api_key).chmod(0o600)

    code, _, err = run("import", "--yes", "leads.csv", "--no-dns", "--profile", "south")

    assert code == 0, err
    assert len(api.members(two[1])) == 4


def test_the_journal_of_an_option_wins_over_the_environment_and_that_over_the_file(
    run, api, two, tmp_path, monkeypatch
):
    (tmp_path / "hygiene.toml").write_text(
        "journal = 'file.sqlite'\n[profile.north]\nlist = 1\napi_key_env = 'NORTH_KEY'\n"
    )

    run("import", "--yes", "leads.csv", "--no-dns", "--profile", "north", "--journal", "option.sqlite")
    run("import", "--yes", "leads.csv", "--no-dns", "--profile", "north")
    named = Path(os.environ["HYGIENE_JOURNAL"])
    monkeypatch.delenv("HYGIENE_JOURNAL")
    run("import", "--yes", "leads.csv", "--no-dns", "--profile", "north")

    assert (tmp_path / "option.sqlite").exists()
    assert named.exists()
    assert (tmp_path / "file.sqlite").exists()


def test_limits_stand_in_the_configuration(tmp_path):
    (tmp_path / "hygiene.toml").write_text(
        '[gate.max]\ninvalid = "2%"\nnull_mx = 0\n[gate.min]\nready = 0.8\n'
    )

    assert load_gate(folder=tmp_path) == {
        "max": {"invalid": 0.02, "null_mx": 0},
        "min": {"ready": 0.8},
        "warn": {},
    }
    assert load_defaults(folder=tmp_path) == {}
    assert load_gate(folder=tmp_path / "elsewhere") == {"max": {}, "min": {}, "warn": {}}


def test_an_unknown_table_is_told_with_every_table_there_is(tmp_path):
    (tmp_path / "hygiene.toml").write_text("[gates.max]\ninvalid = 1\n")

    with pytest.raises(UsageError, match=r"gates is no setting") as refused:
        load_defaults(folder=tmp_path)
    assert all(
        f"[{name}]" in str(refused.value) for name in ("profile.NAME", *(f"gate.{word}" for word in _LIMITS))
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[gate.most]\ninvalid = 1\n", "gate.max, gate.min and gate.warn"),
        ("gate = 3\n", "gate.max, gate.min and gate.warn"),
        ("[gate.max]\nbounced = 1\n", "bounced"),
        ('[gate.max]\ninvalid = "lots"\n', "invalid=lots"),
    ],
)
def test_limits_that_are_none_are_refused_by_their_file(tmp_path, text, says):
    (tmp_path / "hygiene.toml").write_text(text)

    with pytest.raises(UsageError, match=r"hygiene\.toml") as refused:
        load_gate(folder=tmp_path)
    assert says in str(refused.value)


def test_a_limit_of_the_configuration_fails_a_run_and_an_option_takes_its_place(
    tmp_path, monkeypatch, capsys
):
    (tmp_path / "hygiene.toml").write_text("[gate.max]\ninvalid = 0\n")
    (tmp_path / "leads.csv").write_text("email\nnobody\n")
    monkeypatch.chdir(tmp_path)

    ended = []
    for more in ([], ["--max", "invalid=1"]):
        with pytest.raises(SystemExit) as end:
            main(["check", "leads.csv", "--no-dns", *more])
        ended.append(end.value.code)

    assert ended == [1, 0]
    assert "invalid is 1 row, at most 0 rows allowed" in capsys.readouterr().err
