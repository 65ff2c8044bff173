"""Instantly as a service: where it is, how fast it may be asked, and how its lists and campaigns are named."""

from typing import Final

from hygiene.http.place import Place
from hygiene.http.service import Service

__all__ = ["PLACES", "SERVICE"]

#: The rate is 80 % of the documented limits of a workspace (100/s, 6,000/min).
SERVICE: Final = Service(
    title="Instantly", prefix="INSTANTLY", url="https://api.instantly.ai/api/v2", rate="80/s,4800/m"
)

#: What tells a list or a campaign apart. RFC 9562 4.
_UUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

PLACES: Final = tuple(
    Place(
        scheme="instantly",
        form=f"{kind}=ID",
        example=f"{kind}=0198c1de-7a00-7000-8000-000000000001",
        pattern=f"{kind}=(?P<{kind}_id>{_UUID})",
        service=SERVICE,
        sink="hygiene.instantly:Instantly",
        options=frozenset({"rename"}),
        pulls=("blocklist", "leads"),
    )
    for kind in ("list", "campaign")
)
