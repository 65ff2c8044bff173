"""Suppression lists and block lists: the entries users hold, and the rows they match.

A suppression list is ours and withholds; a block list is the API's and withholds and predicts. Opening
files is not done here: `cells` finds the entries of a text, `entries` says what each one names, `rules`
holds them, `digests` those that are hashed, `broad` says which forbid too much, `matching` finds rows.
"""

from hygiene.lists.broad_rules import check_broad
from hygiene.lists.extract import PLAIN, find_cells
from hygiene.lists.match import Matches, match
from hygiene.lists.rule_list import Entry, RuleList, parse_list

__all__ = ["PLAIN", "Entry", "Matches", "RuleList", "check_broad", "find_cells", "match", "parse_list"]
