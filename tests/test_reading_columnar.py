"""Parquet and Arrow as programs write them: types that are stored in odd ways, octets, and what is no damage."""

import struct
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hygiene.errors import InputError
from hygiene.io.readers import open_leads, read_leads

DATA = Path(__file__).parent / "data" / "formats"
EMAIL = pa.array(["ann@x.example", "bob@x.example", None])


def write_arrow(path: Path, table: pa.Table) -> Path:
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)
    return path


def test_categories_of_polars_are_read():
    """Written by Polars 2.1 `write_ipc`: a dictionary of string_view."""
    frame = read_leads(DATA / "polars-2.1-categorical.arrow")

    assert frame["company"].tolist() == ["Evergate", "Evergate", "Northwind"]
    assert frame["email"].tolist()[0] == "ann@evergate.example"


def test_an_interval_of_duckdb_is_a_span_of_iso_8601():
    """Written by DuckDB 2.0: twelve octets that Arrow knows no type for."""
    with open_leads([DATA / "duckdb-2.0-interval.parquet"]) as leads:
        assert leads.frame()["trial"].tolist() == ["P3D"] * 3
        assert leads.notes == ()


def test_an_interval_tells_months_days_and_seconds(tmp_path):
    spans = pa.array([(14, 0, 0), (0, 1, 90_500_000_000), (0, 0, 0)], pa.month_day_nano_interval())
    path = write_arrow(tmp_path / "leads.arrow", pa.table({"email": EMAIL, "x": spans}))

    assert read_leads(path)["x"].tolist() == ["P14M", "P1DT90.5S", "PT0S"]


@pytest.mark.parametrize(
    "cells",
    [
        pa.array(["a", "b", None], pa.string_view()),
        pa.DictionaryArray.from_arrays(pa.array([0, 1, None], pa.uint32()), pa.array(["a", "b"], pa.string_view())),
        pa.RunEndEncodedArray.from_arrays(pa.array([1, 2, 3], pa.int32()), pa.array(["a", "b", None])),
        pa.RunEndEncodedArray.from_arrays(
            pa.array([1, 2, 3], pa.int32()), pa.array(["a", "b", None], pa.string_view())
        ),
        pa.array([b"a", b"b", None], pa.binary_view()),
        pa.DictionaryArray.from_arrays(pa.array([0, 1, None], pa.int8()), pa.array([b"a", b"b"])),
    ],
    ids=lambda cells: str(cells.type).replace(" ", ""),
)  # fmt: skip
def test_text_is_read_however_it_is_stored(tmp_path, cells):
    whole = pa.table({"email": EMAIL, "x": cells})
    path = write_arrow(tmp_path / "leads.arrow", whole)
    cut = write_arrow(tmp_path / "cut.arrow", whole.slice(1))

    assert read_leads(path)["x"].tolist() == ["a", "b", ""]
    assert read_leads(cut)["x"].tolist() == ["b", ""]


def test_octets_are_text_or_hex_or_left_out_and_said(tmp_path):
    table = pa.table(
        {
            "email": EMAIL.cast(pa.binary()),  # as older programs of Hadoop write text
            "hash": pa.array([b"\0\x01", b"ok", None]),
            "photo": pa.array([b"\x89PNG" + b"\0" * 200_000, None, None]),
        }
    )
    for path in (tmp_path / "leads.parquet", tmp_path / "leads.arrow"):
        write_arrow(path, table) if path.suffix == ".arrow" else pq.write_table(table, path)

        with open_leads([path]) as leads:
            frame = leads.frame()

            assert frame.to_numpy().tolist() == [
                ["ann@x.example", "0001"],
                ["bob@x.example", "6f6b"],
                ["", ""],
            ]
            assert [note.partition(": ")[2] for note in leads.notes] == [
                "column 'hash' holds octets that are no text; they are shown as hex.",
                "left out, as it holds octets that are no text: 'photo'.",
            ]


def test_single_precision_has_its_own_shortest_digits(tmp_path):
    cells = pa.array([0.1, 16777216.0, None], pa.float32())
    path = write_arrow(tmp_path / "leads.arrow", pa.table({"email": EMAIL, "x": cells}))

    assert read_leads(path)["x"].tolist() == ["0.1", "16777216", ""]


def test_a_day_that_python_does_not_have_is_read(tmp_path):
    cells = pa.array([10**7, 0, None], pa.date32())
    path = write_arrow(tmp_path / "leads.arrow", pa.table({"email": EMAIL, "x": cells}))

    assert read_leads(path)["x"].tolist() == ["29349-01-26", "1970-01-01", ""]


def test_what_arrow_does_not_know_is_not_called_damage(tmp_path):
    path = tmp_path / "leads.parquet"
    pq.write_table(pa.table({"email": EMAIL}), path, compression="snappy")
    data = path.read_bytes()
    codec = data.rindex(b"\x15\x02\x16\x06")  # thrift: the codec (1, Snappy), then the values (3)
    path.write_bytes(data[:codec] + b"\x15\x06" + data[codec + 2 :])  # 3 is LZO, which Arrow does not have

    with pytest.raises(InputError, match=r"it uses what Arrow .* does not know") as refused:
        read_leads(path)
    assert "damaged" not in str(refused.value)


def test_a_footer_that_is_cut_off_is_damage(tmp_path):
    path = tmp_path / "leads.parquet"
    path.write_bytes(b"PAR1" + struct.pack("<I", 10) + b"PAR1")

    with pytest.raises(InputError, match="damaged or cut off"):
        read_leads(path)
