"""Mailman as a place to import to: how it is reached, and how its lists are named."""

from typing import Final

from hygiene.http.place import Place
from hygiene.http.service import Service

__all__ = ["PLACES", "SERVICE"]

SERVICE: Final = Service(title="Mailman", prefix="MAILMAN", credential="password")

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
