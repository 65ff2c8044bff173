"""A person's no in a column of the leads is heard, in whatever words the column and the cell say it."""

import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hygiene
from hygiene.columns.leads import as_leads
from hygiene.columns.opt_out_cells import NO, SILENT, UNKNOWN, YES, Kind, is_mark, kind_of, says
from hygiene.columns.opt_outs import find_marks
from hygiene.errors import UsageError

DATA = Path(__file__).parent / "data"
CASES = json.loads((DATA / "opt-outs.json").read_text(encoding="utf-8"))["cases"]
CELLS = json.loads((DATA / "opt-out-cells.json").read_text(encoding="utf-8"))
SYSTEMS = json.loads((DATA / "opt-out-systems.json").read_text(encoding="utf-8"))


def _says(header, *cells):
    return says(header, pa.array(cells, pa.large_string())).tolist()


def _clean(header, cells, **options):
    emails = [f"p{number}@acme.example" for number in range(len(cells))]
    return hygiene.clean(pd.DataFrame({"email": emails, header: cells}), **options)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['header']}={case['cell']}")
def test_a_lead_is_withheld_where_its_column_says_no(case, tmp_path):
    path = tmp_path / "leads.csv"
    pd.DataFrame({"email": ["jane@acme.example"], case["header"]: [case["cell"]]}).to_csv(path, index=False)

    cleaned = hygiene.clean(path)

    assert cleaned.verdicts["outcome"].tolist() == ["suppressed" if case["suppressed"] else "ready"]


@pytest.mark.parametrize(
    "column", SYSTEMS["columns"], ids=lambda column: f"{column['system']}: {column['header']}"
)
def test_columns_and_cells_of_every_system_of_the_table_say_what_its_source_says(column):
    assert is_mark(column["header"])
    assert _says(column["header"], *column["no"]) == [NO] * len(column["no"])
    assert _says(column["header"], *column["yes"]) == [YES] * len(column["yes"])
    assert _says(column["header"], *column["open"]) == [UNKNOWN] * len(column["open"])


@pytest.mark.parametrize(("header", "cell"), CELLS["heard"])
def test_a_no_is_heard_in_the_columns_of_people_and_programs(header, cell):
    assert is_mark(header)
    assert _says(header, cell) == [NO]


@pytest.mark.parametrize(("header", "cell"), CELLS["unheard"])
def test_what_is_no_no_is_taken_for_none(header, cell):
    assert not is_mark(header) or _says(header, cell) != [NO]


@pytest.mark.parametrize(("header", "cell"), SYSTEMS["telephone"])
def test_a_mark_about_the_telephone_is_named_and_suppresses_nobody(header, cell):
    cleaned = _clean(header, [cell, ""])

    assert kind_of(header) is Kind.TELEPHONE
    assert cleaned.verdicts["outcome"].tolist() == ["ready", "ready"]
    assert any(f"{header!r} is about the telephone alone: 1 row marked" in note for note in cleaned.notes)


@pytest.mark.parametrize(("header", "cell"), SYSTEMS["no_marks"])
def test_other_columns_are_no_marks_and_are_not_named(header, cell):
    cleaned = _clean(header, [cell])

    assert cleaned.verdicts["outcome"].tolist() == ["ready"]
    assert not any(header in note for note in cleaned.notes)


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("Portal Unsubscribe", Kind.TRUTH_IS_NO), ("doNotContact", Kind.TRUTH_IS_NO),
        ("Not subscribed", Kind.TRUTH_IS_NO),
        ("Kein Newsletter", Kind.TRUTH_IS_NO), ("N\u00e3o contactar", Kind.TRUTH_IS_NO), ("DNC", Kind.TRUTH_IS_NO),
        ("Opt-in", Kind.FALSEHOOD_IS_NO), ("Newsletter", Kind.FALSEHOOD_IS_NO), ("not bounced", Kind.FALSEHOOD_IS_NO),
        ("May we contact you?", Kind.FALSEHOOD_IS_NO), ("Opt-in/Opt-out", Kind.MAIL_STATES),
        ("Marketing status", Kind.MAIL_STATES), ("Email Status", Kind.STATES), ("Tags", Kind.TAGS),
        ("Soft bounces", None), ("Status changed by", None), ("Company", None), ("State", None),
    ],
)  # fmt: skip
def test_what_a_column_is_about_is_known_by_its_header(header, kind):
    assert kind_of(header) is kind


def test_in_a_column_of_opting_out_all_but_a_no_and_a_blank_is_a_mark():
    cells = [
        "TRUE",
        "3",
        "2026-01-05",
        "05.01.2026",
        "mailbox full",
        "",
        None,
        "false",
        "0",
        "n/a",
        " ",
        "not bounced",
    ]

    assert _says("Bounced", *cells) == [NO] * 5 + [SILENT, SILENT, YES, YES, SILENT, SILENT, YES]


def test_in_a_column_of_agreeing_a_no_is_a_mark_and_what_is_not_understood_is_none():
    cells = ["no", "0", "declined", "withdrawn", "never", "yes", "1", "2026-01-05", "weekly", "", "not given"]

    assert _says("GDPR consent", *cells) == [NO] * 5 + [YES] * 3 + [UNKNOWN, SILENT, NO]


def test_of_states_and_tags_those_count_that_say_no_also_inside_a_phrase():
    assert (
        _says("Status", "Hard_Bounced", "customer; unsubscribed", "Unqualified - do not contact") == [NO] * 3
    )
    assert _says("Status", "never subscribed", "not unsubscribed", "Customer", "whatever") == [
        NO,
        YES,
        SILENT,
        UNKNOWN,
    ]
    assert _says("Tags", "vip, do-not-contact", "vip", "a long text that says unsubscribed") == [
        NO,
        SILENT,
        SILENT,
    ]


def test_what_is_not_understood_is_named_with_values_and_remedy_and_the_remedy_works():
    cells = ["weekly", "no", "weekly", "monthly", "daily", "hourly", "yes", ""]

    cleaned = _clean("Newsletter", cells)

    [note] = [note for note in cleaned.notes if "not understood" in note]
    assert "5 rows not understood and not suppressed ('weekly', 'monthly', 'daily' and the like)" in note
    assert "suppression_column=" in note
    settled = _clean("Newsletter", cells, suppression_column=["newsletter=Weekly, monthly"])
    assert settled.verdicts["outcome"].tolist() == ["suppressed"] * 4 + ["ready"] * 4
    assert not any("not understood" in note for note in settled.notes)


def test_a_value_with_an_address_or_control_characters_is_not_shown_as_it_stands():
    cleaned = _clean("Consent", ["jane@acme.example", "a\x1b[31mb", "long " * 30])

    [note] = [note for note in cleaned.notes if "not understood" in note]
    assert "jane" not in note
    assert "\x1b" not in note
    assert "(a text of 30 words)" in note
    assert len(note) < 400


def test_values_that_are_named_are_found_in_tags_may_hold_commas_and_are_missed_where_none_has_them():
    tags = ["vip, gone2", "vip", "gone2; x", "unsubscribed"]
    assert _clean("Tags", tags, suppression_column=["Tags=gone2"]).verdicts["outcome"].tolist() == [
        "suppressed",
        "ready",
        "suppressed",
        "suppressed",
    ]
    named = _clean("Consent", ["maybe, later", "yes"], suppression_column=['Consent="maybe, later", gone'])
    assert named.verdicts["outcome"].tolist() == ["suppressed", "ready"]
    assert any("no cell is 'gone'" in note for note in named.notes)


def test_the_date_that_a_database_writes_for_none_is_none():
    assert _says("Unsubscribe date", "2024-02-01", "0000-00-00", "0000-00-00 00:00:00") == [
        NO,
        SILENT,
        SILENT,
    ]


@pytest.mark.parametrize(
    "wrong", [{"suppression_columns": ["Stop=x"]}, {"suppression_column": {"Stop": ["x"]}}]
)
def test_options_of_the_wrong_kind_are_refused(wrong):
    with pytest.raises(UsageError):
        _clean("Stop", ["x"], **wrong)


def test_ordinary_states_of_a_status_column_make_no_note():
    assert not _clean("Lead Status", ["New", "Open", "Verified", "Qualified", "Some stage of ours"]).notes
    named = _clean("Lead Status", ["New", "Some stage of ours", "Unsubscribed"]).notes
    assert any("1 row not understood" in note and "'Some stage of ours'" in note for note in named)


def test_any_column_can_be_named_as_one_of_marks():
    assert _clean("Stop", ["x", "", "no"], suppression_column=["Stop"]).verdicts["outcome"].tolist() == [
        "suppressed",
        "ready",
        "ready",
    ]
    assert len(_clean("a=b", ["x", ""], suppression_column=["a=b"]).ready) == 1


def test_a_column_that_is_named_and_not_there_is_an_error_that_names_those_there_are():
    with pytest.raises(UsageError, match=r"there is no such column; there are 'email', 'Stop'"):
        _clean("Stop", ["x"], suppression_column=["Halt=yes"])
    with pytest.raises(UsageError, match="exclude each other"):
        _clean("Stop", ["x"], suppression_column=["Stop"], suppression_columns=False)


def test_marks_name_place_and_column_and_count_rows():
    frame = pd.DataFrame(
        {
            "email": ["a", "b", "c"],
            "Bounced": ["", "x", ""],
            "Unsubscribed": ["1", "1", ""],
            "Status": ["", "", "new"],
        }
    )

    found = find_marks(as_leads(frame))

    assert {name: marked.rows for name, marked in found.columns.items()} == {"Bounced": 1, "Unsubscribed": 2}
    assert found.rule.to_pylist() == ["the leads:1:Unsubscribed", "the leads:2:Bounced", None]


def test_chunks_and_memory_say_the_same_of_a_column(tmp_path):
    path = tmp_path / "leads.csv"
    cells = ["weekly", "no", "yes", "monthly"] * 40_000
    frame = pd.DataFrame({"email": [f"p{n}@acme.example" for n in range(len(cells))], "Newsletter": cells})
    frame.to_csv(path, index=False)

    whole, spilled = hygiene.clean(path), hygiene.clean(path, memory=1 << 22)

    assert whole.counts == spilled.counts
    assert [note for note in whole.notes if "Newsletter" in note] == [
        n for n in spilled.notes if "Newsletter" in n
    ]
    assert any("80000 rows not understood" in note for note in whole.notes)


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_header_and_no_cell_is_too_odd_to_be_judged(header, cell):
    assert _says(header, cell, None)[0] in (NO, SILENT, YES, UNKNOWN)


#: By what a cell says: headers under which a plain yes, or a plain no, is a refusal, and such as it says nothing under.
LANGUAGES = json.loads((DATA / "opt-out-languages.json").read_text(encoding="utf-8"))


def _pairs(table):
    return [(header, cell) for cell, headers in table.items() for header in headers]


@pytest.mark.parametrize(("header", "cell"), [*_pairs(LANGUAGES["refusals"]), *_pairs(LANGUAGES["consents"])])
def test_a_refusal_is_heard_in_every_language_of_the_headers(header, cell):
    frame = pd.DataFrame({"email": ["a@evergate.example", "b@evergate.example"], header: [cell, ""]})

    assert hygiene.clean(frame).verdicts["outcome"].tolist() == ["suppressed", "ready"]


@pytest.mark.parametrize(("header", "cell"), _pairs(LANGUAGES["others"]))
def test_what_is_no_refusal_suppresses_nobody(header, cell):
    frame = pd.DataFrame({"email": ["a@evergate.example"], header: [cell]})

    assert hygiene.clean(frame).verdicts["outcome"].tolist() == ["ready"]
