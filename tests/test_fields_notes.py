"""Notes about fields: what names nobody, what is damaged, what does not belong together."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hygiene.fields import notes
from hygiene.fields.distinct import where_distinct
from hygiene.fields.notes import damaged_number, domain_mismatch, name_is_company, placeholder_name
from hygiene.fields.suspects import may_begin_alike
from hygiene.lists.suffixes import registrable
from hygiene.words.name_words import FIRM_WORDS, LEGAL_FORMS_JOINED
from hygiene.words.tables import read_words

TABLES = {
    *read_words("placeholders"),
    *read_words("legal_forms", kind="telling"),
    *LEGAL_FORMS_JOINED,
    *FIRM_WORDS,
}
WORDS = [*sorted(TABLES), "Ann", "M\u00fcller", "O'Neil", "\u0130nc", "L.L.C.", "l.t.d", "inc'", "von der"]
AROUND = st.sampled_from(["", " ", ".", ",", ".,", "\x1c", "\u3000", "\u2028"])
NAMES = st.one_of(
    st.sampled_from([None, "", "  ", ".", " . "]),
    st.builds(
        lambda words, between, case, before, after: before + case(between.join(words)) + after,
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=3),
        st.sampled_from([" ", "\u00a0", "  ", "\t", ", "]),
        st.sampled_from([str, str.upper, str.title]), AROUND, AROUND,
    ),
)  # fmt: skip


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


@settings(max_examples=settings.default.max_examples * 3)
@given(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=40))
def test_looking_at_whole_columns_first_passes_over_no_name(rows):
    first, last = (pa.array(column, pa.large_string()) for column in zip(*rows, strict=True))
    none = pa.nulls(len(rows), pa.large_string())

    nobody = where_distinct([first, last], lambda row: notes._names_nobody(*row))
    firm = where_distinct([first, last], lambda row: notes._is_firm(*row))

    assert placeholder_name(first, last, none).tolist() == nobody.tolist()
    assert name_is_company(first, last, none).tolist() == firm.tolist()


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


@pytest.mark.parametrize(
    ("website", "noted"),
    [
        ("https://www.facebook.com/birch", False),
        ("instagram.com/birch", False),
        ("de.linkedin.com/company/birch", False),
        ("https://linktr.ee/birch", False),
        ("bit.ly/3xYz", False),
        ("https://maps.app.goo.gl/abc", False),
        ("https://birch.wixsite.com/home", False),
        ("https://sites.google.com/view/birch", False),
        ("birch.wordpress.com", False),
        ("birch.myshopify.com", False),
        ("https://www.etsy.com/shop/birch", False),
        ("https://www.amazon.de/sp?seller=1", False),
        ("https://www.yelp.com/biz/birch", False),
        ("https://calendly.com/birch", False),
        ("https://myfacebook.com", True),
        ("https://etsy.com.cedar.example", True),
        ("https://www.cedar.example/linkedin.com/in/x", True),
    ],
)
def test_a_page_at_a_shared_site_is_no_website_of_its_own(website, noted):
    found = domain_mismatch(texts(website), texts("birch.example"), registrable=registrable, public=())

    assert found.tolist() == [noted]


_STARTS = st.lists(st.tuples(*[st.none() | st.text("aAbBkK\u212aéÉß1_@ ", max_size=5)] * 2), max_size=30)


@given(_STARTS)
def test_cells_that_begin_alike_are_among_those_that_may(rows):
    one, other = (pa.array([row[at] for row in rows], pa.large_string()) for at in (0, 1))

    may = may_begin_alike(one, other)

    for (first, second), found in zip(rows, may, strict=True):
        if first and second and first[:3].lower() == second[:3].lower():
            assert found
        if not first and first is not None:
            assert not found
