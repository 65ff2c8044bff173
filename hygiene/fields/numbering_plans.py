"""Numbering plans: the package that knows them, and what is asked of a number without it."""

import re
from types import ModuleType

from hygiene.errors import UsageError

__all__ = ["DATE", "NANP", "NANP_SHAPE", "numbering_plans"]

#: The calling code of North America, whose numbers are ten digits of one shape. Source: NANPA, area and office codes.
NANP, NANP_SHAPE = 1, re.compile(r"[2-9]\d{2}[2-9]\d{6}")
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
