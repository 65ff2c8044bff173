"""Bulk MX look-ups: fast, polite, and never a guess. What an answer means is decided in `deliverability`."""

from hygiene.resolver.cache import default_path
from hygiene.resolver.resolver import Resolver

__all__ = ["Resolver", "default_path"]
