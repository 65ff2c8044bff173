"""Probe: learn how an import API counts, from a handful of designed requests.

What is sent is planned from the policies that are still possible, and each answer leaves fewer. The account,
the notebook of what was asked and the waiting are handed over; no edge is imported.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from hygiene.errors import AuthError, ListNotFound, RateLimited, SinkError, Unreachable
from hygiene.prediction.probe.experiments import Bench, Own, Round
from hygiene.prediction.probe.findings import Found, conclude, said
from hygiene.prediction.probe.planning import Answer, next_step
from hygiene.sinks import BlockListEditor, Reply

__all__ = ["Account", "Checkpoint", "Probe", "most_leads"]

#: Refusals that say nothing about the leads of a request.
_NO_VERDICT = (AuthError, ListNotFound, RateLimited, Unreachable)
#: Times that a request is sent again because the API asked to slow down; nothing of it was taken.
SLOWED_DOWN = 5
#: Seconds to wait where the API asks to slow down without a number.
PAUSE_S = 30.0


class Account(Protocol):
    """A scratch list that takes leads."""

    def send(
        self, leads: Sequence[dict[str, str]], /, *, file_name: str, waive_blocklist: bool = False
    ) -> Reply:
        """Import leads into the list; see `hygiene.importing.Sink`."""


class Checkpoint(Protocol):
    """What a probe must not forget; every call is durable when it returns.

    Attributes:
        token: Text that sets this probe's addresses apart from all others.
        answers: Rounds that were answered, in order.
        entries: Entries that may stand on the block list.
    """

    token: str
    answers: list[Answer]
    entries: tuple[str, ...]

    def asking(self, name: str, /) -> None:
        """Note that a round is about to be sent."""

    def answered(self, answer: Answer, /) -> None:
        """Note its answer."""

    def standing(self, entries: Sequence[str], /) -> None:
        """Note entries that are about to be put on the block list, or, where empty, that none is left."""


class Probe:
    """One probe of an account.

    Args:
        bench: What there is to work with.
        own: Whose addresses are sent.
        lists: The scratch lists, as sinks; the second one where the bench has it.
        editor: The block list, where the bench may edit it.
        notebook: What must not be forgotten.
        pause: Waits a number of seconds where the API asks to slow down.
        tell: Told every sentence about what happens.
    """

    def __init__(
        self,
        bench: Bench,
        own: Own,
        /,
        *,
        lists: Sequence[Account],
        editor: BlockListEditor | None,
        notebook: Checkpoint,
        pause: Callable[[float], None],
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._bench = bench
        self._own = own
        self._lists = lists
        self._editor = editor
        self._notebook = notebook
        self._pause = pause
        self._tell = tell

    def run(self) -> Found:
        """Ask until nothing that is left can be told apart; the block list is always left as it was.

        Raises:
            SinkError: the API refused for a reason that has nothing to do with the leads.
            UnknownOutcome: an answer was lost; run again, and the probe goes on with fresh addresses.
        """
        self.clear()
        try:
            while (step := next_step(self._bench, tuple(self._notebook.answers))).round is not None:
                self._prepare(step.round)
                answer = self._ask(step.round)
                self._notebook.answered(answer)
                self._tell(f"{answer.round} ({step.round.asks}): {said(answer)}")
        finally:
            self.clear()
        return conclude(self._bench, tuple(self._notebook.answers))

    def clear(self) -> None:
        """Take every entry of this probe, or of one that was cut off, from the block list."""
        if self._notebook.entries and self._editor is not None:
            self._editor.unblock(self._notebook.entries)
            self._notebook.standing(())

    def _prepare(self, chosen: Round) -> None:
        """Bring the block list to where a round wants it."""
        if chosen.entries is False:
            self.clear()
        elif chosen.entries and not self._notebook.entries and self._editor is not None:
            entries = [self._own.write(entry) for entry in self._bench.entries]
            self._notebook.standing(entries)  # first, so that a crash cannot leave one behind unnoticed
            self._editor.block(entries)

    def _ask(self, chosen: Round) -> Answer:
        leads = [{"email": self._own.write(template)} for template in chosen.templates]
        sink = self._lists[chosen.request.place - 1]
        self._notebook.asking(chosen.name)
        try:
            reply = self._send(sink, leads, waived=chosen.request.waived)
        except _NO_VERDICT:
            self._notebook.asking("")
            raise
        except SinkError:
            return Answer(chosen.name, None, len(leads))
        for name in reply.nonsense:
            self._tell(f"{chosen.name}: {name} is nonsense, no number of leads; nothing is read from it")
        return Answer(chosen.name, reply.counts, len(leads))

    def _send(self, sink: Account, leads: Sequence[dict[str, str]], *, waived: bool) -> Reply:
        """Send, and again as often as the API asks to slow down: it took nothing then."""
        for _ in range(SLOWED_DOWN):
            try:
                return sink.send(leads, file_name="hygiene probe", waive_blocklist=waived)
            except RateLimited as limited:
                self._pause(PAUSE_S if limited.retry_after_s is None else limited.retry_after_s)
        return sink.send(leads, file_name="hygiene probe", waive_blocklist=waived)


def most_leads(bench: Bench, /) -> tuple[int, int]:
    """Most imports that a probe needs, and most leads in them."""
    sizes = sorted((len(each.templates) for each in bench.rounds.values()), reverse=True)
    most = min(bench.most_imports, len(sizes))
    return most, sum(sizes[:most])
