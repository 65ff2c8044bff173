"""One row's story: where it came from, how it was judged, and what would make it ready.

Told from the verdicts alone; nothing is judged anew.
"""

from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from hygiene.display import inert, mask_address, mask_rule
from hygiene.outcomes import Outcome, reason

__all__ = ["RowExplanation", "explain_row"]


@dataclass(frozen=True, slots=True)
class RowExplanation:
    """Sentences about one row.

    Attributes:
        row: Its row number.
        sentences: In the order of events.
    """

    row: int
    sentences: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join(self.sentences)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{escape(sentence)}</li>" for sentence in self.sentences)
        return f"<ol>{items}</ol>"


def explain_row(verdict: "pd.Series[Any]", /, *, show_addresses: bool = False) -> RowExplanation:
    """The story of a row, from its row of `CleanedLeads.verdicts`."""
    sentences = [_origin(verdict), _address(verdict, show_addresses=show_addresses)]
    sentences += [f"{reason(code).text} ({code})" for code in verdict["reasons"].split(";") if code]
    sentences += _details(verdict, show_addresses=show_addresses)
    return RowExplanation(int(verdict["row"]), (*sentences, _ending(verdict)))


def _origin(verdict: "pd.Series[Any]") -> str:
    place = "" if pd.isna(verdict["source"]) else f", line {verdict['line']} of {inert(verdict['source'])}"
    return f"Row {verdict['row']}{place}."


def _address(verdict: "pd.Series[Any]", *, show_addresses: bool) -> str:
    if pd.isna(verdict["address"]):
        return "No address could be read from it."
    shown = inert(verdict["address"]) if show_addresses else mask_address(verdict["address"])
    repair = "" if pd.isna(verdict["repaired"]) else f", repaired ({inert(verdict['repaired'])})"
    return f"Its normalized address is {shown}{repair}."


def _details(verdict: "pd.Series[Any]", *, show_addresses: bool) -> list[str]:
    """What the reasons leave open: which rule, which row, which answer, what may have been meant."""
    told = []
    if not pd.isna(verdict["matched_rule"]):
        rule = verdict["matched_rule"]
        told.append(f"The entry that matched is {inert(rule) if show_addresses else mask_rule(rule)}.")
    if not pd.isna(verdict["duplicate_of"]):
        known = verdict["duplicate_of"] == "known"
        told.append("The API holds it already." if known else f"Row {verdict['duplicate_of']} stays for it.")
    if not pd.isna(verdict["same_person"]):
        row, why = verdict["same_person"].split(":")
        told.append(f"It is likely of the same person as row {row}: {why.replace(';', ', ')} in common.")
    if not pd.isna(verdict["domain_verdict"]):
        told.append(f"DNS said of its domain: {verdict['domain_verdict']}.")
    if not pd.isna(verdict["suggestion"]):
        meant = verdict["suggestion"]
        told.append(f"It may be meant as {inert(meant) if show_addresses else mask_address(meant)}.")
    return told


def _ending(verdict: "pd.Series[Any]") -> str:
    if verdict["outcome"] == Outcome.READY:
        return "It is ready and will be sent."
    return f"It is withheld as {verdict['outcome']}."
