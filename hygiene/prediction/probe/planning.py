"""Planning: what fits the answers of a probe so far, and the round that tells most of it apart.

What is sent and what is concluded is not decided here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from hygiene.outcomes import Counts
from hygiene.prediction.probe.experiments import Bench, Round
from hygiene.prediction.probe.hypotheses import Answers, Hypotheses, Request

__all__ = ["Answer", "Step", "asked", "narrowed", "next_step", "opened"]

#: Candidates beyond which the first round is taken that tells any apart: the order of rounds is by what they tell.
MANY = 20_000
#: Candidates that more rules are opened for: each becomes hundreds.
MOST_CANDIDATES = 2000


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


@dataclass(frozen=True, slots=True)
class Step:
    """What is known after some answers, and what to ask next.

    Attributes:
        candidates: The policies that fit every answer.
        round: The next round; None where no round tells candidates apart.
        stage: The stage that the probe is in, from 0.
    """

    candidates: Hypotheses
    round: Round | None
    stage: int = 0


@lru_cache(maxsize=2048)
def next_step(bench: Bench, answers: tuple[Answer, ...], /) -> Step:
    """What fits these answers, and the round that tells most of it apart."""
    candidates, stage = bench.candidates(), 0
    if answers:
        last = answers[-1]
        before = next_step(bench, answers[:-1])
        request = asked(bench.rounds[last.round], bench, answers[:-1])
        candidates = narrowed(before.candidates, request, last.counts)
        stage = before.stage
    found = _best(bench, candidates, answers, stage) if len(candidates) else None
    while found is None and len(candidates) and stage + 1 < len(bench.stages):
        stage += 1
        if len(candidates) > MOST_CANDIDATES:
            break  # the API answers too little for more to be told
        candidates = opened(bench, candidates, answers, stage)
        found = _best(bench, candidates, answers, stage)
    return Step(candidates, found, stage)


def opened(bench: Bench, candidates: Hypotheses, answers: Sequence[Answer], stage: int) -> Hypotheses:
    """The candidates with the rules of the next stage, and without what no later round touches."""
    if stage == 1:
        total = () if 0 in _given(answers) else ("total_counts",)
        candidates = candidates.closed([*bench.settled, *total])
    return candidates.opened(bench.stages[stage])


def narrowed(candidates: Hypotheses, request: Request, counts: Counts | None, /) -> Hypotheses:
    """The candidates that give these counts, with the request taken as sent; None for a refusal of it whole."""
    table = candidates.answers(request)
    told = [-1] * 4 if counts is None else list(counts.as_dict().values())
    keep = np.ones(len(candidates), dtype=bool)
    keep &= (table[:, 0] == -1) == (counts is None)
    for column, number in enumerate(told):
        if number is not None:
            keep &= table[:, column] == number
    if counts is not None and None in told:  # that leads are dropped cannot be seen then
        keep &= candidates.without_limit()
    return candidates.narrowed(request, keep)


def _best(bench: Bench, candidates: Hypotheses, answers: Sequence[Answer], stage: int) -> Round | None:
    """The round with the most different answers; of equal ones the first, and of very many candidates any such."""
    given = _given(answers)
    best, most = None, 1
    if len(answers) >= bench.most_imports:
        return None
    done = [(answer.round, answer.counts is not None) for answer in answers]
    for name in bench.open_rounds(done, stage=stage):
        chosen = bench.rounds[name]
        answers_ = _distinct(candidates.answers(asked(chosen, bench, answers))[:, given])
        if answers_ > most:
            best, most = chosen, answers_
            if len(candidates) > MANY:
                break
    return best


def asked(chosen: Round, bench: Bench, before: Sequence[Answer]) -> Request:
    """The request of a round as it is after others: entries stand until a round wants them gone."""
    wants = [bench.rounds[answer.round].entries for answer in before]
    standing = next((each for each in reversed(wants) if each is not None), False)
    return chosen.request if chosen.entries is not None else replace(chosen.request, standing=standing)


def _given(answers: Sequence[Answer]) -> list[int]:
    """The counters that the API gives, as far as it has answered."""
    for answer in answers:
        if answer.counts is not None:
            cells = answer.counts.as_dict().values()
            return [place for place, cell in enumerate(cells) if cell is not None]
    return [0, 1, 2, 3]


def _distinct(table: Answers) -> int:
    base = int(table.max(initial=0)) + 2
    return len(np.unique((table + 1) @ (base ** np.arange(table.shape[1]))))
