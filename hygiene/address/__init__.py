"""Addresses: what a cell of the email column holds, judged as email-validator judges it.

Accepted and normal form are the library's own; what it refuses is repaired where it is certain what the
person meant. Syntax and normal form only: nothing here asks DNS or a list.
"""

from hygiene.address.form import AddressRule, in_form
from hygiene.address.keys import Keys, exact_key, has_spellings, may_have_spellings, person_key, spellings
from hygiene.address.syntax import explain
from hygiene.address.validate import Addresses, validate

__all__ = [
    "AddressRule",
    "Addresses",
    "Keys",
    "exact_key",
    "explain",
    "has_spellings",
    "in_form",
    "may_have_spellings",
    "person_key",
    "spellings",
    "validate",
]
