"""Frames of every kind that speaks Arrow: the same leads get the same verdicts, however their text is stored."""

import pickle
from importlib import import_module
from importlib.util import find_spec

import pandas as pd
import pyarrow as pa
import pytest

import hygiene
from hygiene.errors import GateFailed, SpoolError, UsageError

ROWS = {
    "Email": ["ann@birch.example", "BOB@birch.example", None, "bob@birch.example", "nobody"],
    "Phone": ["+1 415 555 0101", None, "1", "2", "3"],
    "Employees": [12, None, 3, 4, 5],
}


class _Stream:
    """A table of which nothing is known but that it hands itself over as Arrow batches."""

    def __init__(self, table):
        self._table = table

    def __arrow_c_stream__(self, requested_schema=None):
        return self._table.__arrow_c_stream__(requested_schema)


def _viewed():
    """What Polars hands over of a Categorical or an Enum, and of Binary."""
    emails = pa.array(ROWS["Email"], pa.string())
    encoded = emails.dictionary_encode()
    views = pa.DictionaryArray.from_arrays(encoded.indices, encoded.dictionary.cast(pa.string_view()))
    phones = pa.array([cell and cell.encode() for cell in ROWS["Phone"]], pa.binary_view())
    return pa.table({"Email": views, "Phone": phones, "Employees": ROWS["Employees"]})


def _arrow(kind=None):
    table = pa.table(ROWS)
    if kind is None:
        return table
    emails = table.column("Email").combine_chunks().cast(pa.string())
    encoded = pa.RunEndEncodedArray.from_arrays([1, 2, 3, 4, 5], emails) if kind == "runs" else None
    column = (
        encoded
        if kind == "runs"
        else emails.dictionary_encode()
        if kind == "dictionary"
        else emails.cast(kind)
    )
    return table.set_column(0, "Email", column)


FRAMES = {
    "objects": lambda: pd.DataFrame(ROWS).astype({"Email": object, "Phone": object}),
    "categorical": lambda: pd.DataFrame(ROWS).astype({"Email": "category", "Phone": "category"}),
    "string": lambda: pd.DataFrame(ROWS).astype({"Email": "string", "Phone": "string"}),
    "ArrowDtype": lambda: pd.DataFrame(ROWS).astype({"Email": pd.ArrowDtype(pa.string()), "Phone": "string"}),
    "arrow dictionary dtype": lambda: _arrow("dictionary").to_pandas(types_mapper=pd.ArrowDtype),
    "Arrow table": _arrow,
    "Arrow dictionary": lambda: _arrow("dictionary"),
    "Arrow string_view": lambda: _arrow(pa.string_view()),
    "Arrow large_string": lambda: _arrow(pa.large_string()),
    "Arrow runs": lambda: _arrow("runs"),
    "Arrow reader": lambda: _arrow().to_reader(),
    "views of text and octets": _viewed,
    "octets": lambda: _viewed().set_column(
        0, "Email", pa.array(ROWS["Email"], pa.string()).cast(pa.binary())
    ),
    "octets of pandas": lambda: _viewed().to_pandas(types_mapper=pd.ArrowDtype),
    "any stream": lambda: _Stream(_arrow()),
}
if find_spec("duckdb") is not None:
    FRAMES["DuckDB"] = lambda: import_module("duckdb").connect().from_arrow(_arrow())


@pytest.mark.parametrize("kind", FRAMES)
def test_verdicts_do_not_depend_on_how_a_frame_stores_its_text(kind):
    plain = hygiene.clean(pd.DataFrame(ROWS))

    cleaned = hygiene.clean(FRAMES[kind]())

    assert cleaned.verdicts["outcome"].tolist() == ["ready", "ready", "invalid", "duplicate", "invalid"]
    assert cleaned.verdicts["reasons"].tolist() == plain.verdicts["reasons"].tolist()
    assert cleaned.ready["email"].tolist() == plain.ready["email"].tolist()
    assert str(cleaned.ready["Employees"].tolist()[0]).removesuffix(".0") == "12"


@pytest.mark.parametrize("kind", FRAMES)
def test_a_missing_cell_never_meets_a_rule(kind):
    rules = [
        hygiene.Rule("one", lambda frame: frame["phone"].str.startswith("+")),
        hygiene.Rule("long", lambda frame: frame["phone"].str.len() > 1),
        hygiene.Rule("few", lambda frame: frame["Employees"] > 10),
        hygiene.Rule("other", lambda frame: frame["phone"] != "+1 415 555 0101"),
        hygiene.Rule("without", lambda frame: ~frame["phone"].str.contains("4")),
        hygiene.Rule("by_cell", lambda frame: frame["phone"].map(lambda cell: cell != "+1 415 555 0101")),
        hygiene.Rule("in_no_list", lambda frame: ~frame["phone"].isin(["+1 415 555 0101"])),
        hygiene.Rule("in_none", lambda frame: frame["phone"].map(lambda cell: cell not in ["1"]).to_numpy()),
        hygiene.Rule("as_array", lambda frame: (frame["phone"] != "+1 415 555 0101").to_numpy()),
        hygiene.Rule("lower", lambda frame: frame["phone"].apply(lambda cell: cell.lower() != "1")),
        hygiene.Rule("row", lambda frame: frame.apply(lambda row: row["phone"].lower() != "1", axis=1)),
    ]

    cleaned = hygiene.clean(FRAMES[kind](), rules=rules)

    always = "rule_in_none;rule_long;rule_lower;rule_one;rule_row"
    assert cleaned.verdicts["reasons"].tolist()[:2] == [f"rule_few;{always}", ""]
    for name in ("without", "other", "in_no_list", "as_array"):
        assert cleaned.counts.reasons[f"rule_{name}"] == 3


@pytest.mark.parametrize("kind", FRAMES)
def test_a_rule_may_ask_for_missing_cells(kind):
    rules = [
        hygiene.Rule("none", lambda frame: frame["phone"].isna()),
        hygiene.Rule("listed", lambda frame: frame["phone"].isin([None])),
        hygiene.Rule("turned", lambda frame: ~frame["phone"].isin(["+1 415 555 0101"]).to_numpy()),
    ]

    cleaned = hygiene.clean(FRAMES[kind](), rules=rules)

    assert "rule_none" in cleaned.verdicts["reasons"][1]
    assert "rule_listed" in cleaned.verdicts["reasons"][1]
    assert cleaned.verdicts["reasons"][0] == ""


@pytest.mark.parametrize("kind", FRAMES)
def test_a_rule_that_asks_for_the_truth_of_a_missing_cell_leaves_it_open(kind):
    rule = hygiene.Rule("shut", lambda frame: frame.apply(lambda row: not row["phone"] == "1", axis=1))  # noqa: SIM201

    assert hygiene.clean(FRAMES[kind](), rules=[rule]).counts.reasons["rule_shut"] == 3


@pytest.mark.parametrize("kind", ["Arrow table", "any stream", "Arrow dictionary"])
def test_predict_takes_every_frame_that_speaks_arrow(kind):
    table = FRAMES[kind]()
    named = (
        table.rename_columns(["email", "b", "c"])
        if isinstance(table, pa.Table)
        else _Stream(_arrow().rename_columns(["email", "b", "c"]))
    )

    assert hygiene.predict(named).counts == hygiene.predict(pd.Series(ROWS["Email"])).counts


@pytest.mark.parametrize(
    ("leads", "step"),
    [
        (pd.Series(["ann@birch.example"]), "to_frame"),
        (pa.chunked_array([["ann@birch.example"]]), "hand over a frame"),
        ({"email": ["ann@birch.example"]}, r"pandas.DataFrame\(...\) of it"),
        ([{"email": "ann@birch.example"}], r"pandas.DataFrame\(...\) of rows"),
        ([], "paths of files"),
        (None, "paths of files"),
        ((row for row in ["ann@birch.example"]), "list"),
        (7, "paths of files"),
    ],
)
def test_what_is_no_table_is_refused_in_words_that_show_no_cell(leads, step):
    with pytest.raises(UsageError, match=step) as refused:
        hygiene.clean(leads)
    assert "ann" not in str(refused.value)


@pytest.mark.parametrize(
    ("rows", "step"),
    [
        ("ann@birch.example", r"hygiene.read\(...\)"),
        ({"email": ["ann@birch.example"]}, "of it"),
        ([{"email": "ann@birch.example"}], "of rows"),
        ((row for row in ["ann@birch.example"]), "list"),
        (None, "a frame"),
        (pd.DataFrame([["ann@birch.example", "b"]], columns=["email", "email"]), "2 columns 'email'"),
        (pd.DataFrame({"mail": ["ann@birch.example"]}), "no column 'email'"),
    ],
)
def test_predict_refuses_what_is_no_table_and_no_addresses(rows, step):
    with pytest.raises(UsageError, match=step) as refused:
        hygiene.predict(rows)
    assert "ann" not in str(refused.value)


def test_octets_that_are_identifiers_are_hex_and_longer_ones_stay():
    table = _arrow().append_column("id", pa.array([bytes([at]) * 16 for at in range(5)], pa.binary(16)))
    table = table.append_column("picture", pa.array([bytes([at]) * 99 for at in range(5)]))

    ready = hygiene.clean(table).ready

    assert ready["id"].tolist() == ["00" * 16, "01" * 16]
    assert ready["picture"].tolist()[1] == b"\x01" * 99


def test_a_frame_without_rows_or_columns_is_an_empty_result():
    for frame in (
        pd.DataFrame(),
        pd.DataFrame(index=range(3)),
        pd.DataFrame({"email": []}),
        pa.table({"email": pa.array([], pa.string())}),
    ):
        cleaned = hygiene.clean(frame)

        assert (len(cleaned), len(cleaned.ready)) == (0, 0)


def test_results_are_handed_over_as_arrow_tables_too():
    cleaned = hygiene.clean(pd.DataFrame(ROWS))

    for name in ("ready", "withheld", "verdicts"):
        table = cleaned.to_arrow(name)
        assert table.column_names == list(getattr(cleaned, name).columns)
        assert table.num_rows == len(getattr(cleaned, name))
    with pytest.raises(UsageError, match="ready, withheld or verdicts"):
        cleaned.to_arrow("nonsense")


def test_errors_and_results_survive_pickling():
    failed = pickle.loads(pickle.dumps(GateFailed(["invalid: 3 rows", "ready: none"])))
    full = pickle.loads(pickle.dumps(SpoolError(OSError(28, "No space left on device"))))
    cleaned = hygiene.clean(pd.DataFrame(ROWS))
    assert cleaned.ready is not None
    assert cleaned.explain(1) is not None

    again = pickle.loads(pickle.dumps(cleaned))

    assert (failed.failures, str(failed)) == (
        ("invalid: 3 rows", "ready: none"),
        "invalid: 3 rows; ready: none",
    )
    assert "No space left" in str(full)
    assert again.verdicts.equals(cleaned.verdicts)


def test_a_malformed_row_is_so_too_where_the_file_was_read_before(write):
    path = write("leads.csv", "email,company\nann@acme.example,Acme\nbob@acme.example,B,C,D\n")

    cleaned = hygiene.clean(hygiene.read(path))

    assert cleaned.counts == hygiene.clean(path).counts
    assert cleaned.columns[-1] == "row_malformed"
    assert cleaned.withheld["row_malformed"].tolist() == ["bob@acme.example,B,C,D"]


def test_a_column_of_ones_own_that_is_called_so_says_nothing():
    frame = pd.DataFrame({"email": ["ann@acme.example"], "row_malformed": ["no"]})

    assert hygiene.clean(frame).counts.outcomes["ready"] == 1
