"""Bulk MX look-ups: fast, polite, and never a guess. What an answer means is decided in `deliverability`."""

from hygiene.resolver.lookups import Resolver
from hygiene.resolver.store import default_path

__all__ = ["Resolver", "default_path"]
