"""Links: websites and LinkedIn pages in one spelling, and nothing of a path is lost."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hygiene.fields.links import host_of, tidy_linkedin, tidy_linkedins, tidy_website, tidy_websites

SITES = [
    ("acme.example", "https://acme.example"),
    ("www.acme.example", "https://www.acme.example"),
    ("//acme.example/a", "https://acme.example/a"),
    ("HTTP://WWW.Acme.Example/Path", "http://www.acme.example/Path"),
    ("https://acme.example:443/a", "https://acme.example/a"),
    ("http://acme.example:80", "http://acme.example"),
    ("https://acme.example./", "https://acme.example/"),
    ("https://müller.example", "https://xn--mller-kva.example"),
    ("Müller.example/Über", "https://xn--mller-kva.example/Über"),
    ("https://acme.example/?utm_source=x&utm_medium=y", "https://acme.example/"),
    ("https://acme.example/a?id=1&utm_source=x&b=2", "https://acme.example/a?id=1&b=2"),
    ("https://acme.example/?gclid=abc#top", "https://acme.example/#top"),
    ("https://acme.example/?fbclid=abc", "https://acme.example/"),
    ("acme.example?mc_cid=1", "https://acme.example"),
    (" https://acme.example ", "https://acme.example"),
]
SITES_LEFT = [
    "https://acme.example", "https://acme.example/", "http://acme.example:8080/a", "https://acme.example/a?b=1#c",
    "https://acme.example/?a=", "acme", "n/a", "-", "", "ann@acme.example", "https://ann:pw@acme.example/",
    "acme.example, birch.example", "acme.example birch.example", "https:/acme.example", "htp://acme.example",
    "ftp://acme.example", "mailto:ann@acme.example", "javascript:alert(1)", "10.0.0.1", "https://10.0.0.1/", "www.",
    "acme..example", "-acme.example", "leads.csv", "report.pdf", "Acme Inc.",
]  # fmt: skip
PROFILES = [
    ("linkedin.com/in/annlund", "https://www.linkedin.com/in/annlund"),
    ("www.linkedin.com/in/annlund/", "https://www.linkedin.com/in/annlund"),
    ("http://www.linkedin.com/in/annlund", "https://www.linkedin.com/in/annlund"),
    ("https://uk.linkedin.com/in/annlund", "https://www.linkedin.com/in/annlund"),
    ("https://m.linkedin.com/in/annlund", "https://www.linkedin.com/in/annlund"),
    ("https://www.linkedin.com/mwlite/in/annlund", "https://www.linkedin.com/in/annlund"),
    ("https://www.linkedin.com/in/AnnLund", "https://www.linkedin.com/in/annlund"),
    ("https://www.linkedin.com/in/annlund?trk=abc", "https://www.linkedin.com/in/annlund"),
    ("https://www.linkedin.com/in/annlund/?originalSubdomain=uk", "https://www.linkedin.com/in/annlund"),
    ("https://www.linkedin.com/in/annlund/de", "https://www.linkedin.com/in/annlund"),
    ("https://www.linkedin.com/in/annlund/details/skills/", "https://www.linkedin.com/in/annlund"),
    ("https://www.linkedin.com/in/j%C3%BCrgen-m", "https://www.linkedin.com/in/jürgen-m"),
    ("/in/annlund", "https://www.linkedin.com/in/annlund"),
    ("in/annlund/", "https://www.linkedin.com/in/annlund"),
    ("linkedin.com/company/Acme/about", "https://www.linkedin.com/company/acme"),
    (
        "linkedin.com/in/ACoAAABCDEFGHIJKLmnop",
        "https://www.linkedin.com/in/ACoAAABCDEFGHIJKLmnop",
    ),
]
PROFILES_LEFT = [
    "https://www.linkedin.com/in/annlund", "https://www.linkedin.com/sales/lead/ACw1,NAME,x", "annlund", "@annlund", "",
    "https://www.linkedin.com/pub/ann-lund/1/2a/3b", "https://www.linkedin.com/", "https://www.linkedin.com/in/", "n/a",
    "https://birch.example/in/annlund", "https://notlinkedin.com/in/annlund", "https://www.linkedin.com/in/%FF",
]  # fmt: skip
PIECES = st.lists(
    st.sampled_from(["https://", "http://", "www.", "acme", ".example", "/", "?", "&", "utm_a=1", "b=2", "#", "Ü"])
    | st.sampled_from([":80", "%C3%BC", "linkedin.com", "/in/", "Ann", "gclid=1", "trk=1", " "])
    | st.text(max_size=2),
    max_size=8,
).map("".join)  # fmt: skip


def column(*cells):
    return pa.array(cells, pa.large_string())


@pytest.mark.parametrize(("cell", "link"), SITES)
def test_a_website_has_a_scheme_a_small_host_and_no_trackers(cell, link):
    assert tidy_website(cell) == (link, "link")


@pytest.mark.parametrize("cell", SITES_LEFT)
def test_what_is_no_one_website_is_left(cell):
    assert tidy_website(cell) == (cell, "")


@pytest.mark.parametrize(("cell", "link"), PROFILES)
def test_a_page_is_written_as_linkedin_writes_it(cell, link):
    assert tidy_linkedin(cell) == (link, "link")


@pytest.mark.parametrize("cell", PROFILES_LEFT)
def test_what_is_no_page_at_linkedin_for_certain_is_left(cell):
    assert tidy_linkedin(cell) == (cell, "")


def test_the_host_of_a_website_is_found():
    assert [host_of(cell) for cell in ("HTTP://Müller.example/a", "acme", "")] == [
        "xn--mller-kva.example",
        "",
        "",
    ]


def test_columns_say_what_was_changed():
    sites = tidy_websites(column("https://acme.example", "acme.example", None))
    pages = tidy_linkedins(column("https://www.linkedin.com/in/annlund", "/in/annlund", None))

    assert sites.rules.to_pylist() == pages.rules.to_pylist() == [None, "link", None]


@given(PIECES)
def test_a_column_says_what_one_cell_says(text):
    for by_column, by_cell in ((tidy_websites, tidy_website), (tidy_linkedins, tidy_linkedin)):
        found = by_column(column(text))

        assert (found.cells[0].as_py(), found.rules[0].as_py() or "") == by_cell(text)


@given(PIECES)
def test_tidying_twice_changes_nothing(text):
    for tidy in (tidy_website, tidy_linkedin):
        once, _ = tidy(text)

        assert tidy(once) == (once, "")
