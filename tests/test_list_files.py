"""Opening lists: encodings, packing, age, and what stops the run."""

import gzip
import os
import time
from datetime import timedelta

import pandas as pd
import pytest

import hygiene
from hygiene.errors import ListError
from hygiene.io.readers import list_files
from hygiene.io.writers import open_results

TEXT = "# ours\njane@acme.example\nmüller.example\n"


@pytest.fixture
def keep(tmp_path):
    def _keep(data, name="dnc.txt"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return _keep


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        gzip.compress(TEXT.encode(), mtime=0),
        gzip.compress(TEXT.encode("utf-16"), mtime=0),
        gzip.compress(b"# ours\njane@acme.example\n", mtime=0)
        + gzip.compress("müller.example\n".encode(), mtime=0),
    ],
)
def test_a_list_is_read_in_any_of_its_encodings(keep, data):
    found = list_files.suppression_list(keep(data))

    assert [entry.text for entry in found.entries] == ["jane@acme.example", "xn--mller-kva.example"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"a@x.example\nm\xfcller.example\n", "line 2 is no UTF-8"),
        (b"a@x.example\nm\xfcller.example\n", r"iconv -f CP1252 -t UTF-8 .*dnc\.txt"),
        (b"a@x.example\0\n", "NUL"),
        (gzip.compress(TEXT.encode(), mtime=0)[:-9], "cut off"),
        (b"\x1f\x8b\x08\x00 damaged all the way", "damaged"),
        (b"", "no entry found"),
        (b"gmail.com\n", r"allow_broad_rules=\['gmail.com'\]"),
    ],
)
def test_a_suppression_list_that_cannot_be_trusted_is_an_error_that_names_it(keep, data, says):
    with pytest.raises(ListError, match=says) as refused:
        list_files.suppression_list(keep(data))
    assert "dnc.txt" in str(refused.value)


def test_a_list_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(ListError, match=r"missing\.txt"):
        list_files.suppression_list(tmp_path / "missing.txt")


def test_a_small_file_that_unpacks_to_very_much_is_an_error(keep, monkeypatch):
    monkeypatch.setattr(list_files, "MOST_OCTETS", 1000)

    with pytest.raises(ListError, match="unpacks to more"):
        list_files.suppression_list(keep(gzip.compress(b"a.example\n" * 1000)))


def test_a_list_older_than_allowed_is_an_error(keep):
    path = keep(TEXT.encode())
    old = time.time() - 10 * 86400
    os.utime(path, (old, old))

    with pytest.raises(ListError, match=r"written 10 days ago, and max_list_age=\.\.\. allows 7 days"):
        list_files.suppression_list(path, max_age=timedelta(days=7))
    assert len(list_files.suppression_list(path, max_age=timedelta(days=11))) == 2


def test_an_empty_list_and_a_broad_rule_can_be_meant(keep):
    assert len(list_files.suppression_list(keep(b""), may_be_empty=True)) == 0
    assert len(list_files.suppression_list(keep(b"gmail.com\n"), allow_broad=["gmail.com"])) == 1


def test_a_block_list_may_be_empty_and_hold_anything(keep):
    assert len(list_files.block_list(keep(b""))) == 0
    assert len(list_files.block_list(keep(b"gmail.com\nco.uk\n"))) == 2


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Company,Email\nAcme,Jane@Acme.example\nBolt,\n", [2, 3]),
        ("jane@acme.example\n", [1]),
        ("# lead-hygiene snapshot: leads of list 5\nemail,id\njane@acme.example,9\n", [3]),
        ("# lead-hygiene snapshot: leads of list 5\nemail,id\n", []),
    ],
)
def test_known_leads_are_read_with_their_lines(keep, text, lines):
    found = list_files.known_leads(keep(text.encode()))

    assert found.line.tolist() == lines
    assert len(found) == min(len(lines), 1)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (
            "Firma;E-Mail\nMüller GmbH;jane@acme.example\n",
            "a lead file, its column 'E-Mail', read as Windows-1252",
        ),
        ("jane@acme.example\nMüller <bob@acme.example>\n", "one entry a line, read as Windows-1252"),
    ],
)
def test_known_leads_in_windows_1252_are_read_as_leads_are_and_that_is_said(keep, text, note):
    for data in (text.encode("cp1252"), gzip.compress(text.encode("cp1252"))):
        found = list_files.known_leads(keep(data, "known.csv"))

        assert len(found) == text.count("@")
        assert f"known.csv: {note}; " in found.note


@pytest.mark.parametrize("ending", ["xlsx", "parquet", "csv"])
def test_an_earlier_ready_file_of_any_format_is_known_leads(tmp_path, ending):
    with open_results(tmp_path, format_=ending) as results:
        for part in hygiene.clean(pd.DataFrame({"email": ["jane@acme.example"]})).chunks():
            results.add(**part._asdict())
        results.finish({})

    found = list_files.known_leads(tmp_path / f"ready.{ending}")

    assert found.given.to_pylist() == ["jane@acme.example"]
    assert found.line.tolist() == [1 if ending == "parquet" else 2]
    assert found.note.endswith(f"ready.{ending}: a lead file, its column 'email'; 1 address taken.")


def test_what_was_recognised_taken_and_left_of_known_leads_is_said(keep):
    found = list_files.known_leads(keep(b"email,n\na@x.example,1\nb,2,3,4\nnobody,1\n,1\n", "known.csv"))

    assert found.left == (3, 4)
    assert found.note.endswith(
        "known.csv: a lead file, its column 'email'; 1 address taken; 2 lines left: lines 3, 4."
    )


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"name,phone\nJane,1\n", "no email column among 2; the nearest is '[a-z]+'. Known leads need"),
        (
            b"hello\nyou\n",
            "no email column among 1; the nearest is 'hello'. Known leads need a column called 'email'",
        ),
        (b"email\nhello\n", "no address in it. Known leads need"),
        (
            "email,n\na@x.example,ü\n".encode() + b"b@x.example,\xfc\n",
            "line 3 .* not UTF-8. Known leads need",
        ),
        (b"\0\1\2", "NUL byte. Known leads need"),
        (b"", "is empty"),
    ],
)
def test_what_holds_no_known_leads_is_an_error_whose_next_step_is_one(keep, data, says):
    with pytest.raises(ListError, match=says) as refused:
        list_files.known_leads(keep(data))
    assert "--" not in str(refused.value)
