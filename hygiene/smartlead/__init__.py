"""Smartlead over HTTP: import leads into a list, read the list and the block list.

`client` holds the calls, `pagination` those that go by pages, `unsubscribed` which leads do not want mail, `service`
where it is, `place` how its lists are named, `payload` what is posted, `responses` and `page_answers` what the answers
mean. Requests and their failures are the room `http`'s. What the API's numbers mean is not decided here.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hygiene.smartlead.client import Smartlead as Smartlead

__all__ = ["Smartlead"]


def __getattr__(name: str) -> Any:
    """The client, loaded when it is first used: how it is named is read without it."""
    if name not in __all__:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    from hygiene.smartlead.client import Smartlead

    return Smartlead
