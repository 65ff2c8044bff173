"""Instantly, version 2, over HTTP: leads in bulk into a lead list or a campaign, and what the workspace holds.

`client` holds the calls, `replies` what the answers mean, `counting` how it is believed to count, `place` where it is
and how its lists and campaigns are named. Requests and their failures are the room `http`'s.
"""

from typing import TYPE_CHECKING

from hygiene.version import later

if TYPE_CHECKING:
    from hygiene.instantly.client import Instantly as Instantly

__all__ = ["Instantly"]

__getattr__ = later(__name__, Instantly="client")
