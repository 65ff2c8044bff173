"""Instantly, version 2, over HTTP: leads in bulk into a lead list or a campaign, and what the workspace holds.

`client` holds the calls, `replies` what the answers mean, `counting` how it is believed to count, `service` where it
is, `place` how its lists and campaigns are named. Requests and their failures are the room `http`'s.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hygiene.instantly.client import Instantly as Instantly

__all__ = ["Instantly"]


def __getattr__(name: str) -> Any:
    """The client, loaded when it is first used: how it is named is read without it."""
    if name not in __all__:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    from hygiene.instantly.client import Instantly

    return Instantly
