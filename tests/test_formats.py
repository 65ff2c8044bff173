"""Formats that are not read are named as what they are, with a step that works."""

import bz2
import lzma
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.orc
import pytest

from hygiene.errors import InputError, ListError
from hygiene.io.readers import read_leads
from hygiene.io.readers.list_files import suppression_list

DATA = Path(__file__).parent / "data" / "formats"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as refused:
        read_leads(path)
    with pytest.raises(ListError):
        suppression_list(path)
    return str(refused.value).removeprefix(f"{path}: ")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("sheetjs-0.18.5.xlsb", "is a binary workbook (XLSB). Open it in Excel"),
        ("sheetjs-0.18.5.xml", "is a workbook in XML (SpreadsheetML 2003). Open it in Excel"),
        ("sheetjs-0.18.5-biff2.xls", "is a sheet of Excel 2. Open it in Excel"),
        ("sheetjs-0.18.5.dbf", "is a dBase table (DBF). Make CSV of it"),
        ("dbf-0.99.dbf", "is a dBase table (DBF). Make CSV of it"),
        ("fastavro-1.13.avro", "is Avro. Make JSON of it"),
        ("pyarrow-26-feather1.feather", "is of the first version of Feather. Write it anew"),
    ],
)
def test_files_of_real_programs_are_named(name, told):
    """SheetJS 0.18.5, dbf 0.99, fastavro 1.13 and pyarrow 26 wrote them; the steps were tried on them."""
    assert refusal(DATA / name).startswith(told)


@pytest.mark.parametrize(
    ("starts", "told"),
    [
        (b"%PDF-1.7", "is a PDF"),
        (b"\x89PNG\r\n\x1a\n\0", "is a picture of type PNG"),
        (b"\xff\xd8\xff\xe0", "is a picture of type JPEG"),
        (b"RIFF\0\0\0\0WEBP", "is a picture of type WEBP"),
        (b"\0\0\0\x18ftypheic", "is a picture of type HEIC"),
        (b"{\\rtf1", "is a text in RTF"),
        (b"ID;PWXL;N;E\r\nP;PGeneral\r\n", "is a sheet in SYLK"),
        (b"\x09\x04\x06\0\0\0", "is a sheet of Excel 4"),
        (b"7z\xbc\xaf\x27\x1c", "is a 7z archive"),
        (b"\x28\xb5\x2f\xfd\x04", "is packed with zstd"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related;", "is a web archive (MHTML)"),
        (b"<?xml version='1.0'?><leads/>", "is XML"),
    ],
)
def test_formats_are_known_by_their_first_bytes(tmp_path, starts, told):
    path = tmp_path / "leads.csv"
    path.write_bytes(starts)

    assert refusal(path).startswith(told)


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ("Index/Document.iwa", "is a Numbers sheet. In Numbers choose File > Export To > CSV."),
        ("word/document.xml", "is a Word document"),
        ("leads.csv", "is a zip archive. Unpack it"),
    ],
)
def test_archives_are_known_by_what_is_in_them(tmp_path, part, told):
    path = tmp_path / "leads.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(part, "x")

    assert refusal(path).startswith(told)


@pytest.mark.parametrize(
    ("name", "told"),
    [("EncryptedPackage", "is locked with a password."), ("WordDocument", "is a Word document")],
)
def test_containers_are_known_by_what_is_in_them(tmp_path, name, told):
    path = tmp_path / "leads.xlsx"
    head = OLE + b"\0" * 22 + b"\x09\0" + b"\0" * 16 + b"\0\0\0\0" + b"\0" * 460
    path.write_bytes(head + name.encode("utf-16-le").ljust(512, b"\0"))

    assert refusal(path).startswith(told)


@pytest.mark.parametrize(("pack", "command"), [(bz2.compress, "bzip2"), (lzma.compress, "xz")])
def test_the_step_for_packed_files_works(tmp_path, pack, command):
    if not shutil.which(command):
        pytest.skip(f"{command} is not there")
    path = tmp_path / "leads of May.csv"
    path.write_bytes(pack(b"email\nann@x.example\n"))
    step = refusal(path).partition("Unpack it: ")[2].partition(", and name that")[0]

    subprocess.run(step, shell=True, check=True, cwd=tmp_path)

    assert read_leads(tmp_path / "leads-unpacked")["email"].tolist() == ["ann@x.example"]


def test_the_step_for_orc_works(tmp_path):
    path = tmp_path / "leads.orc"
    pyarrow.orc.write_table(pa.table({"email": ["ann@x.example"]}), path)
    step = refusal(path).partition("Make Parquet of it: ")[2].replace("python", sys.executable, 1)

    subprocess.run(step, shell=True, check=True, cwd=tmp_path)

    assert read_leads(tmp_path / "leads.parquet")["email"].tolist() == ["ann@x.example"]


def test_the_step_for_a_database_works(tmp_path):
    if not shutil.which("sqlite3"):
        pytest.skip("sqlite3 is not there")
    path = tmp_path / "leads.db"
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE leads (email)")
        database.execute("INSERT INTO leads VALUES ('ann@x.example')")
    database.close()
    step = refusal(path).partition("the one with the leads: ")[2]

    subprocess.run(step, shell=True, check=True, cwd=tmp_path)

    assert read_leads(tmp_path / "leads.csv")["email"].tolist() == ["ann@x.example"]


@pytest.mark.parametrize(
    "text",
    [
        "Company\tEmail\nx\ta@x.example\n",
        "ORCHARD,email\nx,a@x.example\n",
        "ID;Phone;Email\nC;2;a@x.example\n",
    ],
)
def test_text_that_begins_like_another_format_is_text(tmp_path, text):
    path = tmp_path / "leads.csv"
    path.write_text(text)

    assert read_leads(path)["email"].tolist() == ["a@x.example"]
