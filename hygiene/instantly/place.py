"""How an Instantly workspace's places to import to are named."""

from typing import Final

from hygiene.http.place import Place
from hygiene.instantly.service import SERVICE

__all__ = ["PLACES"]

#: What tells a list or a campaign apart. RFC 9562 4.
_UUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

PLACES: Final = tuple(
    Place(
        scheme="instantly",
        form=f"{kind}=ID",
        pattern=f"{kind}=(?P<{kind}_id>{_UUID})",
        service=SERVICE,
        sink="hygiene.instantly:Instantly",
        options=frozenset({"rename"}),
        pulls=("blocklist", "leads"),
    )
    for kind in ("list", "campaign")
)
