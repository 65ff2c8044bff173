"""Traits: what an accepted address is besides good: of a role, free, disposable, mistyped, of mixed script.

Traits are notes. A row is withheld for one only where the user asks to review it, and a suggestion is
never followed unasked. Nothing here asks DNS.
"""

from hygiene.lists.name_lists import NameList, TraitLists, built_in_lists, parse_names
from hygiene.traits.finding import Traits, find_traits

__all__ = ["NameList", "TraitLists", "Traits", "built_in_lists", "find_traits", "parse_names"]
