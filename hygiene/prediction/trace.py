"""Traces: what is remembered of an import to explain it by: its requests, and what rules can see of its leads."""

from dataclasses import dataclass, field
from typing import Protocol

from hygiene.outcomes import Counts
from hygiene.policy import ImportPolicy
from hygiene.prediction.evidence import Evidence
from hygiene.prediction.features import Codes, Features

__all__ = ["Result", "Trace"]


class Result(Protocol):
    """What is known of one request: `hygiene.prediction.reconcile.BatchResult`, or what a journal kept of it."""

    @property
    def batch(self) -> int:
        """Its number, from 1."""

    @property
    def rows(self) -> int:
        """Leads in it."""

    @property
    def attempts(self) -> int:
        """How often it was sent."""

    @property
    def reported(self) -> Counts | None:
        """Counts that the API gave; None where it gave none."""

    @property
    def answered_at(self) -> int:
        """When it was answered, in ms since 1970 in UTC; 0 where nobody knows."""


@dataclass(frozen=True, slots=True)
class Trace:
    """What policies can see of an import's leads.

    Attributes:
        features: The leads in sending order.
        batch: The number of each lead's request, from 1 and never falling.
        rows: Row number of each lead in the input.
        policy: The rules that it was predicted with.
        waive_blocklist: Whether the requests waived the block list.
        evidence: What is known of single leads.
    """

    features: Features = field(repr=False)
    batch: Codes = field(repr=False)
    rows: Codes = field(repr=False)
    policy: ImportPolicy
    waive_blocklist: bool = False
    evidence: Evidence = field(default_factory=Evidence, repr=False)
