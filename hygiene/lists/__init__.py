"""Suppression lists and block lists: the entries users hold, and the rows they match.

A suppression list is ours and withholds; a block list is the API's and withholds and predicts. Opening
files is not done here: `extract` finds the entries of a text, `entries` says what each one names, `rule_list`
holds them, `hashed_entries` those that are hashed, `broad_rules` says which forbid too much, `match` finds rows.
`name_lists` are the lists that traits are read from, and `names` finds the names in those of users.
"""

from hygiene.lists.broad_rules import check_broad
from hygiene.lists.compile_list import compile_list, parse_list
from hygiene.lists.csv_rows import Grid
from hygiene.lists.extract import PLAIN, UNSUBSCRIBED, Cells, Reading, cells_of_grids, find_cells
from hygiene.lists.match import Matches, match, match_otherwise
from hygiene.lists.rule_list import Entry, RuleList

__all__ = [
    "PLAIN",
    "UNSUBSCRIBED",
    "Cells",
    "Entry",
    "Grid",
    "Matches",
    "Reading",
    "RuleList",
    "cells_of_grids",
    "check_broad",
    "compile_list",
    "find_cells",
    "match",
    "match_otherwise",
    "parse_list",
]
