"""Findings: what the answers of a probe tell, which of them told it, and which contradict each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from hygiene.policy import RULES, ImportPolicy
from hygiene.prediction.probe.experiments import Bench
from hygiene.prediction.probe.hypotheses import Hypotheses
from hygiene.prediction.probe.planning import Answer, asked, narrowed, next_step, opened

__all__ = ["Found", "conclude", "said"]


@dataclass(frozen=True, slots=True)
class Found:
    """What a probe learned.

    Attributes:
        policy: The rules; those that were decided are marked as measured.
        undecided: Rules that no round could decide.
        answers: Every round that was answered.
        fits: Whether any policy fits all answers; else none of the rules is marked as measured.
        staying: Leads that stay in the lists for good; None where the API does not say.
        because: Each measured rule with the request, and its rows, that decided it.
        contradiction: Which answers no policy gives together; empty where some policy fits.
    """

    policy: ImportPolicy
    undecided: tuple[str, ...]
    answers: tuple[Answer, ...]
    fits: bool
    staying: int | None
    because: Mapping[str, str] = field(default_factory=dict)
    contradiction: str = ""

    def evidence(self) -> list[str]:
        """One sentence a round, for the comments of the policy."""
        return [
            f"request {number}, {answer.round}: {answer.leads} leads, {said(answer)}"
            for number, answer in enumerate(self.answers, 1)
        ]


def conclude(bench: Bench, answers: tuple[Answer, ...], /) -> Found:
    """What the answers tell: the policy nearest to the defaults that fits them all."""
    candidates = next_step(bench, answers).candidates
    imported = [answer.counts.imported for answer in answers if answer.counts is not None]
    staying = None if None in imported else sum(number or 0 for number in imported)
    if not len(candidates):
        undecided, why = tuple(RULES), _contradiction(bench, answers)
        return Found(ImportPolicy(), undecided, answers, fits=False, staying=staying, contradiction=why)
    decided = frozenset(candidates.decided())
    undecided = tuple(name for name in RULES if name not in decided)
    policy = replace(candidates.nearest(), measured=decided)
    because = _because(bench, answers, policy)
    return Found(policy, undecided, answers, fits=True, staying=staying, because=because)


def _because(bench: Bench, answers: tuple[Answer, ...], policy: ImportPolicy) -> dict[str, str]:
    """Each measured rule with the request that left one value of it, and the rows of that which count by it."""
    found: dict[str, str] = {}
    for number, answer in enumerate(answers, 1):
        before = next_step(bench, answers[: number - 1]).candidates
        decided = next_step(bench, answers[:number]).candidates.decided()
        request = asked(bench.rounds[answer.round], bench, answers[: number - 1])
        for rule in policy.measured - set(found):
            if rule in decided:
                rows = before.deciding_rows(request, policy, rule)
                found[rule] = f"request {number} ({answer.round}){_rows(rows)}"
    return found


def _rows(rows: Sequence[int]) -> str:
    """Row numbers of a request, runs of them as such."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][-1] + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    named = ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
    return f", row{'s' * (len(rows) > 1)} {named}" if rows else ""


def _contradiction(bench: Bench, answers: tuple[Answer, ...]) -> str:
    """Which answers no policy gives together."""
    last = answers[-1]
    if len(answers) == 1:
        return f"no policy answers {last.round} with {said(last)}"
    opening = 1 + next((place for place, each in enumerate(answers) if each.counts is not None), 0)
    against = [
        each.round
        for place, each in enumerate(answers[:-1])
        if place >= opening and len(_without(bench, answers, place))
    ]
    before = [each.round for each in answers[:-1]]
    named = " or ".join(against) if against else " and ".join(before)
    return f"{last.round} ({said(last)}) contradicts {named}: no policy gives both"


def _without(bench: Bench, answers: tuple[Answer, ...], skipped: int) -> Hypotheses:
    """The candidates that fit all answers but one, whose request was sent all the same."""
    step = next_step(bench, answers[:skipped])
    candidates, stage = step.candidates, step.stage
    for place in range(skipped, len(answers)):
        answer = answers[place]
        request = asked(bench.rounds[answer.round], bench, answers[:place])
        while stage < bench.rounds[answer.round].stage:
            stage += 1
            candidates = opened(bench, candidates, answers[:place], stage)
        if place == skipped:
            candidates = candidates.narrowed(request, np.ones(len(candidates), dtype=bool))
        else:
            candidates = narrowed(candidates, request, answer.counts)
    return candidates


def said(answer: Answer, /) -> str:
    """The counts of an answer, for people."""
    if answer.counts is None:
        return "refused whole"
    cells = answer.counts.as_dict().items()
    given = ", ".join(f"{number} {name}" for name, number in cells if number is not None)
    missing = ", ".join(name for name, number in cells if number is None)
    return given + (f" (no {missing} in the reply)" if missing else "")
