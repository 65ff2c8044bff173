"""The HTML report as text: what it holds, what it masks, how large it gets."""

import re

import numpy as np
import pandas as pd
import pytest

import hygiene
from hygiene.prediction.reconcile import BatchResult, reconcile
from hygiene.report.document import MOST_ROWS, Content
from hygiene.report.html import render
from hygiene.report.html_sections import sections
from hygiene.report.sankey import BAR, COLUMNS, flow


@pytest.fixture
def cleaned(write):
    path = write("leads.csv", "email,company\nann@a.example,A\nANN@a.example,A\nnobody,N\nstop@x.example,X\n")
    return hygiene.clean(path, suppress=write("dnc.txt", "stop@x.example\n"))


def receipt_of(*batches):
    told = reconcile(batches)
    return hygiene.Receipt("list 1", told.predicted, told)


def tables(cleaned, **more):
    return {
        table.caption: table for section in sections(Content(cleaned, **more)) for table in section.tables
    }


def test_it_tells_what_came_in_what_is_ready_and_what_the_api_will_answer(cleaned):
    page = render(cleaned)

    assert "4 rows: 1 ready" in page
    assert "What the API will answer" in page
    assert "not checked" in page


def test_addresses_are_masked_unless_asked_for(cleaned):
    assert not re.search(r"(ann|stop)@", render(cleaned), flags=re.IGNORECASE)
    assert "a***@a.example" in render(cleaned)
    assert "stop@x.example" in render(cleaned, show_addresses=True)


def test_equal_results_give_equal_pages(cleaned):
    assert render(cleaned) == render(cleaned)


def test_a_drift_is_told_with_its_batch(cleaned):
    predicted, reported = hygiene.Counts(1, 1, 0, 0), hygiene.Counts(1, 0, 1, 0)
    receipt = receipt_of(BatchResult(1, 1, "acknowledged", 1, predicted, reported))

    page = render(cleaned, receipt)

    assert "The API&#39;s counts differ from the prediction." in page
    assert "batch 1 of 1 (1 lead): 1 fewer imported, 1 more duplicates than predicted" in page


def test_of_many_batches_those_that_differ_are_shown(cleaned):
    fine, off = hygiene.Counts(1, 1, 0, 0), hygiene.Counts(1, 0, 1, 0)
    batches = [
        BatchResult(place, 1, "acknowledged", 1, fine, off if place == 2900 else fine)
        for place in range(1, 3001)
    ]

    [table] = [
        table
        for caption, table in tables(cleaned, receipt=receipt_of(*batches)).items()
        if "Requests" in caption
    ]

    assert table.rows[-1][0].text == "2900"
    assert table.more == "2,899 more batches are not shown."


def test_reasons_have_examples_with_row_numbers(cleaned):
    rows = {row[0]: row for row in tables(cleaned)["Rows by reason"].rows}

    assert rows["no_at_sign"][-1] == "row 3: n***"
    assert rows["duplicate_in_file"][-1].startswith("row 2: ")


def test_hits_are_counted_by_list_and_entry(cleaned):
    found = tables(cleaned)

    assert [cell if isinstance(cell, str) else cell.text for cell in found["Entries that matched"].rows[0]][
        1
    ] == "1"
    [ours, theirs] = found["Lists, and rows they were the first to match"].rows
    assert ours[3].text == "1"
    assert theirs[3].text == "not checked"


def test_policy_rules_carry_their_labels(cleaned):
    rules = {row[0]: row[2] for row in tables(cleaned)["Counting rules"].rows}

    assert rules["block_addresses"] == "documented"
    assert rules["duplicate_scope"] == "assumed"


def test_an_empty_list_has_a_report_without_a_picture():
    page = render(hygiene.clean(pd.DataFrame({"email": []}, dtype=str)))

    assert "<svg" not in page
    assert "0 rows" in page


def test_a_large_messy_list_gives_a_small_page():
    rows = 30_000
    numbers = np.arange(rows)
    frame = pd.DataFrame(
        {
            "email": [f"lead{n // 2}@d{n % 5000}.example" if n % 3 else f"broken {n}" * 20 for n in numbers],
            "by": [f"vendor {n % 90} " + "x" * 80 for n in numbers],
        }
    )
    cleaned = hygiene.clean(frame)

    page = render(cleaned, comparison=cleaned.by("by"))

    assert len(page.encode()) < 500_000
    assert all(len(table.rows) <= MOST_ROWS for table in tables(cleaned).values())


def test_the_picture_keeps_proportions_and_conserves_rows():
    drawn = flow(100, {"ready": 60, "invalid": 40, "blocked": None}, {"imported": 60})

    assert drawn is not None
    heights = {node.name: node.height for node in drawn.nodes}
    assert heights["ready"] + heights["invalid"] == pytest.approx(heights["rows"], abs=0.2)
    assert heights["imported"] == heights["ready"]
    assert {band.name for band in drawn.bands} == {"ready", "invalid", "imported"}
    assert max(node.x for node in drawn.nodes) == COLUMNS[2]
    assert BAR > 0


def test_no_stream_is_drawn_to_counts_whose_leads_are_unknown():
    drawn = flow(2, {"ready": 1, "blocked": 1}, {"imported": 1, "blocked": 1}, told=False)

    assert drawn is not None
    assert len(drawn.bands) == 2
