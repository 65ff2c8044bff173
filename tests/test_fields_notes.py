"""Notes about fields: what names nobody, what is damaged, what does not belong together."""

import pyarrow as pa
import pytest

from hygiene.fields.notes import damaged_number, domain_mismatch, name_is_company, placeholder_name


def texts(*cells):
    return pa.array(cells, pa.large_string())


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("NULL", "Lund"), ("N/A", ""), ("#N/A", ""), ("\\N", ""), ("-", "-"), ("test", ""), ("Test", "Test"),
        ("asdf", "asdf"), ("xxx", ""), ("unknown", ""), ("undefined", ""), ("None", ""), ("Ann", "NULL"), ("sales", ""),
        ("Sales", "Team"), ("First Name", "Last Name"),
    ],
)  # fmt: skip
def test_a_name_that_names_nobody_is_noted(first, last):
    assert placeholder_name(texts(first), texts(last), texts("ann@birch.example")).tolist() == [True]


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("Ann", "Lund"), ("Hans", "Test"), ("Christopher", "Null"), ("Nan", "Goldin"), ("", ""), ("Test", "Lund"),
        ("Nil", "Yalter"), ("Na", "Kim"), ("Prince", ""), ("Dr.", "Roe"), (None, None),
    ],
)  # fmt: skip
def test_a_name_that_may_be_one_is_not(first, last):
    assert placeholder_name(texts(first), texts(last), texts("ann@birch.example")).tolist() == [False]


def test_a_first_name_that_is_the_address_is_noted():
    first = texts("hal@birch.example", "HAL@birch.example ", "ivy@birch.example", "Hal")
    addresses = texts(*["hal@birch.example"] * 4)

    assert placeholder_name(first, texts("", "", "", ""), addresses).tolist() == [True, True, False, False]


def test_a_name_of_a_company_is_noted():
    first = texts("Acme", "Acme Plumbing Services", "Birch", "Ann", "Birch", None)
    last = texts("GmbH", "", "", "Lund", "Lund", None)
    companies = texts("", "", "Birch", "Ann Lund", "Birch", "Acme")

    assert name_is_company(first, last, companies).tolist() == [True, True, True, False, False, False]


def test_a_damaged_number_is_noted():
    phones = texts(
        "4.41E+11", "442079460000", "12345", "+44 20 7946 0000", "020 7946 0123", "", None, "call me"
    )

    assert damaged_number(phones).tolist() == [True, True, True, False, False, False, False, False]


def test_an_address_at_another_domain_than_the_website_is_noted():
    websites = texts("https://www.acme.example", "acme.example", "acme.example", "acme.example", "acme", None)
    domains = texts(
        "mail.acme.example", "birch.example", "gmail.example", None, "birch.example", "birch.example"
    )

    def registrable(host):
        return ".".join(host.split(".")[-2:])

    noted = domain_mismatch(websites, domains, registrable=registrable, public={"gmail.example"})

    assert noted.tolist() == [False, True, False, False, False, False]
