"""Mailman as a place to import to: how it is reached, how its lists are named, and how it counts."""

from typing import Final

from hygiene.http.place import Place
from hygiene.http.service import Service
from hygiene.policy import ImportPolicy

__all__ = ["PLACES", "POLICY", "SERVICE"]

SERVICE: Final = Service(title="Mailman", prefix="MAILMAN", credential="password")

#: An address is a member once, whatever its case, and with its tags and dots. One that is a member already is told so
#: before it is looked for among the bans. A ban is an address or a pattern, never a domain. What is no address by
#: Mailman's own rule, one with blanks around it among them, is refused and counts as nothing. Source: measured on GNU
#: Mailman 3.3.10 with its REST API 3.1, which `tests/mailman` does anew.
POLICY: Final = ImportPolicy(
    strip_whitespace=False,
    usable_address=r"[-0-9A-Za-z!#$%&'*+./=?@_`{}~]+@[0-9A-Za-z][-0-9A-Za-z]*([.][0-9A-Za-z][-0-9A-Za-z]*)+",
    block_domains=False,
    precedence="duplicate",
    measured=frozenset({
        "fold_case", "strip_whitespace", "fold_plus_tag", "fold_gmail_dots", "duplicate_scope", "block_addresses",
        "block_domains", "block_subdomains", "block_fold_case", "blocked_are_remembered", "precedence", "invalid_rows",
        "usable_address",
    }),
)  # fmt: skip

PLACES: Final = (
    Place(
        scheme="mailman",
        form="LIST@HOST",
        pattern=r"(?P<list_name>[^@\s/]+@[^@\s/]+)",
        service=SERVICE,
        sink="hygiene.mailman:Mailman",
        options=frozenset({"user"}),
    ),
)
