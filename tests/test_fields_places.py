"""Places: countries and states by one name, and what names several of them stays."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hygiene.fields.places import country_codes, tidy_countries, tidy_country, tidy_state, tidy_states

pytest.importorskip("pycountry")

#: A cell, what it is written as, and its code.
COUNTRIES = [
    ("DE", "Germany", "DE"), ("de", "Germany", "DE"), ("DEU", "Germany", "DE"), ("GERMANY", "Germany", "DE"),
    ("germany", "Germany", "DE"), ("Deutschland", "Germany", "DE"), ("Allemagne", "Germany", "DE"),
    ("Alemania", "Germany", "DE"), ("Германия", "Germany", "DE"), ("德国", "Germany", "DE"),
    ("ドイツ", "Germany", "DE"),
    ("USA", "United States", "US"), ("U.S.A.", "United States", "US"), ("US", "United States", "US"),
    ("EE.UU.", "United States", "US"), ("UK", "United Kingdom", "GB"), ("U.K.", "United Kingdom", "GB"),
    ("Großbritannien", "United Kingdom", "GB"), ("UAE", "United Arab Emirates", "AE"), ("Schweiz", "Switzerland", "CH"),
    ("Suisse", "Switzerland", "CH"), ("Brasil", "Brazil", "BR"), ("España", "Spain", "ES"),
    ("Österreich", "Austria", "AT"), ("Nederland", "Netherlands", "NL"), ("Belgique", "Belgium", "BE"),
    ("Polska", "Poland", "PL"), ("Norge", "Norway", "NO"), ("NO", "Norway", "NO"), ("日本", "Japan", "JP"),
    ("대한민국", "South Korea", "KR"), ("ישראל", "Israel", "IL"), ("مصر", "Egypt", "EG"), ("Россия", "Russia", "RU"),
    ("Irland", "Ireland", "IE"), ("Island", "Iceland", "IS"), ("TURKEY", "Turkey", "TR"),
]  # fmt: skip
#: Names that are right, and their codes.
RIGHT = [
    ("Germany", "DE"), ("United States", "US"), ("United States of America", "US"), ("England", "GB"),
    ("Niger", "NE"), ("Nigeria", "NG"), ("Republic of Korea", "KR"), ("South Korea", "KR"), ("North Korea", "KP"),
    ("Holland", "NL"), ("Turkey", "TR"), ("Czech Republic", "CZ"), ("Ivory Coast", "CI"), ("Namibia", "NA"),
    ("The Netherlands", "NL"), ("Bosnia & Herzegovina", "BA"), ("Hong Kong", "HK"), ("Kosovo", "XK"),
]  # fmt: skip
#: What names several, or none.
LEFT = [
    "Georgia",
    "Jersey",
    "Guinea",
    "Korea",
    "Congo",
    "NA",
    "-",
    "NaN",
    "None",
    "",
    "Berlin",
    "California",
    "xyz",
]
STATES = [
    ("CA", "US", "California"), ("N.Y.", "US", "New York"), ("Calif.", "US", "California"),
    ("TEXAS", "US", "Texas"), ("texas", "US", "Texas"), ("ON", "CA", "Ontario"), ("QC", "CA", "Quebec"),
    ("NSW", "AU", "New South Wales"), ("SP", "BR", "São Paulo"), ("KA", "IN", "Karnataka"), ("BY", "DE", "Bayern"),
    ("ZH", "CH", "Zürich"),
]  # fmt: skip
STATES_LEFT = [
    ("California", "US"), ("Québec", "CA"), ("Sao Paulo", "BR"), ("Bavaria", "DE"), ("CA", ""), ("TX", ""),
    ("CA", "CA"), ("London", "GB"), ("Springfield", "US"), ("", "US"),
]  # fmt: skip


def texts(*cells):
    return pa.array(cells, pa.large_string())


@pytest.mark.parametrize(("cell", "name", "code"), COUNTRIES)
def test_a_country_is_written_as_english_says_it(cell, name, code):
    assert tidy_country(cell) == (name, "country")
    assert country_codes(texts(cell)).to_pylist() == [code]
    assert tidy_country(name) == (name, "")


@pytest.mark.parametrize(("name", "code"), RIGHT)
def test_a_name_that_is_right_stays(name, code):
    assert tidy_country(name) == (name, "")
    assert country_codes(texts(name)).to_pylist() == [code]


@pytest.mark.parametrize("cell", LEFT)
def test_what_names_no_country_for_certain_stays(cell):
    assert tidy_country(cell) == (cell, "")
    assert country_codes(texts(cell)).to_pylist() == [None]


@pytest.mark.parametrize(("cell", "country", "name"), STATES)
def test_a_state_has_its_name_where_its_country_is_known(cell, country, name):
    assert tidy_state(cell, country) == (name, "state")


@pytest.mark.parametrize(("cell", "country"), STATES_LEFT)
def test_a_state_that_is_right_or_of_no_known_country_stays(cell, country):
    assert tidy_state(cell, country) == (cell, "")


def test_columns_say_what_was_changed():
    countries = tidy_countries(texts("Germany", "DE", None, "DE"))
    states = tidy_states(texts("CA", "CA", None), texts("US", None, "US"))

    assert countries.cells.to_pylist() == ["Germany", "Germany", None, "Germany"]
    assert countries.rules.to_pylist() == [None, "country", None, "country"]
    assert states.cells.to_pylist() == ["California", "CA", None]


def test_two_letters_are_no_country_in_a_column_of_states():
    assert tidy_countries(texts("CA", "TX", "Germany", "IN")).changed == 0


@given(st.text(max_size=12) | st.sampled_from([row[0] for row in COUNTRIES]))
def test_tidying_twice_changes_nothing(cell):
    once, _ = tidy_country(cell)

    assert tidy_country(once) == (once, "")
