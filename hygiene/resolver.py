"""Bulk MX look-ups over dnspython: one question a distinct domain, and never a guess.

What an answer means is decided in `deliverability`.
"""

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import dns.exception
import dns.rdatatype
import dns.resolver

from hygiene.deliverability import DomainVerdict, judge_mx
from hygiene.errors import ResolverError, UsageError

__all__ = ["Resolver"]

Progress = Callable[[int, int], None]

#: Look-ups at the same time. dnspython spends near a millisecond of one core on each, so more gain little.
TASKS = 32
DNS_PORT = 53


class Resolver:
    """Looks up whether domains take mail.

    Args:
        nameservers: ``HOST`` or ``HOST:PORT`` each; None reads ``HYGIENE_RESOLVER`` (comma separated), and
            else asks the system's resolvers.
        timeout_s: Seconds for one question, all tries together.
        progress: Called with the domains done and the domains asked for.

    Raises:
        UsageError: a name server that is no address.
        ResolverError: the system has no resolver set up.
    """

    def __init__(
        self,
        *,
        nameservers: Sequence[str] | None = None,
        timeout_s: float = 5.0,
        progress: Progress | None = None,
    ) -> None:
        given = os.environ.get("HYGIENE_RESOLVER", "")
        servers = nameservers if nameservers is not None else [part for part in given.split(",") if part]
        self._resolver = _system_resolver() if not servers else dns.resolver.Resolver(configure=False)
        if servers:
            self._resolver.nameservers = [_nameserver(server) for server in servers]
        self._resolver.lifetime = timeout_s
        self._resolver.search = []
        self._progress = progress

    def look_up(self, domains: Collection[str], /) -> Mapping[str, DomainVerdict]:
        """A verdict for every domain; what DNS does not decide is `dns_unknown` with its cause.

        Args:
            domains: Domain names as A-labels.

        Raises:
            ResolverError: no name server answered a single question.
        """
        verdicts: dict[str, DomainVerdict] = {}
        distinct = sorted(set(domains))
        with ThreadPoolExecutor(max_workers=TASKS, thread_name_prefix="mx") as pool:
            for domain, verdict in zip(distinct, pool.map(self._judge, distinct), strict=True):
                verdicts[domain] = verdict
                if self._progress:
                    self._progress(len(verdicts), len(distinct))
        if verdicts and all(verdict.cause == "timeout" for verdict in verdicts.values()):
            msg = (
                f"no name server answered for any of {len(verdicts)} domains. "
                "Name one that does with --resolver HOST[:PORT], or leave DNS out with --no-dns."
            )
            raise ResolverError(msg)
        return verdicts

    def _judge(self, domain: str) -> DomainVerdict:
        try:
            answer = self._resolver.resolve(domain, "MX", search=False)
        except dns.resolver.NoAnswer:
            return self._judge_hosts(domain)
        except dns.exception.DNSException as error:
            return _judge_failure(error)
        return judge_mx([(record.preference, record.exchange.to_text()) for record in answer])

    def _judge_hosts(self, domain: str) -> DomainVerdict:
        """The verdict for a domain that exists and has no MX: its own address takes the mail, if any."""
        for kind in ("A", "AAAA"):
            try:
                self._resolver.resolve(domain, kind, search=False)
            except dns.resolver.NoAnswer:
                continue
            except dns.exception.DNSException as error:
                return _judge_failure(error)
            return DomainVerdict("accepts_implicit", hosts=(domain,))
        return DomainVerdict("no_mail_host")


def _judge_failure(error: dns.exception.DNSException) -> DomainVerdict:
    if isinstance(error, dns.resolver.NXDOMAIN):
        return DomainVerdict("domain_not_found")
    if isinstance(error, dns.exception.Timeout):
        return DomainVerdict("dns_unknown", cause="timeout")
    if isinstance(error, dns.resolver.NoNameservers):
        cause = "refused" if "REFUSED" in str(error) else "servfail"
        return DomainVerdict("dns_unknown", cause=cause)
    return DomainVerdict("dns_unknown", cause="malformed")


def _system_resolver() -> dns.resolver.Resolver:
    try:
        return dns.resolver.Resolver()
    except dns.resolver.NoResolverConfiguration as error:
        msg = "this system has no DNS resolver set up. Name one with --resolver HOST[:PORT], or use --no-dns."
        raise ResolverError(msg) from error


def _nameserver(server: str) -> "dns.nameserver.Do53Nameserver":
    import dns.inet
    import dns.nameserver

    host, colon, port = server.rpartition(":")
    if not colon or dns.inet.is_address(server):
        host, port = server, str(DNS_PORT)
    host = host.strip("[]")
    if not dns.inet.is_address(host) or not port.isdigit() or not 0 < int(port) < 2**16:
        msg = f"--resolver {server}: expected the IP address of a name server, with or without :PORT."
        raise UsageError(msg)
    return dns.nameserver.Do53Nameserver(host, int(port))
