import pandas as pd
import pyarrow as pa
import pytest

import hygiene
from hygiene.columns.stand_ins import stand_in
from hygiene.io.readers.lead_files import LeadFiles
from hygiene.io.readers.read_options import ReadOptions

TABLE = (
    "Name,Email,Work Email,Secondary Email\n"
    "Ann Lund,,ann@birch.example,a2@birch.example\n"
    "Bob Roe,bob@home.example,bob@birch.example,\n"
    "Cleo Ito,/o=ExchangeLabs/ou=Exchange/cn=Recipients/cn=1234-cleo,,cleo@birch.example\n"
    "Dan Fox,N/A,-,\n"
    "Eve Lim,eve at home,eve@birch.example,\n"
)
NOTES = (
    "{source}: email is 'Email'; left as custom: 'Work Email', 'Secondary Email'.",
    "{source}: first_name and last_name are split from 'Name'.",
    "{source}: email is 'Work Email' in 1 row, where 'Email' has no address.",
    "{source}: email is 'Secondary Email' in 1 row, where 'Email' has no address.",
)


def cells(*texts):
    return pa.chunked_array([pa.array(texts, pa.large_string())])


@pytest.mark.parametrize(
    "cell", ["", "  ", "-", "N/A", "null", "/o=ExchangeLabs/ou=x/cn=y", "EX:/O=FIRM/CN=a"]
)
def test_a_cell_without_an_address_takes_that_of_the_first_further_column_with_one(cell):
    found, counts = stand_in(cells(cell), [cells("none"), cells("b@b.example"), cells("c@c.example")])

    assert (found.to_pylist(), counts) == (["b@b.example"], (0, 1, 0))


@pytest.mark.parametrize("cell", ["a@b.example", "jane@", "jane at acme dot example", "see notes"])
def test_a_cell_that_may_be_an_address_stays(cell):
    found, counts = stand_in(cells(cell), [cells("b@b.example")])

    assert (found.to_pylist(), counts) == ([cell], (0,))


def test_a_row_without_an_address_is_ready_under_its_further_column_and_that_is_said(write):
    path = write("leads.csv", TABLE)

    found = hygiene.clean(path)

    assert found.ready["email"].tolist() == ["ann@birch.example", "bob@home.example", "cleo@birch.example"]
    assert found.ready["Work Email"].tolist() == ["ann@birch.example", "bob@birch.example", ""]
    assert found.notes == tuple(note.format(source=path) for note in NOTES)


def test_a_frame_and_parts_of_a_file_give_the_same(write):
    path = write("leads.csv", TABLE)
    whole = hygiene.clean(path)
    options = ReadOptions(
        columns=None, encoding=None, delimiter=None, header_row=None, sheet=None, limits=None
    )

    framed = hygiene.clean(pd.read_csv(path, dtype=str, keep_default_na=False))
    spilled = hygiene.clean(path, memory=1)
    with LeadFiles([path], options, chunk_rows=2) as opened:
        parts = pd.concat(opened.chunks())

    assert framed.ready["email"].tolist() == whole.ready["email"].tolist() == spilled.ready["email"].tolist()
    assert framed.notes == tuple(note.format(source="the frame") for note in NOTES)
    assert spilled.notes[: len(NOTES)] == whole.notes
    assert parts["email"].tolist() == hygiene.read(path)["email"].tolist()


def test_a_dask_frame_gives_the_same():
    dask = pytest.importorskip("dask")
    import dask.dataframe as dd

    import hygiene.scale

    frame = pd.DataFrame(
        [line.split(",") for line in TABLE.splitlines()[1:]], columns=TABLE.splitlines()[0].split(",")
    )

    with dask.config.set(scheduler="synchronous"):  # whatever cluster another test made last
        found = hygiene.scale.clean(dd.from_pandas(frame, npartitions=2))

        assert found.ready.compute()["email"].tolist() == hygiene.clean(frame).ready["email"].tolist()
    assert found.notes == tuple(note.format(source="the Dask frame") for note in NOTES)


def test_a_column_that_is_named_is_taken_alone(write):
    found = hygiene.clean(write("leads.csv", TABLE), columns={"email": "Email"})

    assert found.ready["email"].tolist() == ["bob@home.example"]


def test_a_frame_is_left_as_it_is():
    frame = pd.DataFrame({"Email": [""], "Work Email": ["a@b.example"]})

    hygiene.clean(frame)

    assert frame["Email"].tolist() == [""]
