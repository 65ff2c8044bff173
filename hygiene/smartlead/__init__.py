"""Smartlead over HTTP: import leads into a list or a campaign, read these and the block list.

`client` holds the calls, `campaign` those of a campaign, `pagination` those that go by pages, `unsubscribed` which
leads do not want mail, `service` where it is, `place` how its lists and campaigns are named, `payload` what is posted,
`responses`, `campaign_replies` and `page_answers` what the answers mean, `campaign_policy` how a campaign counts.
Requests and their failures are the room `http`'s. What the API's numbers mean is not decided here.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hygiene.smartlead.campaign import SmartleadCampaign as SmartleadCampaign
    from hygiene.smartlead.client import Smartlead as Smartlead

_HOME = {"Smartlead": "hygiene.smartlead.client", "SmartleadCampaign": "hygiene.smartlead.campaign"}

__all__ = ["Smartlead", "SmartleadCampaign"]


def __getattr__(name: str) -> Any:
    """The clients, loaded when they are first used: how they are named is read without them."""
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(_HOME[name]), name)
