"""Laws of mending and tidying: what duplicates are found by is untouched, every change is told, twice is once."""

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hygiene

pytest.importorskip("phonenumbers")
pytest.importorskip("pycountry")

DATA = Path(__file__).parent / "data" / "fields"


def cells(name: str, place: int) -> list[str]:
    lines = (DATA / f"{name}.txt").read_text("utf-8").splitlines()
    rows = [line.removeprefix("!\t").split("\t") for line in lines if not line.startswith("# ")]
    return sorted({row[place] for row in rows})


ANY = st.text(max_size=6) | st.sampled_from(
    [
        "",
        " ",
        "NULL",
        "&amp;",
        "\u00a0",
        "=1+1",
        "\u202b\u0645\u062d\u0645\u062f",
        "a" * 600,
        "\u0bb8\u0bcd\u200c",
        "Ann ",
        '"x"',
        "<b>",
    ]
)
COLUMNS = {
    "email": st.sampled_from(
        [
            f"{name}@{host}"
            for name in ("ann", "Ann", "a.nn")
            for host in ("birch.example", "gmail.com", "b.de")
        ]
    )
    | ANY,
    "first_name": st.sampled_from(cells("names", 0)) | ANY,
    "last_name": st.sampled_from(cells("names", 1)) | ANY,
    "company": st.sampled_from(cells("companies", 0)) | ANY,
    "phone": st.sampled_from(cells("phones", 0)) | ANY,
    "website": st.sampled_from(
        ["birch.example", "HTTP://Birch.example/?utm_source=x", "m\u00fcller.example", "a b"]
    )
    | ANY,
    "linkedin": st.sampled_from(
        ["linkedin.com/in/Ann-Lund/", "in/ann", "https://de.linkedin.com/in/b%C3%B6b"]
    )
    | ANY,
    "state": st.sampled_from(["CA", "Bayern", "new york", "Ontario", "ON"]) | ANY,
    "country": st.sampled_from(
        ["DE", "Deutschland", "usa", "CA", "Berlin", "Korea", "Georgia", "T\u00fcrkei"]
    )
    | ANY,
    "note": ANY,
}
ROWS = st.lists(st.fixed_dictionaries(COLUMNS), max_size=4)


def frame(rows: list[dict[str, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=str)


def cleaned(leads: pd.DataFrame, *, mend: bool = True) -> hygiene.CleanedLeads:
    return hygiene.clean(leads, mend=mend, tidy="all", region="GB")


@settings(deadline=None, max_examples=settings.default.max_examples // 3)
@given(ROWS, st.booleans())
def test_no_verdict_and_no_address_depends_on_it(rows, mend):
    found, bare = cleaned(frame(rows), mend=mend), hygiene.clean(frame(rows), mend=False)

    assert found.verdicts.drop(columns="changes").equals(bare.verdicts.drop(columns="changes"))
    assert found.ready["email"].tolist() == bare.ready["email"].tolist()
    assert found.predicted == bare.predicted


@settings(deadline=None, max_examples=settings.default.max_examples // 3)
@given(ROWS, st.booleans())
def test_every_cell_that_is_not_as_it_came_in_is_told_and_no_other(rows, mend):
    found = cleaned(frame(rows), mend=mend)

    ready = found.ready.drop(columns="email")
    before = found.frame.drop(columns="email")
    differs = [
        (label + 1, column, before.at[label, column], ready.at[label, column])
        for label in ready.index
        for column in ready
        if before.at[label, column] != ready.at[label, column]
    ]
    told = found.changes[["row", "column", "before", "after"]].itertuples(index=False, name=None)
    assert sorted(told) == sorted(differs)
    assert all(found.changes["rule"])


@pytest.mark.parametrize("column", ["first_name", "last_name", "company", "phone"])
@pytest.mark.parametrize(
    "cell",
    [
        "&#61;SUM(1)",
        "&#x3D;1+1 (x)",
        "&amp;#61;SUM(1) GmbH",
        "&equals;A1 Inc",
        "&#64;SUM(1)",
        "&lt;b&gt; (x)",
    ],
)
def test_what_mending_leaves_encoded_is_left_by_tidying(column, cell):
    leads = pd.DataFrame({"email": ["ann@birch.example"], column: [cell]})

    found = hygiene.clean(leads, tidy="all", region="GB")

    assert found.ready[column].tolist() == [cell]
    assert found.changes.empty


@settings(deadline=None, max_examples=settings.default.max_examples // 3)
@given(ROWS)
def test_what_was_tidied_once_is_tidy(rows):
    once = cleaned(frame(rows)).ready

    assert not len(cleaned(once.reset_index(drop=True)).changes)
