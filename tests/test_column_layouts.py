"""Header rows of exporters with made-up cells: the column that a person would choose, through the public door.

Mailchimp's REGION is documented as an estimate from IP addresses, for imported contacts the account's own place
(mailchimp.com/help/about-geolocation); it is a state's name all the same, and is taken as one.
"""

import csv
import json
from pathlib import Path

import pytest

import hygiene
from hygiene.columns.mapping import CANONICAL, map_columns

_DATA = Path(__file__).parent / "data"
_GIVEN = json.loads((_DATA / "layouts.json").read_text(encoding="utf-8"))
_LAYOUTS, _VALUES = _GIVEN["layouts"], _GIVEN["values"]


def _cells(layout):
    """One row: what the layout says of a cell, else what the column is to be taken as."""
    wanted = {
        header: _VALUES[name]
        for name, headers in layout["expected"].items()
        for header in (headers or "").split("|")
    }
    return [layout["cells"].get(header, wanted.get(header, "")) for header in layout["header"]]


@pytest.fixture(params=_LAYOUTS)
def read(request, tmp_path):
    """A layout, and its row as it is read."""
    layout = _LAYOUTS[request.param]
    path = tmp_path / "leads.csv"
    with path.open("w", encoding=layout["encoding"], newline="") as file:
        csv.writer(file, delimiter=layout["delimiter"]).writerows([layout["header"], _cells(layout)])
    return layout, hygiene.read(path)


def test_every_canonical_column_is_the_one_that_a_person_would_choose(read):
    layout, frame = read
    cells = dict(zip(layout["header"], _cells(layout), strict=True))

    for name, headers in layout["expected"].items():
        if headers is None:
            assert name not in frame
        elif name == "full_name":
            assert frame[["first_name", "last_name"]].iloc[0].tolist() == cells[headers].split()
        else:
            taken = [header for header in headers.split("|") if header not in frame or header == name]
            assert [cells[header] for header in taken] == frame[name].tolist()


def test_nobody_is_split_who_is_not_in_the_layout(read):
    layout, frame = read

    named = {"first_name", "last_name", "full_name"} & layout["expected"].keys()
    assert bool(named) == ("first_name" in frame)
    assert set(CANONICAL) & set(frame.columns) >= {"email"}


def _layouts(name):
    blocks = (_DATA / name).read_text(encoding="utf-8").split("\n\n")[1:]
    return [[line.split("|") for line in block.strip().splitlines()] for block in blocks]


@pytest.mark.parametrize(
    "rows",
    [*_layouts("messy-layouts.txt"), *_layouts("exporter-layouts.txt")],
    ids=lambda rows: "|".join(rows[0])[:60],
)
def test_headers_are_taken_as_a_person_would(rows):
    header, *cells, meant = rows

    found = map_columns(header, cells)

    names = [name if name in CANONICAL else "-" for name in found.names]
    assert ["full_name" if at == found.full_name else name for at, name in enumerate(names)] == meant
