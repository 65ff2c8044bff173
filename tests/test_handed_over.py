"""Lists that are handed over: entries in a series, a frame or `Entries` do what they would do in a file."""

import hashlib

import pandas as pd
import pyarrow as pa
import pytest

import hygiene
from hygiene.errors import ListError, UsageError

LEADS = pd.DataFrame(
    {
        "email": [
            "ann@acme.example",
            "bob@acme.example",
            "cal@bolt.example",
            "dee@cove.example",
            "eve@dale.example",
        ]
    }
)
#: Entries of each kind; the hash is that of dee@cove.example.
ENTRIES = [
    "Ann@acme.example",
    None,
    "  ",
    "bolt.example",
    hashlib.sha256(b"dee@cove.example").hexdigest(),
    "ev*@dale.example",
]


def outcomes(**given):
    return hygiene.clean(LEADS, **given).verdicts["outcome"].tolist()


def made(values):
    """The same entries in every form that entries have."""
    frame = pd.DataFrame({"Name": "x", "Email": values})
    return {
        "Entries": hygiene.Entries(values),
        "Series": pd.Series(values, name="anything", index=[7] * len(values)),
        "object": pd.Series(values, dtype=object),
        "category": pd.Series(values, dtype="category"),
        "Index": pd.Index(values),
        "array": pd.Series(values, dtype=object).to_numpy(),
        "Arrow": pa.array(values),
        "Arrow, in chunks": pa.chunked_array([values[:1], values[1:]]),
        "frame": frame,
        "Arrow table": pa.Table.from_pandas(frame),
        "in a list": [hygiene.Entries(values[:2]), pd.Series(values[2:])],
    }


@pytest.mark.parametrize("form", list(made(["a@b.example", "c@d.example", "e@f.example"])))
@pytest.mark.parametrize(
    ("argument", "outcome"), [("suppress", "suppressed"), ("blocklist", "blocked"), ("known", "duplicate")]
)
def test_every_form_of_entries_does_what_a_file_does(argument, outcome, form, write):
    values = ["ann@acme.example", "Bob@Acme.example", "x@nobody.example"]
    path = write("list.csv", "email\n" + "\n".join(values) + "\n")

    found = outcomes(**{argument: made(values)[form]})

    assert found == outcomes(**{argument: path})
    assert found == [outcome, outcome, "ready", "ready", "ready"]


def test_entries_are_addresses_domains_hashes_and_patterns_and_blank_ones_are_nobody():
    cleaned = hygiene.clean(LEADS, suppress=hygiene.Entries(ENTRIES))

    assert [word == "suppressed" for word in cleaned.verdicts["outcome"]] == [True, False, True, True, True]
    assert cleaned.verdicts["matched_rule"].dropna().tolist() == [
        "suppress:1:ann@acme.example",
        "suppress:4:bolt.example",
        f"suppress:5:{ENTRIES[4]}",
        "suppress:6:ev*@dale.example",
    ]
    assert any("suppress: entries that were handed over" in str(note) for note in cleaned.notes)


def test_several_lists_that_are_handed_over_have_names_of_their_own():
    given = [pd.Series(["x@y.example"]), hygiene.Entries(["bolt.example"])]

    cleaned = hygiene.clean(LEADS, suppress=given)

    assert cleaned.verdicts["matched_rule"].dropna().tolist() == ["suppress 2:1:bolt.example"]


@pytest.mark.parametrize("text", ["ann@acme.example", "@acme.example", "*@acme.example"])
def test_a_text_with_an_at_sign_that_is_no_file_is_an_entry(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert (
        outcomes(suppress=text)[0]
        == outcomes(suppress=[text])[0]
        == outcomes(blocklist=text)[0].replace("blocked", "suppressed")
        == "suppressed"
    )


def test_a_file_with_an_at_sign_in_its_name_is_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ann@acme.example").write_text("bolt.example\n", encoding="utf-8")

    assert outcomes(suppress="ann@acme.example") == ["ready", "ready", "suppressed", "ready", "ready"]


@pytest.mark.parametrize(
    "text", ["bolt.example", "lists/ann@acme.example", "lists\\ann@acme.example", "team@2026.csv"]
)
def test_any_other_text_is_a_path_and_its_absence_stops_the_run(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    for given in (text, [text]):
        with pytest.raises(ListError, match="No such file"):
            hygiene.clean(LEADS, suppress=given)


def test_paths_and_entries_stand_beside_each_other(write):
    found = outcomes(
        suppress=[write("dnc.txt", "bolt.example\n"), "ann@acme.example", hygiene.Entries(["cove.example"])]
    )

    assert found == ["suppressed", "ready", "suppressed", "suppressed", "ready"]


@pytest.mark.parametrize(
    "nothing", [hygiene.Entries([]), pd.Series([], dtype=object), pd.DataFrame({"email": []})]
)
def test_a_suppression_list_without_entries_stops_the_run_however_it_comes(nothing):
    with pytest.raises(ListError, match="suppress"):
        hygiene.clean(LEADS, suppress=nothing)

    assert (
        outcomes(suppress=nothing, allow_empty_list=True)
        == outcomes(blocklist=nothing)
        == outcomes(known=nothing)
    )


@pytest.mark.parametrize(
    ("values", "says"),
    [(["words", "and more words", "still more"], "suppress"), (["gmail.com"], "gmail.com")],
)
def test_entries_are_trusted_no_more_than_a_file(values, says):
    with pytest.raises(ListError, match=says):
        hygiene.clean(LEADS, suppress=pd.Series(values))


def test_a_frame_whose_addresses_are_in_no_column_of_theirs_stops_the_run():
    notes = pd.DataFrame({"Notes": ["call", "was ann@acme.example", "call", "mail", "call", "call"]})

    with pytest.raises(ListError, match=r"suppress=frame\['E-mail'\]"):
        hygiene.clean(LEADS, suppress=notes)
    with pytest.raises(ListError, match=r"known=frame\['E-mail'\]"):
        hygiene.clean(LEADS, known=pd.DataFrame({"Notes": ["call", "mail"]}))


def test_marks_in_a_frame_count_as_in_a_file():
    frame = pd.DataFrame({"Email": LEADS["email"], "Unsubscribed": ["yes", "no", "no", "yes", "no"]})

    assert outcomes(suppress=frame) == ["suppressed", "ready", "ready", "suppressed", "ready"]
    assert outcomes(suppress=frame, all_rows=True) == ["suppressed"] * 5


@pytest.mark.parametrize("given", [{"email": ["ann@acme.example"]}, 5, [5], object(), [None]])
def test_what_is_no_list_is_refused_without_what_it_holds(given):
    with pytest.raises(UsageError, match=r"a list is a \w+; expected the path of a file") as caught:
        hygiene.clean(LEADS, suppress=given)

    assert "@" not in str(caught.value)


@pytest.mark.parametrize(
    ("values", "says"), [("ann@acme.example", "Entries of one text"), ([5], "Entries hold a int")]
)
def test_entries_are_texts(values, says):
    with pytest.raises(UsageError, match=says):
        hygiene.Entries(values)


def test_the_repr_of_entries_shows_none():
    assert repr(hygiene.Entries(["ann@acme.example", "bolt.example"])) == "<2 entries>"


def test_on_the_command_line_an_address_is_no_list(run, write):
    code, _, err = run(
        "check", write("leads.csv", "email\nann@acme.example\n"), "--no-dns", "--suppress", "ann@acme.example"
    )

    assert code == 3
    assert "No such file" in err
    assert "ann@" not in err
