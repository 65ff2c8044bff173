"""Smartlead over HTTP: import leads into a list or a campaign, read these and the block list.

`client` holds the calls, `campaign` those of a campaign, `pagination` those that go by pages, `unsubscribed` which
leads do not want mail, `service` where it is, `place` how its lists and campaigns are named, `payload` what is posted,
`responses`, `campaign_replies` and `page_answers` what the answers mean, `campaign_policy` how a campaign counts.
Requests and their failures are the room `http`'s. What the API's numbers mean is not decided here.
"""

from typing import TYPE_CHECKING

from hygiene.version import later

if TYPE_CHECKING:
    from hygiene.smartlead.campaign import SmartleadCampaign as SmartleadCampaign
    from hygiene.smartlead.client import Smartlead as Smartlead

__all__ = ["Smartlead", "SmartleadCampaign"]

__getattr__ = later(__name__, Smartlead="client", SmartleadCampaign="campaign")
