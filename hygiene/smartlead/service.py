"""Smartlead as a service: where it is, and how fast it may be asked."""

from typing import Final

from hygiene.http.service import Service

__all__ = ["SERVICE"]

#: The rate is 80 % of the documented limits of the standard plan (10/s, 60/min, 1000/h): guides/rate-limits, which also
#: gives the advice to stay near 80 %.
SERVICE: Final = Service(
    title="Smartlead",
    prefix="SMARTLEAD",
    url="https://server.smartlead.ai/api/v1",
    rate="8/s,48/m,800/h",
    without_key="To try without an account, `hygiene emulate` serves a local API and prints its key.",
)
