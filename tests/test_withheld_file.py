"""Round trips: what was written, read again."""

import csv
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hygiene
from hygiene.io.readers import open_leads, read_leads
from hygiene.io.writers import write_results

LEADS = (
    'Name;E-Mail;Telefon;source;Note\n'
    "Ann Lund;ann@acme.example;+14155550100;fair;=1+1\n"
    "Bob Roe;bob[at]acme.example;'+4420;web;-x\n"
    "Cleo Fox;;'=1;;\"two\nlines\"\n"
    "long;row;with;six;cells;x\n"
    "Ann Lund;ANN@acme.example;@tel;fair;''+1\n"
)  # fmt: skip


def clean_into(folder: Path, leads, *, format_: str = "csv") -> hygiene.CleanedLeads:
    cleaned = hygiene.clean(leads)
    write_results(
        folder, ready=cleaned.ready, withheld=cleaned.withheld, verdicts=cleaned.verdicts, summary={}, format_=format_
    )  # fmt: skip
    return cleaned


@pytest.fixture(params=["csv", "xlsx", "parquet"])
def first(request, write, tmp_path):
    """A first run: what it came to, its folder, and the ending of its files."""
    cleaned = clean_into(tmp_path / "out", write("leads.csv", LEADS), format_=request.param)
    return cleaned, tmp_path / "out", request.param


def test_ready_leads_come_back_as_the_same_rows_without_findings(first):
    cleaned, folder, ending = first

    again = hygiene.clean(folder / f"ready.{ending}")

    assert again.ready.to_numpy().tolist() == cleaned.ready.to_numpy().tolist()
    assert list(again.ready.columns) == list(cleaned.ready.columns)
    assert again.counts.reasons == {}


def test_withheld_leads_come_back_with_their_cells_and_their_places(first):
    cleaned, folder, ending = first
    withheld = cleaned.frame[(cleaned.verdicts["outcome"] != "ready").to_numpy()]

    with open_leads([folder / f"withheld.{ending}"]) as files:
        back = files.frame()
        assert any("withheld file of ours" in note for note in files.notes)

    assert back.index.tolist() == withheld.index.tolist()
    assert list(back.columns) == list(withheld.columns)
    assert back.astype(object).where(back.notna(), "").to_numpy().tolist() == (
        withheld.astype(object).where(withheld.notna(), "").to_numpy().tolist()
    )


def test_mended_cells_make_rows_ready_and_a_row_left_alone_keeps_its_reasons(write, tmp_path):
    path = write("leads.csv", LEADS)
    clean_into(tmp_path / "out", path)
    withheld = tmp_path / "out" / "withheld.csv"
    rows = list(csv.reader(withheld.read_text(encoding="utf-8-sig").splitlines(keepends=True)))
    email, raw = rows[0].index("email"), rows[0].index("row_malformed")
    rows[1][email] = "bob@acme.example"
    rows[2][email] = "cleo@acme.example"
    assert rows[3][raw] == "long;row;with;six;cells;x"
    # A spreadsheet elsewhere saves with semicolons and in Windows-1252.
    with (tmp_path / "mended.csv").open("w", encoding="cp1252", newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)

    again = hygiene.clean(tmp_path / "mended.csv")

    assert again.verdicts["outcome"].tolist() == ["ready", "ready", "invalid", "ready"]
    assert again.verdicts["line"].tolist() == [3, 4, 6, 7]
    assert set(again.verdicts["source"]) == {str(path)}
    assert again.counts.reasons["row_malformed"] == 1
    assert again.ready["phone"].tolist() == ["'+4420", "'=1", "@tel"]
    assert "source" in again.ready.columns
    assert "outcome" not in again.ready.columns


def test_a_row_whose_place_was_lost_has_its_place_in_the_file_itself(tmp_path, write):
    clean_into(tmp_path / "out", write("leads.csv", "email\nnobody\nno one\n"))
    path = tmp_path / "out" / "withheld.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",2,invalid", ",?,invalid"), encoding="utf-8")

    frame = read_leads(path)

    assert frame.index.tolist() == [(str(path), 2), (str(tmp_path / "leads.csv"), 3)]


def test_ready_keeps_its_columns_beside_likely_ones(write, tmp_path):
    path = write("leads.csv", "Work,Email,Position,Job Title\na@acme.example,b@acme.example,CEO,Boss\n")
    cleaned = hygiene.clean(path, columns={"email": "Work", "title": "Position"})
    write_results(
        tmp_path / "out",
        ready=cleaned.ready,
        withheld=cleaned.withheld,
        verdicts=cleaned.verdicts,
        summary={},
    )

    again = hygiene.clean(tmp_path / "out" / "ready.csv")

    assert again.ready.to_dict("list") == cleaned.ready.to_dict("list")


CELL = st.text(alphabet=st.sampled_from("a'=+-@\t\r\n\",; é"), max_size=5)


@given(cells=st.lists(CELL, min_size=1, max_size=6), ending=st.sampled_from(["csv", "xlsx", "parquet"]))
def test_any_cell_of_a_withheld_row_survives_the_round_trip(tmp_path_factory, cells, ending):
    frame = pd.DataFrame({"email": ["nobody"] * len(cells), "Note": cells}, dtype="str")
    folder = tmp_path_factory.mktemp("out")

    clean_into(folder, frame, format_=ending)

    back = read_leads(folder / f"withheld.{ending}")["Note"].tolist()
    assert [cell.replace("\r", "\n") for cell in back] == [cell.replace("\r", "\n") for cell in cells]
