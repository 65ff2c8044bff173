"""Groups side by side on a terminal: readable however many there are, and however long their names."""

import re

import pandas as pd
import pytest
from rich.console import Console

import hygiene
from hygiene.report.document import Content
from hygiene.report.groups import compared
from hygiene.report.html_sections import sections


def leads(groups, name="vendor {}"):
    """Leads of each group, with rows of several outcomes in each; the first groups are the largest."""
    rows = [
        (email, name.format(number))
        for number in range(groups)
        for email in (
            f"a{number}@acme.example",
            f"a{number}@acme.example",
            "no-at-sign",
            "",
            "stop@x.example",
        )
        + (f"b{number}@acme.example",) * (groups - number)
    ]
    frame = pd.DataFrame(rows, columns=["email", "Vendor"])
    return hygiene.clean(frame, resolver=None, suppress=pd.Series(["stop@x.example"]))


def printed(comparison, width):
    console = Console(width=width, color_system=None)
    with console.capture() as out:
        for part in compared(comparison):
            console.print(part, soft_wrap=isinstance(part, str))
    return out.get()


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("groups", [1, 4, 5, 9, 25, 40])
def test_every_word_stands_whole_and_every_shown_group_is_named(groups, width):
    comparison = leads(groups).by("Vendor")

    text = printed(comparison, width)

    words = set(re.split(r"[\s,]+", text))
    assert {"rows", "leads", "ready", "invalid", "suppressed", "duplicate"} <= words
    assert {word for word in words if "_" in word} <= set(comparison.reasons)
    assert all(f"vendor {number} " in text for number in range(min(groups, 30)))
    assert max(map(len, text.splitlines())) <= width


def test_the_thirty_largest_are_shown_and_the_others_counted():
    text = printed(leads(40).by("Vendor"), 80)

    assert "vendor 29 " in text
    assert "vendor 30 " not in text.partition("Leads that two")[0]
    assert "and 10 more groups, which the report and the format json show" in text


@pytest.mark.parametrize("groups", [2, 6])
def test_a_long_name_keeps_its_beginning_and_its_end(groups):
    name = "exports/of/the/year/2026/from-the-vendor-{}.csv"

    text = printed(leads(groups, name).by("Vendor"), 80)

    assert all(f"exports/of...vendor-{number}.csv"[-8:] in text for number in range(groups))
    assert "exports/of" in text


@pytest.mark.parametrize(("groups", "header"), [(4, "Reason"), (5, "Group")])
def test_the_report_has_a_row_for_each_of_more_groups_than_four(groups, header):
    cleaned = leads(groups)
    content = Content(cleaned, comparison=cleaned.by("Vendor"))

    [section] = [each for each in sections(content) if each.anchor == "groups"]
    [table] = [each for each in section.tables if each.caption == "Reasons of each group"]

    assert table.header[0] == header
    assert len(table.header) == (groups + 1 if header == "Reason" else 2)
