"""Instantly as a service: where it is, and how fast it may be asked."""

from typing import Final

from hygiene.http.service import Service

__all__ = ["SERVICE"]

#: The rate is 80 % of the documented limits of a workspace (100/s, 6,000/min).
SERVICE: Final = Service(
    title="Instantly", prefix="INSTANTLY", url="https://api.instantly.ai/api/v2", rate="80/s,4800/m"
)
