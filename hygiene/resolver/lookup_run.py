"""A run: many domains to their verdicts, each question asked once however many domains need its answer.

What an answer means is decided in `deliverability`; how questions travel, in `engine`.
"""

import logging
import secrets
from collections.abc import Callable, Iterator, Sequence
from time import monotonic

from hygiene.deliverability import Answer, DomainVerdict, Inquiry, Kind, Question, doubt
from hygiene.errors import Note, ResolverError, option
from hygiene.resolver.cache import AnswerStore
from hygiene.resolver.connection import Connection
from hygiene.resolver.engine import Engine
from hygiene.resolver.proof import Proof

__all__ = ["Run"]

_log = logging.getLogger("hygiene")

#: Questions that are put ahead of what can be sent: at least, at most, and at once where it is between.
_NEEDED, _AHEAD, _STEP = 500, 20_000, 50

#: Seconds between two words of progress.
_TELL_S = 0.1

#: Questions refused or failed, without one sound answer, before the name servers are taken for useless.
_ENOUGH = 50

#: Most domains that name servers which gave no record at all leave unknown; with more the run stops.
_FEW = 20

#: Causes of an answer that say nothing about the name servers.
_OF_NO_SERVER = frozenset({"bad_name", "deadline"})

_ADVICE = (
    f"Name one that does with {option('nameservers', value='HOST[:PORT]')}, or leave DNS out with "
    f"{option('resolver', None)}."
)


class Run:
    """One call of `Resolver.look_up`.

    Args:
        store: Answers from before; new ones are put there.
        domains: The domains, each once.
        progress: Called with the domains done and the domains asked for.

    Attributes:
        verdicts: What was found, by domain.
        warnings: What is wrong with the name servers, one sentence each.
    """

    def __init__(
        self, store: AnswerStore, domains: Sequence[str], *, progress: Callable[[int, int], None] | None
    ) -> None:
        self.verdicts: dict[str, DomainVerdict] = {}
        self.warnings: tuple[str, ...] = ()
        self._store = store
        self._proof = Proof(store)
        self._store_is_empty = store.is_empty
        self._not_kept: set[Question] = set()
        self._domains = domains
        self._progress = progress
        self._told = monotonic()
        self._waiting: dict[Question, list[Inquiry]] = {}
        self._answers: dict[Question, Answer] = {}
        self._canaries: dict[Question, Connection] = {}
        self._invented: dict[Kind, str] = {}

    def settle_kept(self) -> bool:
        """Judge the domains whose answers are all kept from before; True where that was all."""
        for domain in () if self._store_is_empty else self._domains:
            inquiry = Inquiry(domain)
            while inquiry.question is not None and (answer := self._kept(inquiry.question)) is not None:
                inquiry.take(answer)
            self._settle(inquiry)
        return len(self.verdicts) == len(self._domains)

    def settle(self, engine: Engine, /) -> None:
        """Judge the others by asking.

        Raises:
            ResolverError: no name server can be reached, or none gives a sound answer.
        """
        pending = [domain for domain in self._domains if domain not in self.verdicts]
        self._ask_canaries(engine)
        try:
            self._ask_all(engine, iter(pending))
            self._prove(engine, pending)
        finally:
            self._proof.settle()
        self._doubt()

    def _ask_all(self, engine: Engine, pending: Iterator[str]) -> None:
        self._begin(engine, pending)
        for batch in engine.batches():
            for question, answer in batch:
                if self._canaries and question in self._canaries:
                    self._hear_canary(question, answer)
                else:
                    self._take(engine, question, answer)
                if answer.cause and answer.cause not in _OF_NO_SERVER:
                    self._check_use(engine)
            self._begin(engine, pending)
            if self._is_over():
                break
        lost = any(
            verdict.cause in ("deadline", "timeout", "no_resolver") for verdict in self.verdicts.values()
        )
        if lost and not any(link.heard for link in engine.links):
            raise ResolverError(_useless(engine, "answered"))

    def _is_over(self) -> bool:
        """Whether all is known, but for canaries of name servers that were never heard."""
        return len(self.verdicts) == len(self._domains) and not any(
            link.heard for link in self._canaries.values()
        )

    def _begin(self, engine: Engine, pending: Iterator[str]) -> None:
        """Put some questions; more than are needed now, as there is most time for it at the slow start."""
        wanted = max(_NEEDED, min(engine.queued + _STEP, _AHEAD))
        while engine.queued < wanted and (domain := next(pending, None)) is not None:
            self._advance(engine, Inquiry(domain))

    def _advance(self, engine: Engine, inquiry: Inquiry) -> None:
        while (question := inquiry.question) is not None:
            if question in self._waiting:
                self._waiting[question].append(inquiry)
                return
            answer = self._answers.get(question) or self._kept(question)
            if answer is None:
                self._waiting[question] = [inquiry]
                engine.ask(question)
                return
            if not answer.records:
                self._proof.lean(inquiry.domain, question)
            inquiry.take(answer)
        self._settle(inquiry)

    def _kept(self, question: Question) -> Answer | None:
        """What was kept before this run; nothing is looked for twice."""
        if self._store_is_empty or question in self._not_kept:
            return None
        answer = self._store.get(question)
        if answer is None:
            self._not_kept.add(question)
        return answer

    def _take(self, engine: Engine, question: Question, answer: Answer) -> None:
        if self._invented:
            kept = answer
        elif answer.records:
            kept = self._store.put(question, answer)
        else:
            kept = self._proof.put(engine, question, answer)
        if question.kind != "MX":  # which nobody else asks for, as each domain is there once
            self._answers[question] = kept
        for inquiry in self._waiting.pop(question):
            if not kept.records:
                self._proof.lean(inquiry.domain, question)
            inquiry.take(kept)
            self._advance(engine, inquiry)

    def _settle(self, inquiry: Inquiry) -> None:
        if inquiry.verdict is None:
            return
        self.verdicts[inquiry.domain] = inquiry.verdict
        done, total = len(self.verdicts), len(self._domains)
        if self._progress and (done == total or monotonic() - self._told > _TELL_S):
            self._told = monotonic()
            self._progress(done, total)

    def _ask_canaries(self, engine: Engine) -> None:
        """Ask every name server for a name that cannot exist."""
        kinds: tuple[Kind, ...] = ("MX", "A")
        for link in engine.links:
            name = f"{secrets.token_hex(12)}.com"
            for kind in kinds:
                self._canaries[Question(name, kind)] = link
                engine.ask(Question(name, kind), only=link)

    def _hear_canary(self, question: Question, answer: Answer) -> None:
        """Take note of a resolver that answers everything, of which nothing is kept then."""
        link = self._canaries.pop(question)
        if answer.state == "found":
            self._invented.setdefault(question.kind, str(link.server))
            self._store.drop_new()

    def _check_use(self, engine: Engine) -> None:
        """Stop where going on would merely call a whole list unknown."""
        if engine.unreachable:
            raise ResolverError(_useless(engine, "can be reached"))
        if not any(link.heard for link in engine.links):
            raise ResolverError(_useless(engine, "answered"))
        if self._canaries or any(link.sound for link in engine.links):
            return
        nothing = len(self.verdicts) == len(self._domains)
        if nothing or sum(link.turned_down for link in engine.links) >= _ENOUGH:
            raise ResolverError(_useless(engine, "gave a sound answer to any question (REFUSED or SERVFAIL)"))

    def _prove(self, engine: Engine, asked: Sequence[str]) -> None:
        """Take nothing for missing by the word of a name server that gave no record at all.

        Raises:
            ResolverError: none gave one, and many domains were asked for.
        """
        put = sum(self.verdicts[domain].cause != "bad_name" for domain in asked)
        if not put:
            return
        in_time = self._proof.ask(engine)
        doubted = self._proof.doubted(self.verdicts)
        self.verdicts.update(doubted)
        useless = not any(link.gave for link in engine.links)
        if useless and in_time and put > _FEW:
            raise ResolverError(_does_not_resolve(engine, put))
        if useless or doubted:
            servers = _named([link for link in engine.links if not link.gave])
            self._warn(
                f"{servers} gave no record, not even of the root's name servers; that something does not exist is "
                f"not believed of it. Name another with {option('nameservers')}."
            )

    def _warn(self, text: str) -> None:
        self.warnings += (Note(text),)
        _log.warning(self.warnings[-1])

    def _doubt(self) -> None:
        if not self._invented:
            return
        kinds = " and ".join(self._invented)
        server = next(iter(self._invented.values()))
        self._warn(
            f"the name server {server} answers for names that do not exist ({kinds} records), as captive "
            f"portals do; verdicts that rest on such records are unknown. Name another with {option('nameservers')}."
        )
        for domain, verdict in self.verdicts.items():
            if not verdict.cached:
                self.verdicts[domain] = doubt(verdict, invented=self._invented)


def _useless(engine: Engine, what: str) -> str:
    return f"no name server {what} ({_named(engine.links)}). {_ADVICE}"


def _does_not_resolve(engine: Engine, domains: int) -> str:
    which = "this server does" if len(engine.links) == 1 else "these servers do"
    return (
        f"{which} not resolve ({_named(engine.links)}): no record for any of {domains} domains, nor for the name "
        f"servers of the root. {_ADVICE}"
    )


def _named(links: Sequence[Connection]) -> str:
    return ", ".join(str(link.server) for link in links)
