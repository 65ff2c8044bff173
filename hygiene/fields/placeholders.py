"""Placeholders: cells that name nobody and nothing, though something stands in them."""

from hygiene.words.tables import read_words

__all__ = ["is_department", "is_no_firm", "is_nothing", "is_test"]


def is_nothing(text: str, /, *, beside: str = "", firm: bool = False) -> bool:
    """Whether a cell says that there is nothing, or holds what a bored hand left.

    Args:
        text: The cell, without white space around it.
        beside: The other half of a name: a word like ``NULL`` is a surname where that is in capitals too.
        firm: Whether it is the cell of a company.
    """
    lower = text.lower()
    nothing = read_words("placeholders", kind="nothing")
    if lower in nothing or (lower[:1] in "-(<[" and lower.strip("-()<>[] ") in nothing):
        return True
    if lower in read_words("placeholders", kind="nothing_unless_name"):
        if firm:
            return lower != "x"
        if beside.lower() in read_words("placeholders", kind="nothing_unless_name"):
            beside = ""
        alike = beside.isupper() if text.isupper() else beside.islower() if text.islower() else True
        return text == "NaN" or not ((alike and beside.isalpha()) or text.istitle() or len(text) == 1)
    return not firm and lower in read_words("placeholders", kind="junk")


def is_no_firm(text: str, /) -> bool:
    """Whether the cell of a company says that there is none to be named."""
    return text.lower() in read_words("placeholders", kind="no_firm")


def is_test(text: str, /) -> bool:
    """Whether somebody tried a form."""
    return text.lower() in read_words("placeholders", kind="test")


def is_department(text: str, /) -> bool:
    """Whether a cell names a function instead of a person."""
    return text.lower().strip(" .") in read_words("placeholders", kind="department")
