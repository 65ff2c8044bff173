"""Probe: learn how an import API counts, from a handful of designed requests.

What is sent is planned from the policies that are still possible, and each answer leaves fewer. The account,
the notebook of what was asked and the waiting are handed over; no edge is imported.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Protocol

import numpy as np

from hygiene.errors import AuthError, ListNotFound, RateLimited, SinkError, Unreachable
from hygiene.outcomes import Counts
from hygiene.policy import RULES, ImportPolicy
from hygiene.prediction.probe.experiments import Bench, Own, Round
from hygiene.prediction.probe.hypotheses import Answers, Hypotheses, Request
from hygiene.sinks import BlockListEditor, Reply

__all__ = ["Account", "Answer", "Checkpoint", "Found", "Probe", "Step", "conclude", "most_leads", "next_step"]

#: Refusals that say nothing about the leads of a request.
_NO_VERDICT = (AuthError, ListNotFound, RateLimited, Unreachable)
#: Times that a request is sent again because the API asked to slow down; nothing of it was taken.
SLOWED_DOWN = 5
#: Most imports that any policy takes (found by trying them all: benchmarks/probe.py).
MOST_IMPORTS = 6
#: Seconds to wait where the API asks to slow down without a number.
PAUSE_S = 30.0


class Account(Protocol):
    """A scratch list that takes leads."""

    def send(
        self, leads: Sequence[dict[str, str]], /, *, file_name: str, waive_blocklist: bool = False
    ) -> Reply:
        """Import leads into the list; see `hygiene.importing.Sink`."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API said to one round.

    Attributes:
        round: Name of the round.
        counts: Its counts; None where the request was refused whole.
        leads: Leads in it.
    """

    round: str
    counts: Counts | None
    leads: int


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


@dataclass(frozen=True, slots=True)
class Step:
    """What is known after some answers, and what to ask next.

    Attributes:
        candidates: The policies that fit every answer.
        round: The next round; None where no round tells candidates apart.
    """

    candidates: Hypotheses
    round: Round | None


@dataclass(frozen=True, slots=True)
class Found:
    """What a probe learned.

    Attributes:
        policy: The rules; those that were decided are marked as measured.
        undecided: Rules that no round could decide.
        answers: Every round that was answered.
        fits: Whether any policy fits all answers; else none of the rules is marked as measured.
        staying: Leads that stay in the lists for good; None where the API does not say.
    """

    policy: ImportPolicy
    undecided: tuple[str, ...]
    answers: tuple[Answer, ...]
    fits: bool
    staying: int | None

    def evidence(self) -> list[str]:
        """One sentence a round, for the comments of the policy."""
        return [f"{answer.round}: {answer.leads} leads, {_said(answer)}" for answer in self.answers]


def _narrowed(candidates: Hypotheses, request: Request, counts: Counts | None) -> Hypotheses:
    table = candidates.answers(request)
    told = [-1] * 4 if counts is None else list(counts.as_dict().values())
    keep = np.ones(len(candidates), dtype=bool)
    keep &= (table[:, 0] == -1) == (counts is None)
    for column, number in enumerate(told):
        if number is not None:
            keep &= table[:, column] == number
    return candidates.narrowed(request, keep)


def _best(bench: Bench, candidates: Hypotheses, answers: Sequence[Answer]) -> Round | None:
    """The round with the most different answers; of equal ones the first."""
    given = _given(answers)
    best, most = None, 1
    for name in bench.open_rounds([(answer.round, answer.counts is not None) for answer in answers]):
        chosen = bench.rounds[name]
        answers_ = _distinct(candidates.answers(chosen.request)[:, given])
        if answers_ > most:
            best, most = chosen, answers_
    return best


def _given(answers: Sequence[Answer]) -> list[int]:
    """The counters that the API gives, as far as it has answered."""
    for answer in answers:
        if answer.counts is not None:
            cells = answer.counts.as_dict().values()
            return [place for place, cell in enumerate(cells) if cell is not None]
    return [0, 1, 2, 3]


def _distinct(table: Answers) -> int:
    return len(np.unique(table, axis=0))


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
                self._tell(f"{answer.round} ({step.round.asks}): {_said(answer)}")
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


def conclude(bench: Bench, answers: tuple[Answer, ...], /) -> Found:
    """What the answers tell: the policy nearest to the defaults that fits them all."""
    candidates = next_step(bench, answers).candidates
    imported = [answer.counts.imported for answer in answers if answer.counts is not None]
    staying = None if None in imported else sum(number or 0 for number in imported)
    if not len(candidates):
        return Found(ImportPolicy(), tuple(RULES), answers, fits=False, staying=staying)
    decided = frozenset(candidates.decided())
    undecided = tuple(name for name in RULES if name not in decided)
    policy = replace(candidates.nearest(), measured=decided)
    return Found(policy, undecided, answers, fits=True, staying=staying)


@lru_cache(maxsize=2048)
def next_step(bench: Bench, answers: tuple[Answer, ...], /) -> Step:
    """What fits these answers, and the round that tells most of it apart."""
    candidates = bench.candidates()
    if answers:
        last = answers[-1]
        before = next_step(bench, answers[:-1]).candidates
        candidates = _narrowed(before, bench.rounds[last.round].request, last.counts)
    return Step(candidates, _best(bench, candidates, answers) if len(candidates) > 1 else None)


def _said(answer: Answer) -> str:
    if answer.counts is None:
        return "refused whole"
    cells = answer.counts.as_dict().items()
    given = ", ".join(f"{number} {name}" for name, number in cells if number is not None)
    missing = ", ".join(name for name, number in cells if number is None)
    return given + (f" (no {missing} in the reply)" if missing else "")


def most_leads(bench: Bench, /) -> tuple[int, int]:
    """Most imports that a probe needs, and most leads in them."""
    sizes = sorted((len(each.templates) for each in bench.rounds.values()), reverse=True)
    return min(MOST_IMPORTS, len(sizes)), sum(sizes[:MOST_IMPORTS])
