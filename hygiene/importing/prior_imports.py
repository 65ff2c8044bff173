"""Brought: what imports brought to a list, so that it is known there: other imports, never this one itself.

The journal is asked; the API is not.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from hygiene.address import AddressRule, in_form
from hygiene.importing.past_imports import Landed
from hygiene.importing.records import ImportRecord, Journal
from hygiene.lists.known_leads import KnownLeads
from hygiene.policy import ImportPolicy
from hygiene.sinks import Addressed, Sink

__all__ = ["PriorImports", "without_own"]


@dataclass(frozen=True, slots=True)
class PriorImports:
    """The other imports to a sink's list.

    Attributes:
        journal: Where they are remembered; None remembers none.
        sink: Where they went to.
        policy: When two leads are the same.
        but: The import that is not another one.
    """

    journal: Journal | None
    sink: Sink
    policy: ImportPolicy
    but: str | None

    def brought(self, addresses: pa.Array, /) -> list[Landed]:
        """Leads which they brought to the list, as far as these addresses meet them, by import."""
        if self.journal is None or not isinstance(self.sink, Addressed):
            return []
        return self.journal.landed(self.sink.target, addresses, self.policy, but=self.but)

    def known(self, addresses: pa.Array, /) -> list[KnownLeads]:
        """The same as known leads, each with its import and the row of that import's input."""
        return [
            KnownLeads.from_cells(
                f"import {each.import_id}", pa.array(each.texts, pa.large_string()), lines=each.rows
            )
            for each in self.brought(addresses)
        ]


def without_own(
    known: Sequence[KnownLeads], record: ImportRecord, form: Sequence[AddressRule], /
) -> tuple[KnownLeads, ...]:
    """Known leads without those that the import itself, which sends addresses in a form, brought to the list."""
    sent = zip(record.lead_digests(), record.new_to_api(), strict=True)
    own = {digest for digest, new in sent if new}
    texts = [in_form(leads.address, leads.domain, form) for leads in known]
    kept = [np.array([digest not in own for digest in record.digests(each)], dtype=bool) for each in texts]
    return tuple(leads if rows.all() else leads.where(rows) for leads, rows in zip(known, kept, strict=True))
