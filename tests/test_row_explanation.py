"""One row's story: its place, its reasons in words, and no address unless asked for."""

import re
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

import hygiene
from hygiene.display import mask_address, mask_rule
from hygiene.errors import UsageError


@pytest.fixture
def cleaned(write):
    path = write("leads.csv", "email\nann@a.example\nANN@a.example\nnobody\nstop@x.example\n")
    return hygiene.clean(path, suppress=write("dnc.txt", "stop@x.example\n"))


def test_a_duplicate_is_told_with_the_row_that_stays(cleaned):
    story = str(cleaned.explain(2))

    assert "line 3 of " in story
    assert "duplicate_in_file" in story
    assert "Row 1 stays for it." in story
    assert story.endswith("It is withheld as duplicate.")


def test_a_ready_row_will_be_sent(cleaned):
    assert str(cleaned.explain(1)).endswith("It is ready and will be sent.")


def test_addresses_are_masked_unless_asked_for(cleaned):
    assert "stop@" not in str(cleaned.explain(4))
    assert "dnc.txt:1:s***@x.example" in str(cleaned.explain(4))
    assert "dnc.txt:1:stop@x.example" in str(cleaned.explain(4, show_addresses=True))


@pytest.mark.parametrize("row", [0, 5, -1])
def test_a_row_that_is_not_there_is_refused(cleaned, row):
    with pytest.raises(UsageError, match="expected a row from 1 to 4"):
        cleaned.explain(row)


def test_a_row_is_named_by_its_number_or_by_its_label_in_the_index(cleaned):
    frame = pd.DataFrame({"email": ["ann@a.example", "nobody", "ANN@a.example"]}, index=[30, 2, 1])
    of_frame = hygiene.clean(frame)
    label = cleaned.frame.index[2]

    assert of_frame.explain(2) == of_frame.explain(label=2) == of_frame.explain(np.int64(2))
    assert of_frame.explain(3) == of_frame.explain(label=1)
    assert of_frame.explain(1) == of_frame.explain(label=30)
    assert cleaned.explain(3) == cleaned.explain(label=label)


@pytest.mark.parametrize(
    ("label", "says"),
    [
        (
            "ann@a.example",
            r"2 rows have this label in the index, of which the first is row 1; .*explain\(1\)",
        ),
        ("eve@a.example", "no row has this label"),
        (0, "no row has this label"),
        ([], "no row has this label"),
    ],
)
def test_a_label_that_is_repeated_or_missing_is_an_error_that_does_not_show_it(label, says):
    addresses = ["ann@a.example", "bob@a.example", "ann@a.example"]
    cleaned = hygiene.clean(pd.DataFrame({"email": addresses}, index=addresses))

    with pytest.raises(UsageError, match=says) as caught:
        cleaned.explain(label=label)

    assert "@" not in str(caught.value)


@pytest.mark.parametrize(
    ("row", "label", "says"),
    [
        ((), {}, "expected a row number"),
        ((1,), {"label": 1}, "expected a row number"),
        (("2",), {}, "whole number"),
    ],
)
def test_one_row_is_asked_for_by_one_name(cleaned, row, label, says):
    with pytest.raises(UsageError, match=says):
        cleaned.explain(*row, **label)


def test_text_stands_left_and_numbers_right_in_a_notebook(cleaned):
    page = ElementTree.fromstring(f"<page>{cleaned._repr_html_()}</page>")
    cells = [cell for cell in page.iter() if cell.tag in ("th", "td", "caption")]
    sides = {(cell.text or "").strip(): cell.get("style").removeprefix("text-align: ") for cell in cells}

    assert {cell.get("style") for cell in cells} == {"text-align: left", "text-align: right"}
    assert (sides["ready"], sides["meaning"], sides["will be sent"]) == ("left", "left", "left")
    assert (sides["1"], sides["rows"]) == ("right", "right")


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("ann@a.example", "a***@a.example"),
        ("Ann Lund <ann@a.example> 0170", "A***@a.example"),
        ("ann@ a.example", "a***@***"),
        ("nobody", "n***"),
        ("  ", ""),
        ("\u202eann@a\u202e.example", " ***@a .example"),
    ],
)
def test_masking_leaves_a_letter_and_a_domain(cell, shown):
    assert mask_address(cell) == shown


def test_a_rule_for_a_domain_is_shown_whole():
    assert mask_rule("a:b.csv:3:x.example") == "a:b.csv:3:x.example"


def test_what_a_notebook_shows_is_escaped_and_holds_no_address():
    frame = pd.DataFrame({"email": ["ann@a.example", "x"], "<b>": ["<script>", "y"]})
    cleaned = hygiene.clean(frame)

    shown = "".join(
        [cleaned._repr_html_(), cleaned.by("<b>")._repr_html_(), cleaned.explain(1)._repr_html_()]
    )

    assert "ann@" not in shown + repr(cleaned) + repr(cleaned.by("<b>")) + repr(cleaned.explain(1))
    assert "&lt;script&gt;" in shown
    assert "<script>" not in shown
    assert "not checked" in shown


def test_counts_receipts_and_reconciliations_show_tables(api):
    sink = hygiene.Smartlead(list_id=api.create_list("<i>"), api_key=api.api_key, base_url=api.base_url)
    with sink:
        receipt = hygiene.import_leads(hygiene.clean(pd.DataFrame({"email": ["ann@a.example"]})), sink)

    for shown in (
        receipt._repr_html_(),
        receipt.reconciliation._repr_html_(),
        receipt.reported._repr_html_(),
    ):
        assert re.search(r'<th scope="row"[^>]*>imported</th><td[^>]*>1</td>', shown)
        assert "ann@" not in shown
    assert "ann@" not in repr(receipt)
    assert hygiene.Counts(1, None, 0, 0)._repr_html_().count("not given") == 1


def test_plots_are_pictures_of_the_counts(api):
    cleaned = hygiene.clean(pd.DataFrame({"email": ["ann@a.example", "x"], "by": ["$a$", "b"]}))
    sink = hygiene.Smartlead(list_id=api.create_list("a"), api_key=api.api_key, base_url=api.base_url)
    with sink:
        receipt = hygiene.import_leads(cleaned, sink)

    pictures = [cleaned.plot(), receipt.plot(), cleaned.by("by").plot()]

    assert all(picture._repr_png_().startswith(b"\x89PNG") for picture in pictures)
    words = [[text.get_text() for text in picture.axes[0].texts] for picture in pictures]
    assert words[0].count("not checked") == 3
    assert words[0].count("1") == 2
    assert words[1] == ["0", "0", "1", "1"] * 2
    assert words[2] == ["0%", "100%"]
