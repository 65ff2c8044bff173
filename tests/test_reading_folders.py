"""Folders: which of their files are leads, in which order, and what is said of the others."""

import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hygiene.errors import InputError
from hygiene.io.readers import open_leads, read_leads

DATA = Path(__file__).parent / "data" / "formats"


def put(folder: Path, **files: str) -> Path:
    """Files of one address each, by name; a dot is written as two underscores."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return folder


def csv(address: str) -> str:
    return f"email\n{address}@x.example\n"


def local_parts(frame: pd.DataFrame) -> list[str]:
    return [address.partition("@")[0] for address in frame["email"]]


def test_parts_that_dask_wrote_are_read():
    """Written by Dask 2026.8 `to_csv(folder)`."""
    frame = read_leads(DATA / "dask-2026.8")

    assert local_parts(frame) == ["p0", "p1", "p2", "p3"]


def test_numbered_parts_come_in_the_order_of_their_numbers(tmp_path):
    put(tmp_path, part__10=csv("c"), part__2=csv("b"))
    folder = put(
        tmp_path / "out", a10__csv=csv("d"), a9__csv=csv("c"), **{"part-00000": csv("e"), "1__part": csv("a")}
    )

    assert local_parts(read_leads(folder)) == ["a", "c", "d", "e"]
    assert local_parts(read_leads(tmp_path / "part*")) == ["b", "c"]


def test_small_files_share_a_chunk_and_keep_their_places(tmp_path):
    folder = put(
        tmp_path / "many",
        **{f"part__{at}__csv": f"email,x{at % 3}\na{at}@x.example,{at}\n" for at in range(100)},
    )

    with open_leads([folder]) as leads:
        chunks = list(leads.chunks())

        assert len(chunks) == 1
        assert chunks[0].equals(leads.frame())
    assert chunks[0].index.tolist() == [(str(folder / f"part.{at}.csv"), 2) for at in range(100)]
    assert chunks[0].loc[(str(folder / "part.4.csv"), 2)].tolist() == ["a4@x.example", "", "4", ""]


def test_what_is_left_out_of_a_folder_is_named(tmp_path):
    folder = put(
        tmp_path / "exports",
        leads__csv=csv("a"),
        leads__csv__part="email\nhalf",
        pulled__csv__part=json.dumps({"origin": "leads of list 1", "began": "2026-11-01"}) + "\n",
        notes__docx="x",
        leads__csv__zst="x",
        photo__png="x",
        video__mp4="x",
        _SUCCESS="",
        **{"~$leads__xlsx": "x"},
    )
    put(folder / "archive", old__csv=csv("z"))
    (folder / "winmail.dat").write_bytes(b"\x78\x9f\x3e\x22\0\0")

    with open_leads([folder]) as leads:
        assert local_parts(leads.frame()) == ["a"]
        assert [note.removeprefix(f"{folder}: ") for note in leads.notes] == [
            (
                "files that are not known for leads by their names are left out: 'leads.csv.zst', "
                "'notes.docx', 'photo.png' and 3 more."
            ),
            "files of a pull or download that was cut off are left out: 'leads.csv.part', 'pulled.csv.part'.",
            "folders in it are left out: 'archive'. Name them too to read them.",
        ]


def test_a_folder_without_leads_says_what_is_in_it(tmp_path):
    put(tmp_path, notes__docx="x")

    with pytest.raises(InputError, match=r"is a folder without lead files; .* left out: 'notes.docx'"):
        read_leads(tmp_path)


def test_names_of_folders_are_columns(tmp_path):
    put(tmp_path / "year=2026" / "country=NO", **{"part-2__csv": csv("b"), "part-10__csv": csv("c")})
    put(tmp_path / "year=2026" / "country=C%C3%B4te d'Ivoire", leads__csv=csv("a"))
    put(
        tmp_path / "year=2025" / "country=__HIVE_DEFAULT_PARTITION__",
        leads__csv="email,Year\nz@x.example,1999\n",
    )
    put(tmp_path / "year=2026" / "_temporary", leads__csv=csv("never"))

    frame = read_leads(tmp_path)

    assert local_parts(frame) == ["z", "a", "b", "c"]
    assert frame["country"].tolist() == ["", "Côte d'Ivoire", "NO", "NO"]
    assert frame["Year"].tolist()[0] == "1999"
    assert frame["year"].tolist()[1:] == ["2026"] * 3
    assert read_leads(tmp_path / "*" / "country=NO" / "*.csv")["country"].tolist() == ["NO", "NO"]


def test_a_tree_that_pyarrow_wrote_gives_its_keys(tmp_path):
    table = pa.table({"email": ["a@x.example", "b@x.example"], "country": ["NO", "SE"], "n": [1, 2]})
    pq.write_to_dataset(table, tmp_path / "leads", partition_cols=["country", "n"])

    frame = read_leads(tmp_path / "leads")

    assert frame[["email", "country", "n"]].to_numpy().tolist() == [
        ["a@x.example", "NO", "1"],
        ["b@x.example", "SE", "2"],
    ]


def test_a_delta_table_is_refused_for_the_rows_that_were_deleted(tmp_path):
    put(tmp_path / "_delta_log")
    pq.write_table(pa.table({"email": ["gone@x.example"]}), tmp_path / "part-0.parquet")

    with pytest.raises(InputError, match="rows stand that were deleted"):
        read_leads(tmp_path)


@pytest.mark.parametrize("suffix", ["tab", "dat", "part", "jsonl", "parq", "pq", "arrows", "csv.gz"])
def test_suffixes_that_programs_use_are_leads_by_content(tmp_path, suffix):
    path = tmp_path / f"leads.{suffix}"
    table = pa.table({"email": ["a@x.example"]})
    if suffix in {"parq", "pq"}:
        pq.write_table(table, path)
    elif suffix == "arrows":
        with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, table.schema) as stream:
            stream.write_table(table)
    elif suffix == "csv.gz":
        table.to_pandas().to_csv(path, index=False)
    else:
        path.write_text(table.to_pandas().to_json(orient="records") if suffix == "jsonl" else csv("a"))

    assert local_parts(read_leads(tmp_path)) == ["a"]


def test_files_that_are_still_being_written_are_no_parts(tmp_path):
    folder = put(tmp_path / "out", **{"part-00000": csv("a")})
    for name in ("part-00001.gz.tmp", "leads.csv.crdownload", "leads.csv._COPYING_", "part-00002.inprogress"):
        (folder / name).write_text(csv("z"))

    with open_leads([folder]) as leads:
        assert local_parts(leads.frame()) == ["a"]
        assert "cut off are left out: 'leads.csv._COPYING_'" in leads.notes[0]


def test_formats_that_may_hold_leads_are_named_first_of_what_is_left_out(tmp_path):
    folder = put(
        tmp_path / "out",
        a__csv=csv("a"),
        b__docx="x",
        c__md="x",
        d__png="x",
        e__png="x",
        z__xlsb="x",
        y__orc="x",
    )

    with open_leads([folder]) as leads:
        assert "left out: 'y.orc', 'z.xlsb', 'b.docx' and 3 more." in leads.notes[0]
