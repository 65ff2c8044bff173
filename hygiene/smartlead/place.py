"""How a Smartlead account's places to import to are named."""

from typing import Final

from hygiene.http.place import Place
from hygiene.smartlead.service import SERVICE

__all__ = ["PLACES"]

PLACES: Final = (
    Place(
        scheme="smartlead",
        form="list=ID",
        example="list=500",
        pattern="list=(?P<list_id>[1-9][0-9]{0,17})",
        numbers=frozenset({"list_id"}),
        service=SERVICE,
        sink="hygiene.smartlead:Smartlead",
        options=frozenset({"client_id", "rename", "custom_shape"}),
        pulls=("blocklist", "leads", "unsubscribed"),
    ),
    Place(
        scheme="smartlead",
        form="campaign=ID",
        example="campaign=77",
        pattern="campaign=(?P<campaign_id>[1-9][0-9]{0,17})",
        numbers=frozenset({"campaign_id"}),
        service=SERVICE,
        sink="hygiene.smartlead:SmartleadCampaign",
        options=frozenset({"client_id", "rename"}),
        pulls=("blocklist", "leads", "unsubscribed"),
    ),
)
