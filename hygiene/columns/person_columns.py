"""Person columns: which custom columns say more of who a lead is, by their headers alone.

They tell persons apart and are no canonical columns: nothing is renamed, and no cell is looked at here.
"""

from collections.abc import Iterable

from hygiene.columns.header_words import words_of

__all__ = ["person_columns"]

#: Headers as `words_of` gives them, by what they say. Whose date or street it is must not be said: a firm's is not
#: the lead's.
_HEADERS = {
    "born": (
        "date of birth", "birth date", "birthdate", "birthday", "birth day", "dob", "born", "geburtsdatum",
        "geburtstag", "date de naissance", "fecha de nacimiento", "data di nascita", "data de nascimento",
        "geboortedatum", "data urodzenia",
    ),
    "street": (
        "street", "street address", "street name", "address 1", "address line 1", "address line", "straße", "strasse",
        "rue", "calle", "via", "rua", "straat", "ulica",
    ),
    "postcode": (
        "postcode", "post code", "postal code", "zip", "zip code", "zipcode", "zip postal code", "plz", "postleitzahl",
        "code postal", "codigo postal", "código postal", "cap", "cep", "kod pocztowy",
    ),
}  # fmt: skip
_SAYS = {tuple(text.split()): name for name, texts in _HEADERS.items() for text in texts}


def person_columns(headers: Iterable[str], /) -> dict[str, str]:
    """The first column each for a date of birth (`born`), a street (`street`) and a postal code (`postcode`)."""
    found: dict[str, str] = {}
    for header in headers:
        name = _SAYS.get(words_of(str(header)))
        if name is not None:
            found.setdefault(name, header)
    return found
