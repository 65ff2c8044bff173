"""Proof: whether a name server resolves at all, without which nobody believes it that something does not exist.

A server that gave a record in this run resolves. One that gave none is asked for the root's name servers, which
any resolver knows. What an answer means for mail is decided in `deliverability`.
"""

from collections.abc import Mapping

from hygiene.deliverability import Answer, DomainVerdict, Question, withhold_belief
from hygiene.resolver.cache import AnswerStore
from hygiene.resolver.connection import Connection
from hygiene.resolver.encode import ROOT
from hygiene.resolver.engine import Engine

__all__ = ["Proof"]


class Proof:
    """Answers that there is nothing, by servers that had given no record until then.

    Args:
        store: Where they are kept once they are believed.
    """

    def __init__(self, store: AnswerStore) -> None:
        self._store = store
        self._word_of: dict[Question, Connection] = {}
        self._rests_on: dict[str, list[Connection]] = {}

    def put(self, engine: Engine, question: Question, answer: Answer) -> Answer:
        """Keep an answer without records, for the time being if it is not proven; gives it as it is kept."""
        if question in engine.unproven:
            self._word_of[question] = engine.unproven[question]
            return self._store.put(question, answer, proven=False)
        return self._store.put(question, answer)

    def lean(self, domain: str, question: Question) -> None:
        """Note that the verdict for a domain rests on an answer without records."""
        if question in self._word_of:
            self._rests_on.setdefault(domain, []).append(self._word_of[question])

    def settle(self) -> None:
        """Keep what servers said that gave a record meanwhile."""
        self._store.believe(question for question, link in self._word_of.items() if link.gave)

    def ask(self, engine: Engine) -> bool:
        """Ask those servers that something rests on, or all where none gave a record, for one they must have.

        Returns:
            Whether there was time for their answers.
        """
        links = {link for leaning in self._rests_on.values() for link in leaning if not link.gave}
        if not any(link.gave for link in engine.links):
            links.update(link for link in engine.links if link.heard)
        for link in links:
            engine.ask(Question(*ROOT), only=link)
        left, in_time = len(links), True
        for question, answer in engine.answers() if links else ():
            left -= question == ROOT
            in_time &= answer.cause != "deadline"
            if not left:
                break
        return in_time

    def doubted(self, verdicts: Mapping[str, DomainVerdict]) -> dict[str, DomainVerdict]:
        """The verdicts that become unknown, as what they rest on is not believed."""
        changed: dict[str, DomainVerdict] = {}
        for domain, links in self._rests_on.items():
            verdict = withhold_belief(verdicts[domain])
            if verdict is not verdicts[domain] and not all(link.gave for link in links):
                changed[domain] = verdict
        return changed
