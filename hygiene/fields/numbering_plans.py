"""Numbering plans: the package that knows them, and what is asked of a number without it."""

import re
from types import ModuleType

from hygiene.errors import UsageError

__all__ = ["DATE", "FOR_FILMS", "NANP", "NANP_SHAPE", "UNITED_KINGDOM", "numbering_plans"]

#: The calling code of North America, whose numbers are ten digits of one shape. Source: NANPA, area and office codes.
NANP, NANP_SHAPE = 1, re.compile(r"[2-9]\d{2}[2-9]\d{6}")
#: The calling code of the United Kingdom, and its numbers that are given to nobody but shown in films and samples.
#: Source: Ofcom, telephone numbers for use in TV and radio drama programmes.
UNITED_KINGDOM = 44
FOR_FILMS = re.compile(
    r"(?:11[3-8]|1[2-6]1)4960\d{3}|1914980\d{3}|2079460\d{3}|2896496\d{3}|2920180\d{3}|1632960\d{3}|7700900\d{3}"
    r"|8081570\d{3}|9098790\d{3}|3069990\d{3}"
)
#: A day, written with digits only.
DATE = r"^(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{4})$"


def numbering_plans() -> ModuleType:
    """The package that knows them.

    Raises:
        UsageError: it is not installed.
    """
    try:
        import phonenumbers
    except ImportError as error:
        msg = "tidying phone numbers needs phonenumbers: pip install 'lead-hygiene[tidy]'."
        raise UsageError(msg) from error
    found: ModuleType = phonenumbers
    return found
