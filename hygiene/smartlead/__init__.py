"""Smartlead over HTTP: import leads into a list, read the list and the block list.

`client` holds the calls, `pagination` those that go by pages, `unsubscribed` which leads do not want mail, `service`
where it is, `payload` what is posted, `responses` and `page_answers` what the answers mean. Requests and their failures
are the room `http`'s. What the API's numbers mean is not decided here.
"""

from hygiene.smartlead.client import Smartlead

__all__ = ["Smartlead"]
