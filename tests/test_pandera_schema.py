"""A schema's reasons, row by row."""

import subprocess
import sys
import traceback
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa
import pyarrow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandera.engines.pandas_engine import PydanticModel
from pydantic import BaseModel, Field, model_validator

from hygiene.checks.pandera_schema import check_schema, load_schema
from hygiene.checks.required import check_required
from hygiene.cleaning.check_chunk import check_chunk
from hygiene.cleaning.settings import Settings
from hygiene.columns.leads import as_leads
from hygiene.errors import InputError, UsageError
from hygiene_schemas import CleanLead, Lead

TEXT_DTYPES = ["object", "str", "string[pyarrow]", pd.ArrowDtype(pyarrow.string())]

SECRET = "ada@secret.example"


class Rep(pa.DataFrameModel):
    """A user's model, with most of what Pandera offers."""

    email: str
    company: str | None = pa.Field(nullable=True, str_matches=r"^[A-Z]")
    employees: int = pa.Field(gt=0, nullable=True, coerce=True)

    @pa.check("email", name="Is-Example!")
    @classmethod
    def is_example(cls, cells: pd.Series) -> pd.Series:
        return cells.str.endswith("example")


def reps(**columns: Any) -> pd.DataFrame:
    rows = len(next(iter(columns.values())))
    good = {"email": [f"{n}@a.example" for n in range(rows)], "company": "Acme", "employees": "12"}
    return pd.DataFrame(good | columns)


def rows(mask: np.ndarray) -> list[int]:
    """The failing rows, by position."""
    return np.flatnonzero(mask).tolist()


def failing(masks: dict[str, np.ndarray]) -> dict[str, list[int]]:
    return {code: rows(mask) for code, mask in masks.items() if mask.any()}


def test_a_good_frame_has_all_masks_and_no_failing_row() -> None:
    masks = check_schema(reps(email=["a@a.example", "b@a.example"]), Rep)

    assert failing(masks) == {}
    assert set(masks) == {
        "missing_email",
        "schema_email_is_example",
        "schema_company_str_matches",
        "schema_employees_greater_than",
    }
    assert {len(mask) for mask in masks.values()} == {2}


@pytest.mark.parametrize("dtype", TEXT_DTYPES, ids=str)
def test_every_text_dtype_gives_the_same_reasons(dtype: Any) -> None:
    frame = reps(
        email=pd.Series(["a@a.example", "b@a.test", "", None, " \t"], dtype=dtype),
        company=pd.Series(["Acme", "acme", None, "", "Acme"], dtype=dtype),
        employees=pd.Series(["1", "0", "many", None, ""], dtype=dtype),
    )

    assert failing(check_schema(frame, Rep)) == {
        "missing_email": [2, 3, 4],
        "schema_email_is_example": [1],
        "schema_company_str_matches": [1],
        "schema_employees_dtype": [2],
        "schema_employees_greater_than": [1],
    }


def test_masks_go_by_position_where_labels_repeat() -> None:
    frame = reps(email=["a@a.example", "b@a.test", "c@a.example"]).set_axis([7, 7, 7])

    assert failing(check_schema(frame, Rep)) == {"schema_email_is_example": [1]}


def test_the_frame_is_left_as_it_is() -> None:
    frame = reps(email=["a@a.example", None], employees=["x", "3"]).set_axis([5, 5])
    before = frame.copy(deep=True)

    check_schema(frame, Rep)

    pd.testing.assert_frame_equal(frame, before)


def test_no_rows_is_no_error() -> None:
    masks = check_schema(reps(email=["a@a.example"]).iloc[:0], Rep)

    assert all(len(mask) == 0 for mask in masks.values())


def test_a_missing_email_is_a_reason_under_every_schema() -> None:
    schema = pa.DataFrameSchema({"email": pa.Column(str, nullable=True)})

    masks = check_schema(pd.DataFrame({"email": ["a@a.example", None, " "]}), schema)

    assert failing(masks) == {"missing_email": [1, 2]}


def test_a_null_in_another_required_column_is_missing() -> None:
    schema = pa.DataFrameSchema({"Deal Size": pa.Column(str, pa.Check.str_length(min_value=3))})

    masks = check_schema(pd.DataFrame({"Deal Size": ["large", "", "xx"]}), schema)

    assert failing(masks) == {"missing_deal_size": [1], "schema_deal_size_str_length": [2]}


def test_a_check_that_wants_nulls_gets_them() -> None:
    filled = pa.Check(lambda cells: cells.notna(), name="filled", ignore_na=False)
    schema = pa.DataFrameSchema({"company": pa.Column(nullable=True, checks=filled)})

    masks = check_schema(pd.DataFrame({"company": ["Acme", None, ""]}), schema)

    assert failing(masks) == {"schema_company_filled": [1, 2]}


def test_two_checks_of_one_name_share_a_reason() -> None:
    checks = [pa.Check(lambda cells: cells != 1), pa.Check(lambda cells: cells != 2)]

    masks = check_schema(pd.DataFrame({"n": [1, 2, 3]}), pa.DataFrameSchema({"n": pa.Column(int, checks)}))

    assert failing(masks) == {"schema_n_lambda": [0, 1]}


def test_a_check_of_single_elements_is_a_check() -> None:
    even = pa.Check(lambda number: number % 2 == 0, element_wise=True, name="even")

    masks = check_schema(pd.DataFrame({"n": [1, 2]}), pa.DataFrameSchema({"n": pa.Column(int, even)}))

    assert failing(masks) == {"schema_n_even": [0]}


def test_a_check_that_only_warns_is_no_reason() -> None:
    schema = pa.DataFrameSchema({"n": pa.Column(int, pa.Check.gt(5, raise_warning=True))})

    assert check_schema(pd.DataFrame({"n": [1]}), schema) == {"missing_n": pytest.approx([False])}


@pytest.mark.parametrize(
    ("dtype", "cells", "misfits"),
    [
        (int, ["1", "2.5", "x", "3"], [1, 2]),
        (int, [1.0, 2.5, 3.0, 4.0], [1]),
        (float, ["1", "2.5", "x", "3"], [2]),
        ("datetime64[ns]", ["2024-01-31", "yesterday-ish", "2024-02-30", "2024-03-01"], [1, 2]),
        (pd.CategoricalDtype(["a", "b"]), ["a", "c", "b", "d"], [1, 3]),
        (str, [1, "b", 2.5, b"c"], []),
    ],
    ids=["int", "int of floats", "float", "time", "category", "text"],
)
def test_a_cell_that_cannot_be_the_declared_type_fails_alone(
    dtype: Any, cells: list[Any], misfits: list[int]
) -> None:
    masks = check_schema(pd.DataFrame({"x": cells}), pa.DataFrameSchema({"x": pa.Column(dtype)}))

    assert failing(masks) == ({"schema_x_dtype": misfits} if misfits else {})


def test_cells_that_cannot_be_hashed_are_a_misfit_and_no_error() -> None:
    frame = pd.DataFrame({"x": [["1"], {"a": 1}, "3"]})

    assert failing(check_schema(frame, pa.DataFrameSchema({"x": pa.Column(int)}))) == {
        "schema_x_dtype": [0, 1]
    }


def test_a_regex_column_names_the_column_that_failed() -> None:
    schema = pa.DataFrameSchema({r"^score_": pa.Column(int, pa.Check.le(10), regex=True)})
    frame = pd.DataFrame({"score_a": [1, 11], "score_b": ["x", "2"], "other": ["x", "y"]})

    assert failing(check_schema(frame, schema)) == {
        "schema_score_a_less_than_or_equal_to": [1],
        "schema_score_b_dtype": [0],
    }


@pytest.mark.parametrize(
    ("report", "repeats"), [("all", [0, 2]), ("exclude_first", [2]), ("exclude_last", [0])]
)
def test_unique_marks_the_rows_that_the_schema_reports(report: Any, repeats: list[int]) -> None:
    column = pa.Column(str, unique=True, nullable=True, report_duplicates=report)
    frame = pd.DataFrame({"phone": ["1", "2", "1", None, None]})

    masks = check_schema(frame, pa.DataFrameSchema({"phone": column}))

    assert failing(masks) == {"schema_phone_unique": repeats}


def test_rows_that_repeat_over_several_columns_are_marked() -> None:
    schema = pa.DataFrameSchema({"a": pa.Column(int), "b": pa.Column(int)}, unique=["a", "b"])

    masks = check_schema(pd.DataFrame({"a": [1, 1, 1], "b": [1, 2, 1]}), schema)

    assert failing(masks) == {"schema_frame_unique": [0, 2]}


def test_a_check_of_whole_rows_sees_coerced_cells_of_rows_that_fit() -> None:
    schema = pa.DataFrameSchema(
        {"low": pa.Column(int, coerce=True), "high": pa.Column(int, coerce=True)},
        checks=pa.Check(lambda table: table["low"] < table["high"], name="in order"),
    )

    masks = check_schema(pd.DataFrame({"low": ["9", "3", "x"], "high": ["10", "2", "1"]}), schema)

    assert failing(masks) == {"schema_low_dtype": [2], "schema_frame_in_order": [1]}


def test_parsers_are_seen_by_the_checks_alone() -> None:
    column = pa.Column(str, pa.Check.isin(["de", "fr"]), parsers=pa.Parser(lambda cells: cells.str.lower()))
    frame = pd.DataFrame({"country": ["DE", "Fr", "XX"]})

    masks = check_schema(frame, pa.DataFrameSchema({"country": column}))

    assert failing(masks) == {"schema_country_isin": [2]}
    assert frame["country"].tolist() == ["DE", "Fr", "XX"]


def test_a_column_with_a_default_misses_nothing() -> None:
    schema = pa.DataFrameSchema({"country": pa.Column(str, pa.Check.isin(["de"]), default="de")})

    assert failing(check_schema(pd.DataFrame({"country": [None, "de", "xx"]}), schema)) == {
        "schema_country_isin": [2]
    }


def test_a_required_column_that_is_absent_is_named() -> None:
    frame = pd.DataFrame({"mail": ["x"], SECRET: ["y"]})

    with pytest.raises(InputError, match="required column 'email' is missing") as caught:
        check_schema(frame, Lead)

    assert "'mail', column 2" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_an_optional_column_may_be_absent() -> None:
    assert failing(check_schema(pd.DataFrame({"email": ["a@a.example"]}), Lead)) == {}


def test_a_strict_schema_refuses_further_columns_by_name() -> None:
    schema = pa.DataFrameSchema({"email": pa.Column(str)}, strict=True)

    with pytest.raises(InputError, match="strict and has no 'fax'"):
        check_schema(pd.DataFrame({"email": ["a@a.example"], "fax": ["1"]}), schema)


def test_a_column_that_is_there_twice_is_refused() -> None:
    frame = pd.DataFrame([["a@a.example", "b@a.example"]], columns=["email", "email"])

    with pytest.raises(InputError, match="'email' is there 2 times"):
        check_schema(frame, Lead)


def explode(cells: pd.Series) -> pd.Series:
    raise ValueError(cells.iloc[0])


@pytest.mark.parametrize(
    ("check", "error", "text"),
    [
        (pa.Check(explode), UsageError, "schema_email_explode: the check raised ValueError"),
        (pa.Check(lambda _: False, name="all"), InputError, "schema_email_all: the check refuses the frame"),
        (
            pa.Check(lambda c: (c == "").head(1), name="few"),
            InputError,
            "schema_email_few: the check refuses",
        ),
    ],
    ids=["raises", "one answer for all", "answers for other rows"],
)
def test_a_check_without_an_answer_a_row_is_an_error_without_cells(
    check: pa.Check, error: type[Exception], text: str
) -> None:
    frame = pd.DataFrame({"email": [SECRET, SECRET]})

    with pytest.raises(error, match=text) as caught:
        check_schema(frame, pa.DataFrameSchema({"email": pa.Column(str, check)}))

    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__


def test_a_check_that_passes_as_a_whole_fails_no_row() -> None:
    schema = pa.DataFrameSchema({"n": pa.Column(int, pa.Check(lambda cells: cells.mean() < 5))})

    assert failing(check_schema(pd.DataFrame({"n": [1, 2]}), schema)) == {}


def test_a_parser_that_drops_rows_is_an_error() -> None:
    column = pa.Column(str, parsers=pa.Parser(lambda cells: cells.head(1)))

    with pytest.raises(UsageError, match="schema parser of email drops"):
        check_schema(pd.DataFrame({"email": ["a", "b"]}), pa.DataFrameSchema({"email": column}))


@pytest.mark.parametrize("schema", [None, "Lead", dict, pa.DataFrameModel, pa.SeriesSchema(str)], ids=repr)
def test_what_is_no_schema_is_refused(schema: Any) -> None:
    with pytest.raises(UsageError, match="no Pandera schema"):
        check_schema(pd.DataFrame({"email": ["a"]}), schema)


def test_clean_leads_are_held_to_shape_length_and_uniqueness() -> None:
    frame = pd.DataFrame(
        {
            "email": [
                "a@b.example",
                "a@B.example",
                "a b@c.example",
                "d" * 250 + "@e.example",
                "f@g.example",
                "f@g.example",
            ]
        }
    )

    assert failing(check_schema(frame, CleanLead)) == {
        "schema_email_shape": [1, 2],
        "schema_email_length": [3],
        "schema_email_unique": [4, 5],
    }


@settings(max_examples=settings.default.max_examples // 3, deadline=None)
@given(
    st.lists(
        st.one_of(st.none(), st.text(max_size=8), st.integers(-(2**63), 2**63 - 1), st.floats()), max_size=12
    )
)
def test_no_cell_ever_raises(cells: list[Any]) -> None:
    frame = pd.DataFrame({"email": pd.Series(cells, dtype=object), "company": pd.Series(cells, dtype=object)})
    frame["employees"] = pd.Series(cells, dtype=object)

    masks = check_schema(frame, Rep)

    assert all(mask.dtype == bool and len(mask) == len(cells) for mask in masks.values())


def test_pandera_agrees_on_which_rows_fail() -> None:
    frame = reps(email=["a@a.example", "b@a.test", "c@a.example"], company=["Acme", "Acme", "acme"])

    with pytest.raises(pa.errors.SchemaErrors) as caught:
        Rep.validate(frame, lazy=True)

    theirs = caught.value.failure_cases["index"].tolist()
    assert sorted(theirs) == sorted(row for mask in check_schema(frame, Rep).values() for row in rows(mask))


@pytest.mark.parametrize("dtype", TEXT_DTYPES, ids=str)
def test_required_columns_are_missing_where_blank(dtype: Any) -> None:
    frame = pd.DataFrame({"first_name": pd.Series(["Ada", "", None, "\u00a0 "], dtype=dtype), "Deal Size": 1})

    masks = check_required(as_leads(frame), ["first_name", "Deal Size"])

    assert {code: rows(mask) for code, mask in masks.items()} == {
        "missing_first_name": [1, 2, 3],
        "missing_deal_size": [],
    }


def test_a_required_column_that_is_not_there_tells_what_is() -> None:
    with pytest.raises(InputError, match="required column 'company' is missing; there are 'email', 'org'"):
        check_required(as_leads(pd.DataFrame({"email": ["a"], "org": ["b"]})), ["company"])


MODULE = """
import pandera.pandas as pa
class Mine(pa.DataFrameModel):
    email: str
plain = pa.DataFrameSchema({"email": pa.Column(str)})
other = 3
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Name of a module in the working directory."""
    name = f"schemas_of_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text(MODULE)
    monkeypatch.chdir(tmp_path)
    return name


@pytest.mark.parametrize("name", ["Mine", "plain"])
def test_a_schema_in_the_working_directory_is_loaded(module: str, name: str) -> None:
    path = list(sys.path)

    schema = load_schema(f"{module}:{name}")

    assert failing(check_schema(pd.DataFrame({"email": ["", "a"]}), schema)) == {"missing_email": [0]}
    assert sys.path == path


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        ("Mine", "expected MODULE:NAME"),
        (":Mine", "expected MODULE:NAME"),
        ("{module}:", "expected MODULE:NAME"),
        ("{module}:Theirs", "{module} has no Theirs; it has .*Mine"),
        ("{module}:other", "a int, which is no Pandera schema for pandas"),
        ("not_there_at_all:Mine", "cannot be imported .*Run from the directory that holds it"),
        (".relative:Mine", "cannot be imported"),
    ],
)
def test_a_schema_that_cannot_be_loaded_tells_the_next_step(module: str, spec: str, text: str) -> None:
    with pytest.raises(UsageError, match=text.format(module=module)):
        load_schema(spec.format(module=module))


def test_a_module_that_fails_to_import_is_a_usage_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken_schemas.py").write_text("1 / 0")
    monkeypatch.chdir(tmp_path)

    with pytest.raises(UsageError, match=r"broken_schemas cannot be imported \(ZeroDivisionError"):
        load_schema("broken_schemas:Mine")


def test_the_module_is_imported_without_pandera() -> None:
    code = "import sys, hygiene.checks.pandera_schema; sys.exit('pandera' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_no_warning_comes_out_of_coercion() -> None:
    frame = pd.DataFrame({"x": ["2024-01-31", "31.12.2024 10:00", "soon"]})

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        masks = check_schema(frame, pa.DataFrameSchema({"x": pa.Column("datetime64[ns]", coerce=True)}))

    assert rows(masks["schema_x_dtype"]) == [2]


@given(
    st.lists(st.tuples(st.sampled_from(["", " ", "ann@acme.example", "no", None]), st.text(max_size=3))),
    st.sampled_from(["str", "string[pyarrow]", "object"]),
    st.sampled_from(["company", "phone", "Note"]),
)
def test_leads_of_text_get_the_reasons_of_the_default_schema_whether_or_not_pandera_is_asked(
    cells: list[tuple[str | None, str]], dtype: str, other: str
) -> None:
    emails, others = (pd.Series([row[part] for row in cells], dtype=dtype) for part in range(2))
    frame = pd.concat([emails, others], axis=1, keys=["email", other])

    def found(**schema: Any) -> dict[str, list[bool]]:
        masks = check_chunk(as_leads(frame), Settings(**schema), first_row=1)[0].findings.masks
        return {code: mask.tolist() for code, mask in masks.items()}

    assert found() == found(schema=Lead)


class Person(BaseModel):
    """A row of leads, as somebody who knows Pydantic writes it."""

    email: str
    company: str = "unknown"
    seats: int = Field(default=1, alias="Seats")
    city: str | None

    @model_validator(mode="after")
    def is_no_bot(self) -> "Person":
        if self.email.startswith("bot@"):
            msg = f"{self.email} is a bot"
            raise ValueError(msg)
        if self.email.startswith("boom@"):
            raise RuntimeError(self.email)
        return self


class People(pa.DataFrameModel):
    class Config:
        dtype = PydanticModel(Person)
        coerce = True


def people(**columns: list[Any]) -> pd.DataFrame:
    rows = len(columns["email"])
    return pd.DataFrame(
        {"company": ["Birch"] * rows, "Seats": ["1"] * rows, "city": ["Oslo"] * rows} | columns
    )


def test_a_pydantic_model_names_the_rows_and_cells_that_it_refuses():
    frame = people(
        email=["ann@birch.example", "", "bot@birch.example", "bob@birch.example", "cy@birch.example"],
        Seats=["3", "1", "2", "many", ""],
        company=["", "Birch", "Birch", "Birch", "Birch"],
        city=["", None, "Oslo", "Oslo", "Oslo"],
    )

    masks = check_schema(frame, People)

    assert {code: np.flatnonzero(mask).tolist() for code, mask in masks.items()} == {
        "missing_email": [1],
        "schema_frame_value_error": [2],
        "schema_seats_int_parsing": [3],
    }


def test_rows_that_a_pydantic_model_refuses_meet_no_check_of_whole_rows():
    seen = []
    schema = pa.DataFrameSchema(
        dtype=PydanticModel(Person), coerce=True, checks=pa.Check(lambda rows: seen.append(len(rows)) or True)
    )

    check_schema(people(email=["ann@birch.example", "bot@birch.example"]), schema)

    assert seen == [1]


def test_what_a_pydantic_model_cannot_do_is_refused_in_words():
    class Mixed(pa.DataFrameModel):
        email: str = pa.Field(str_endswith="example")

        class Config:
            dtype = PydanticModel(Person)

    class Strict(People):
        class Config:
            dtype = PydanticModel(Person)
            strict = True

    frame = people(email=["ann@birch.example"])
    with pytest.raises(UsageError, match="both a PydanticModel and columns of its own"):
        check_schema(frame, Mixed)
    with pytest.raises(InputError, match="required column 'city' is missing"):
        check_schema(frame.drop(columns="city"), People)
    with pytest.raises(InputError, match="the schema is strict and has no 'notes'"):
        check_schema(frame.assign(notes="x"), Strict)
    unlucky = people(email=[SECRET.replace("ada", "boom")])
    with pytest.raises(UsageError, match="Person: a validator raised RuntimeError") as caught:
        check_schema(unlucky, People)
    assert "secret.example" not in "".join(traceback.format_exception(caught.value))


def test_a_pydantic_model_refuses_the_same_rows_as_pandera_does():
    frame = people(
        email=["ann@birch.example", "bot@birch.example", "bob@birch.example"], Seats=["2", "1", "x"]
    )

    with pytest.raises(pa.errors.SchemaErrors) as caught:
        People.validate(frame, lazy=True)
    refused = np.logical_or.reduce(list(check_schema(frame, People).values()))

    assert set(np.flatnonzero(refused)) == {1, 2}
    assert 2 in caught.value.failure_cases["index"].tolist()
