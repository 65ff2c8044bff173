"""The resolver: what a user sets, and one call that gives a verdict for every domain."""

import os
import threading
from collections.abc import Callable, Collection, Mapping, Sequence

from hygiene.deliverability import DomainVerdict, a_labels
from hygiene.errors import UsageError, option
from hygiene.resolver.cache import AnswerStore
from hygiene.resolver.engine import Engine
from hygiene.resolver.gc_pause import rare_collection
from hygiene.resolver.lookup_run import Run
from hygiene.resolver.nameservers import find_servers

__all__ = ["Resolver"]

Progress = Callable[[int, int], None]

#: Questions that may wait for an answer at the same time. Twenty times a second each, at 50 ms, that is more
#: than one process can put; a bound for when answers stay away.
WINDOW = 2_000


class Resolver:
    """Looks up whether domains take mail.

    Args:
        nameservers: ``HOST`` or ``HOST:PORT`` each, asked in turn; None reads ``HYGIENE_RESOLVER`` (comma
            separated), and else asks the system's resolvers.
        timeout_s: Seconds for one question, all tries together.
        deadline_s: Seconds for one call of `look_up`; what is undecided then is unknown. None for no limit.
        window: Questions that may wait for an answer at the same time.
        rate_per_s: Questions a second that are not exceeded; None leaves it to the pace that the name
            servers bear.
        cache: SQLite file that keeps answers from run to run; None keeps them in this object alone.
        progress: Called with the domains done and the domains asked for.

    Attributes:
        warnings: What the last `look_up` found wrong with the name servers, one sentence each.

    Raises:
        UsageError: a name server that is no address, a limit that is none, or a cache that cannot be opened.
        ResolverError: the system has no resolver set up.
    """

    def __init__(
        self,
        *,
        nameservers: Sequence[str] | None = None,
        timeout_s: float = 5.0,
        deadline_s: float | None = None,
        window: int = WINDOW,
        rate_per_s: float | None = None,
        cache: str | os.PathLike[str] | None = None,
        progress: Progress | None = None,
    ) -> None:
        limits = {
            "timeout_s": timeout_s,
            "deadline_s": deadline_s,
            "window": window,
            "rate_per_s": rate_per_s,
        }
        for name, limit in limits.items():
            if limit is not None and not (isinstance(limit, int | float) and limit > 0):
                msg = f"Resolver({name}={limit!r}): expected a number above 0."
                raise UsageError(msg)
        if isinstance(nameservers, str):
            msg = f"{option('nameservers', [nameservers])} is a list, also of one; it was handed one text."
            raise UsageError(msg)
        self._servers = find_servers(nameservers)
        self._timeout_s, self._deadline_s = timeout_s, deadline_s
        self._window, self._rate_per_s = window, rate_per_s
        self._store = AnswerStore(cache, servers=",".join(sorted(map(str, self._servers))))
        self._progress = progress
        self._one_at_a_time = threading.Lock()
        self.warnings: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Resolver {', '.join(map(str, self._servers))}>"

    def look_up(self, domains: Collection[str], /) -> Mapping[str, DomainVerdict]:
        """A verdict for every domain; what DNS does not decide is `dns_unknown` with its cause.

        An interrupt ends it at once; what was answered until then is kept for the next call.

        Args:
            domains: Domain names.

        Raises:
            UsageError: they are one text.
            ResolverError: no name server can be reached, none gives a sound answer, or none resolves.
        """
        if isinstance(domains, str):
            raise UsageError("look_up is handed one text; expected a list of domains.")
        asked = _names(domains)
        with self._one_at_a_time, self._store, rare_collection():
            self.warnings = ()
            run = Run(self._store, list(dict.fromkeys(asked.values())), progress=self._progress)
            if not run.settle_kept():
                with self._engine() as engine:
                    run.settle(engine)
            self.warnings = run.warnings
            return {domain: run.verdicts[name] for domain, name in asked.items()}

    def _engine(self) -> Engine:
        return Engine(
            self._servers,
            patience_s=self._timeout_s,
            window=self._window,
            rate_per_s=self._rate_per_s,
            run_s=self._deadline_s,
        )


def _names(domains: Collection[str]) -> dict[str, str]:
    """The names to ask for by the domains given, which are the same for nearly every list; told of all at once."""
    lines = "".join([f"{domain}\n" for domain in domains])
    if lines.isascii() and lines == lines.lower() and ".\n" not in lines:
        return dict(zip(domains, domains, strict=True))
    return {domain: a_labels(domain) or domain for domain in domains}
