"""vCards: a lead a card, whatever version and program wrote it."""

from pathlib import Path

import pytest

from hygiene.errors import InputError
from hygiene.io.readers import open_leads, read_leads, vcard_file

DATA = Path(__file__).parent / "data" / "formats"

OLD = """BEGIN:VCARD\r
VERSION:2.1\r
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=85s;J=C3=B8rgen;;;\r
FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:J=C3=B8rgen =C3=85s\r
ORG;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Fjord=\r
fisk og S=C3=B8nner;Sales\r
TITLE:Head of Sales\r
TEL;HOME;FAX:+47 22 00 00 02\r
TEL;CELL;PREF:+47 22 00 00 01\r
EMAIL;INTERNET:home@x.example\r
EMAIL;PREF;INTERNET:jorgen@x.example\r
ADR;WORK:;;Storgata 1;Oslo;;0155;Norge\r
PHOTO;JPEG;ENCODING=BASE64:\r
 /9j/4AAQSkZJRgABAQ\r
 EAAAA=\r
\r
AGENT:\r
BEGIN:VCARD\r
VERSION:2.1\r
EMAIL:agent@x.example\r
END:VCARD\r
END:VCARD\r
"""

NEW = r"""begin:vcard
version:4.0
fn:Bob\, Roe & Co
org:Bob\, Roe & Co
item1.EMAIL;PREF=2:b2@x.example
item1.X-ABLabel:_$!<Other>!$_
email;type="work";pref=1:mailto:b1@x.example
tel;VALUE=uri;TYPE="voice,cell":tel:+1-555-0100
url:https://www.linkedin.com/in/bobroe
note:one\nline
  two
END:VCARD
"""


def cards(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "contacts.vcf"
    path.write_bytes(text.encode(encoding))
    return path


def test_cards_of_vobject_are_leads():
    """Written by vobject 0.9.9."""
    frame = read_leads(DATA / "vobject-0.9.9.vcf")

    assert list(frame.columns) == ["email", "first_name", "last_name", "company"]
    assert frame.to_numpy().tolist()[0] == ["ann@evergate.example", "Ann", "Lund", "Evergate"]
    assert frame.index.get_level_values("line").tolist() == [1, 8, 15]


def test_an_old_card_has_its_preferred_address_first_and_not_its_agents(tmp_path):
    (lead,) = read_leads(cards(tmp_path, OLD)).to_dict("records")

    assert lead == {
        "email": "jorgen@x.example",
        "first_name": "Jørgen",
        "last_name": "Ås",
        "company": "Fjordfisk og Sønner",
        "title": "Head of Sales",
        "phone": "+47 22 00 00 01",
        "city": "Oslo",
        "country": "Norge",
        "department": "Sales",
        "email 2": "home@x.example",
        "street": "Storgata 1",
        "postal code": "0155",
        "fax": "+47 22 00 00 02",
    }


def test_a_new_card_of_a_company_has_no_first_name(tmp_path):
    path = cards(tmp_path, NEW)
    (lead,) = read_leads(path).to_dict("records")

    assert lead == {
        "email": "b1@x.example",
        "company": "Bob, Roe & Co",
        "phone": "+1-555-0100",
        "linkedin": "https://www.linkedin.com/in/bobroe",
        "email 2": "b2@x.example",
        "note": "one\nline two",
    }
    with open_leads([path]) as leads:
        assert leads.notes[0].endswith("left as custom: 'email 2'.")


def test_a_name_as_it_is_shown_is_split_where_there_is_no_other(tmp_path):
    path = cards(tmp_path, "BEGIN:VCARD\nFN:Di Lund\nEMAIL:di@x.example\nEND:VCARD")

    assert read_leads(path).to_numpy().tolist() == [["di@x.example", "Di", "Lund"]]


def test_a_card_that_does_not_end_is_kept_as_it_is(tmp_path):
    path = cards(tmp_path, "BEGIN:VCARD\nEMAIL:cut@x.example\n" + NEW + "\nand so on\n\n" + OLD)

    frame = read_leads(path)

    assert frame["email"].tolist() == ["cut@x.example", "b1@x.example", "", "jorgen@x.example"]
    assert frame["row_malformed"].tolist()[::2] == ["BEGIN:VCARD\nEMAIL:cut@x.example", "and so on"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_cards_may_be_in_any_encoding(tmp_path, encoding):
    path = cards(tmp_path, "BEGIN:VCARD\nN:Ås;Jørgen\nEMAIL:j@x.example\nEND:VCARD\n", encoding)

    assert read_leads(path)["last_name"].tolist() == ["Ås"]


def test_cards_are_bounded(tmp_path, monkeypatch):
    path = cards(tmp_path, f"BEGIN:VCARD\nEMAIL:a@x.example\nNOTE:{'x' * 2000}\nEND:VCARD\n")
    with pytest.raises(InputError, match=r"limits=\{'cell': N\}"):
        open_leads([path], limits={"cell": 1000})
    monkeypatch.setattr(vcard_file, "_CARD_CHARACTERS", 1000)
    with pytest.raises(InputError, match=r"the card on line 1 is longer than .* characters, or does not end"):
        read_leads(path)


@pytest.mark.parametrize(
    "kind", ["KIND:org", "kind:ORG", "X-ABShowAs:COMPANY", "X-ADDRESSBOOKSERVER-KIND:org"]
)
@pytest.mark.parametrize("name", ["", "N:Birch Works;;;;\n", "N:;;;;\n"])
def test_the_name_of_a_firms_card_is_the_company(tmp_path, kind, name):
    text = f"BEGIN:VCARD\nVERSION:4.0\n{kind}\n{name}FN:Birch Works\nEMAIL:hi@x.example\nEND:VCARD"

    (lead,) = read_leads(cards(tmp_path, text)).to_dict("records")

    assert lead["company"] == "Birch Works"
    assert not {"first_name", "last_name"} & lead.keys()
