"""Smartlead over HTTP: import leads into a list, read the list and the block list.

`account` holds the calls, `listing` those that go by pages, `settings` what they are told by argument and
environment, `wire` one request and its failures, `replies` what the answers mean. What the API's numbers
mean is not decided here.
"""

from hygiene.smartlead.client import Smartlead

__all__ = ["Smartlead"]
