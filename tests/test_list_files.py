"""Opening lists: encodings, packing, age, and what stops the run."""

import gzip
import json
import os
import time
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

import hygiene
from hygiene.errors import ListError
from hygiene.io.readers import list_files
from hygiene.io.writers import open_results

LISTS = Path(__file__).parent / "data" / "lists"
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
        ("müller.example\n".encode() + b"m\xfcller.example\n", "line 2 is no UTF-8"),
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


def test_a_small_file_that_unpacks_to_very_much_is_an_error(keep):
    with pytest.raises(ListError, match="unpacks to more than 200 times its own size"):
        list_files.suppression_list(keep(gzip.compress(b"a.example\n" * 10_000_000)))


def test_a_list_in_windows_1252_is_read_and_that_is_said(keep):
    found = list_files.suppression_list(keep("# Müller\nmüller.example\n".encode("cp1252")))

    assert [entry.text for entry in found.entries] == ["xn--mller-kva.example"]
    assert ": one entry a line, read as Windows-1252; 1 domain taken" in found.note


_ROWS = {
    "Name": ["Jane", "Bob", "x"],
    "Email": ["jane@acme.example; j@b.example", "", "n/a"],
    "Domain": ["", "rival.example", ""],
}
_TAKEN = ["jane@acme.example", "j@b.example", "rival.example"]


def _flat_spreadsheet(frame):
    """A frame as a spreadsheet of one XML file."""
    of = "urn:oasis:names:tc:opendocument:xmlns:{}:1.0".format
    rows = "".join(
        "<t:table-row>"
        + "".join(f"<t:table-cell><x:p>{cell}</x:p></t:table-cell>" for cell in row)
        + "</t:table-row>"
        for row in [list(frame.columns), *frame.to_numpy().tolist()]
    )
    return (
        f'<?xml version="1.0"?><o:document xmlns:o="{of("office")}" xmlns:t="{of("table")}" xmlns:x="{of("text")}" '
        'o:mimetype="application/vnd.oasis.opendocument.spreadsheet"><o:body><o:spreadsheet>'
        f'<t:table t:name="L">{rows}</t:table></o:spreadsheet></o:body></o:document>'
    )


@pytest.mark.parametrize(
    "ending",
    [
        "xlsx",
        "parquet",
        "feather",
        "json",
        "jsonl",
        "columns.csv",
        "wrapped.json",
        "preamble.csv",
        "html",
        "fods",
    ],
)
def test_a_suppression_list_is_read_in_every_format_that_leads_have(tmp_path, ending):
    path, frame = tmp_path / f"dnc.{ending}", pd.DataFrame(_ROWS)
    records = frame.to_dict("records")
    match ending:
        case "xlsx":
            frame.to_excel(path, index=False, startrow=2)
        case "parquet":
            frame.to_parquet(path)
        case "feather":
            frame.to_feather(path)
        case "json":
            path.write_text(json.dumps(records))
        case "jsonl":
            path.write_text("\n".join(map(json.dumps, records)))
        case "wrapped.json":
            path.write_text(json.dumps({"data": {"people": records}, "next": None}, indent=1))
        case "html":
            path.write_text("<html><body>" + frame.to_html(index=False) + "</body></html>")
        case "fods":
            path.write_text(_flat_spreadsheet(frame))
        case "preamble.csv":
            path.write_text("Do not contact\nExported 2026-11-01\n\n" + frame.to_csv(index=False, sep=";"))
        case _:
            frame.to_csv(path, index=False)

    found = list_files.suppression_list(path)

    assert sorted(entry.text for entry in found.entries) == sorted(_TAKEN)
    assert "column 'Email' or else 'Domain'" in found.layout


def test_every_address_of_a_card_and_of_a_list_of_addresses_is_taken(tmp_path):
    cards, answer = tmp_path / "dnc.vcf", tmp_path / "dnc.json"
    cards.write_text("BEGIN:VCARD\nFN:Ann\nEMAIL:a@x.example\nEMAIL:b@x.example\nEND:VCARD\n")
    answer.write_text(
        json.dumps({"results": [{"emails": [{"value": "a@x.example", "type": "x"}, "b@x.example"]}]})
    )

    for path in (cards, answer):
        found = list_files.suppression_list(path)
        assert {entry.text for entry in found.entries} == {"a@x.example", "b@x.example"}


def test_hidden_rows_of_a_list_are_taken_and_a_formula_nobody_calculated_stops_the_run(tmp_path):
    formats = Path(__file__).parent / "data" / "formats"

    assert len(list_files.suppression_list(formats / "openpyxl-3.1-filtered.xlsx").entries) == 3
    with pytest.raises(ListError, match="line 2, column 3 is a formula without a value"):
        list_files.suppression_list(formats / "xlsxwriter-3.3-formula.xlsx")


def test_of_a_workbook_every_sheet_with_entries_is_taken(tmp_path):
    path = tmp_path / "dnc.xlsx"
    with pd.ExcelWriter(path) as book:
        pd.DataFrame({"Read me": ["Kept by sales"]}).to_excel(book, sheet_name="About", index=False)
        pd.DataFrame({"E-mail": ["a@x.example"]}).to_excel(book, sheet_name="2025", index=False)
        pd.DataFrame({"Domain": ["rival.example"]}).to_excel(book, sheet_name="2026", index=False)

    found = list_files.suppression_list(path)

    assert [entry.text for entry in found.entries] == ["a@x.example", "rival.example"]
    assert found.layout == "sheet '2025', column 'E-mail'; sheet '2026', column 'Domain'"


def test_an_address_on_a_sheet_that_is_no_table_stops_the_run(tmp_path):
    path = tmp_path / "dnc.xlsx"
    with pd.ExcelWriter(path) as book:
        pd.DataFrame({"E-mail": ["a@x.example"]}).to_excel(book, sheet_name="List", index=False)
        pd.DataFrame({"Who": ["x", "y", "also b@y.example"]}).to_excel(book, sheet_name="Late", index=False)

    with pytest.raises(ListError, match=r"sheet 'Late': line 4 holds an address.*column called 'email'"):
        list_files.suppression_list(path)


def test_an_empty_workbook_is_a_list_without_entries(tmp_path):
    path = tmp_path / "dnc.xlsx"
    pd.DataFrame().to_excel(path)

    with pytest.raises(ListError, match=r"no entry found.*allow_empty_list=True"):
        list_files.suppression_list(path)
    assert len(list_files.suppression_list(path, may_be_empty=True)) == 0


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


def test_every_address_of_a_known_leads_cell_is_known(keep):
    text = 'name,email\nx,"a@x.example; B@y.example"\ny,c@x.example\nz,Email: d@x.example\n'

    found = list_files.known_leads(keep(text.encode(), "known.csv"))

    assert found.address.to_pylist() == ["a@x.example", "b@y.example", "c@x.example", "d@x.example"]
    assert found.given.to_pylist()[0] == "a@x.example; B@y.example"
    assert found.line.tolist() == [2, 2, 3, 4]


def test_what_was_recognised_taken_and_left_of_known_leads_is_said(keep):
    found = list_files.known_leads(keep(b"email,n\na@x.example,1\nb,2,3,4\nnobody,1\n,1\n", "known.csv"))

    assert found.left == (3, 4)
    assert found.note.endswith(
        "known.csv: a lead file, its column 'email'; 1 address taken; 2 lines left: lines 3, 4."
    )


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (
            b"name,phone\nJane,1\n",
            "no email column among 2, and no address in the first row. Known leads need",
        ),
        (
            b"hello\nyou\n",
            "no email column among 1, and no address in the first row. Known leads need a column called 'email'",
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


@pytest.mark.parametrize(
    ("name", "how", "people"),
    [
        ("list-apollo.csv", {}, ["cleo@rival.example"]),
        (
            "list-apollo.csv",
            {"all_rows": True},
            ["ann.lund@birchworks.example", "bob@evergate.example", "cleo@rival.example"],
        ),
        ("s26-hubspot.csv", {}, ["a@x.example", "ann@birch.example", "ann@home.example", "bob@evergate.example"]),
        ("s20-dnc-with-company.csv", {}, ["eve@hill.example", "rival.example"]),
    ],
)  # fmt: skip
def test_lists_as_they_are_exported_are_taken_whole(name, how, people):
    found = list_files.suppression_list(LISTS / name, **how)

    assert sorted(entry.text for entry in found.entries) == people


def test_every_address_of_a_cell_withholds_its_lead():
    cleaned = hygiene.clean(LISTS / "leads8.csv", suppress=LISTS / "sup-several.csv")

    assert cleaned.verdicts["outcome"].tolist() == ["suppressed"] * 8
