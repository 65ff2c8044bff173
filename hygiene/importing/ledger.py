"""Ledger: the batches of one run, and the record that what becomes of each is written down in.

What is noted is written down with the next request, or before batches are divided anew. Nothing here sends.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from hygiene.importing.batches import Batches
from hygiene.importing.records import Entry, Record, recount
from hygiene.policy import ImportPolicy

__all__ = ["Ledger"]

_log = logging.getLogger("hygiene")


@dataclass(slots=True)
class Ledger:
    """The batches of a run.

    Attributes:
        record: What is remembered of the import.
        policy: The counting rules.
        waive_blocklist: Whether the block list is waived.
        batches: All of them, as they are now.
        lost_here: Numbers of those whose answer was lost in this run.
    """

    record: Record
    policy: ImportPolicy
    waive_blocklist: bool
    batches: Batches = field(init=False)
    lost_here: set[int] = field(default_factory=set)
    _unwritten: list[Entry] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.batches = Batches(self.record.entries())

    def note(self, entry: Entry, /) -> None:
        """Take note of what became of a batch; it is written down before anything else is sent."""
        _log.debug("batch %d: %s", entry.number, entry.result.state)
        self.batches.note(entry)
        self._unwritten.append(entry)

    def sending(self, entry: Entry, /) -> None:
        """Write down that a batch is on its way, and what was noted before, in one commit."""
        self.record.sending(entry, noted=self._unwritten)
        self._unwritten = []

    def write_down(self) -> None:
        """Write down what was noted."""
        if self._unwritten:
            self.record.finished(self._unwritten)
            self._unwritten = []

    def make_room(self, number: int, /) -> bool:
        """Let a number be free for what is to go out next, and whether it is; the next `rearrange` writes it down."""
        self.write_down()
        if not self.batches.make_room(number):
            return False
        self.lost_here = {each + (each >= number) for each in self.lost_here}
        return True

    def rearrange(
        self, gone: list[int], parts: list[Entry], became: Callable[[Entry], Entry] = lambda entry: entry
    ) -> None:
        """Put other batches in the place of some, and count all of them anew.

        Args:
            gone: Numbers of the batches that are none any more.
            parts: What their leads are in now.
            became: Gives each of all batches as it is to be remembered, once it is counted.
        """
        kept = [entry for entry in self.batches.entries() if entry.number not in gone]
        features = self.record.features()
        counted = recount([*kept, *parts], features, self.policy, waive_blocklist=self.waive_blocklist)
        entries = [became(entry) for entry in counted]
        self.write_down()
        self.record.rearranged(gone, entries)
        self.batches.replace(entries)
