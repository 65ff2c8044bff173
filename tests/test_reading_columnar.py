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


#: The same text in every way that Arrow stores it.
STORED = {
    "view": pa.array(["a", "b", None], pa.string_view()),
    "dictionary of views": pa.DictionaryArray.from_arrays(
        pa.array([0, 1, None], pa.uint32()), pa.array(["a", "b"], pa.string_view())
    ),
    "runs": pa.RunEndEncodedArray.from_arrays(pa.array([1, 2, 3], pa.int32()), pa.array(["a", "b", None])),
    "runs of views": pa.RunEndEncodedArray.from_arrays(
        pa.array([1, 2, 3], pa.int32()), pa.array(["a", "b", None], pa.string_view())
    ),
    "octets": pa.array([b"a", b"b", None], pa.binary_view()),
    "dictionary of octets": pa.DictionaryArray.from_arrays(
        pa.array([0, 1, None], pa.int8()), pa.array([b"a", b"b"])
    ),
}


def test_text_is_read_however_it_is_stored(tmp_path):
    whole = pa.table({"email": EMAIL, **STORED})
    path = write_arrow(tmp_path / "leads.arrow", whole)
    cut = write_arrow(tmp_path / "cut.arrow", whole.slice(1))

    assert read_leads(path)[[*STORED]].to_dict("list") == {name: ["a", "b", ""] for name in STORED}
    assert read_leads(cut)[[*STORED]].to_dict("list") == {name: ["b", ""] for name in STORED}


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


def of(value: int, kind: pa.DataType) -> pa.Array:
    """A column of a value that Python has none for, one it has, and nothing."""
    return pa.array([value, 0, None], pa.int32() if kind == pa.date32() else pa.int64()).cast(kind)


#: Columns of what Python has no value for, and what is shown of each.
WITHOUT_VALUE = [
    (of(10**7, pa.date32()), ["29349-01-26", "1970-01-01", ""]),
    (of(-(10**6), pa.date32()), ["-0768-02-04", "1970-01-01", ""]),
    (of(86_400_000 * 10**7, pa.date64()), ["29349-01-26", "1970-01-01", ""]),
    (of(253402300800, pa.timestamp("s")), ["10000-01-01T00:00:00", "1970-01-01T00:00:00", ""]),
    (
        of(-62135596800_000 - 1, pa.timestamp("ms", "UTC")),
        ["0000-12-31T23:59:59.999+00:00", "1970-01-01T00:00:00+00:00", ""],
    ),
    (of(2**62, pa.timestamp("us")), ["148108-07-06T14:00:27.387904", "1970-01-01T00:00:00", ""]),
    (of(2**62, pa.timestamp("s")), ["146138514283-06-19T07:45:04", "1970-01-01T00:00:00", ""]),
    (of(10**15, pa.duration("s")), ["11574074074 days, 1:46:40", "0:00:00", ""]),
    (of(-(2**62), pa.duration("ms")), ["-53375995584 days, 8:23:32.096", "0:00:00", ""]),
    (pa.array([float("inf"), float("-inf"), float("nan")]), ["inf", "-inf", ""]),
    (pa.array([float("inf"), float("-inf"), None], pa.float32()), ["inf", "-inf", ""]),
    (
        pa.array([[10**7], [], None], pa.list_(pa.int32())).cast(pa.list_(pa.date32())),
        ['["29349-01-26"]', "[]", ""],
    ),
    (
        pa.StructArray.from_arrays([of(10**15, pa.duration("s"))], ["for"]),
        ['{"for":"11574074074 days, 1:46:40"}', '{"for":"0:00:00"}', '{"for":null}'],
    ),
]


def test_what_python_has_no_value_for_becomes_text(tmp_path):
    columns = {f"x{number} {column.type}": column for number, (column, _) in enumerate(WITHOUT_VALUE)}
    shown = dict(zip(columns, (shown for _, shown in WITHOUT_VALUE), strict=True))
    table = pa.table({"email": EMAIL, **columns})
    unknown_to_parquet = [pa.date64(), pa.timestamp("s"), pa.duration("s")]
    in_parquet = [name for name, column in columns.items() if column.type not in unknown_to_parquet]
    pq.write_table(table.select(["email", *in_parquet]), tmp_path / "leads.parquet")

    frame = read_leads(write_arrow(tmp_path / "leads.arrow", table))

    assert frame[[*columns]].to_dict("list") == shown
    frame = read_leads(tmp_path / "leads.parquet")
    assert frame[in_parquet].to_dict("list") == {name: shown[name] for name in in_parquet}


def test_a_day_that_is_written_for_never_is_read_from_spark(tmp_path):
    path = tmp_path / "leads.parquet"
    ends = pa.array([253402214400, 0, None], pa.int64()).cast(pa.timestamp("s"))
    pq.write_table(pa.table({"email": EMAIL, "ends": ends}), path, use_deprecated_int96_timestamps=True)

    assert read_leads(path)["ends"].tolist() == ["9999-12-31T00:00:00", "1970-01-01T00:00:00", ""]


def test_a_column_that_is_text_by_name_alone_is_refused(tmp_path):
    path = tmp_path / "leads.parquet"
    pq.write_table(
        pa.table({"email": EMAIL, "city": ["Troms\u00f8", "x", "y"]}),
        path,
        compression="none",
        use_dictionary=False,
    )
    path.write_bytes(path.read_bytes().replace("\u00f8".encode(), b"\xf8x"))

    with pytest.raises(InputError, match="column 'city' is marked as text and holds octets that are none"):
        read_leads(path)


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
