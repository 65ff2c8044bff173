"""MailerLite as a place to import to: how it is reached, how its groups are named, and how it counts."""

from collections.abc import Mapping
from typing import Final

from hygiene.http.place import Place
from hygiene.http.service import Service
from hygiene.policy import ImportPolicy, Label

__all__ = ["IMPORT_RATE", "KNOWN", "PLACES", "POLICY", "SERVICE"]

#: The rates are 80 % of the documented limits, of requests (120/min) and of imports (5/min).
SERVICE: Final = Service(
    title="MailerLite", prefix="MAILERLITE", url="https://connect.mailerlite.com/api", rate="96/m"
)
IMPORT_RATE: Final = "4/m"

#: It has no block list that can be read: who unsubscribed is, whom it banned is not.
POLICY: Final = ImportPolicy(duplicate_scope="list", invalid_rows="uncounted", precedence="duplicate")
#: Rule to how it is known, and from what; the others are assumed.
KNOWN: Final[Mapping[str, tuple[Label, str]]] = {
    "invalid_rows": ("documented", "`invalid_count` is a counter of its own, and the rest is imported"),
    "unreadable_lists": (
        "documented",
        "`banned_import_emails_count` is a counter of its own, and no route reads that list",
    ),
}

PLACES: Final = (
    Place(
        scheme="mailerlite",
        form="group=ID",
        example="group=123456789",
        pattern="group=(?P<group_id>[1-9][0-9]{0,19})",
        service=SERVICE,
        sink="hygiene.mailerlite:MailerLite",
        options=frozenset({"rename"}),
        pulls=("leads", "unsubscribed"),
    ),
)
