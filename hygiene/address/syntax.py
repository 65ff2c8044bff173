"""Syntax: the verdict and the normal form that email-validator gives one text.

Plain ASCII is decided here by the library's own rules, each domain once; what is not plain goes to the
library itself. That both agree is held by a differential test. No text is repaired here.
"""

import functools
import re
from typing import NamedTuple

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, ValidatedEmail, validate_email

from hygiene.address.reason_codes import code_of_message

__all__ = [
    "ADDRESS_OCTETS",
    "ATEXT",
    "LABEL_OCTETS",
    "LOCAL_OCTETS",
    "READ_CHARACTERS",
    "ROLES_IN_LOWER_CASE",
    "Syntax",
    "Verdict",
    "explain",
    "forget_hosts",
]

#: Longest address a path can carry. RFC 5321 4.5.3.1.3: 256 with the angle brackets.
ADDRESS_OCTETS = 254
#: Longest local part. RFC 5321 4.5.3.1.1. Whether it is held to is the library's to say: from 2.3 on it
#: is only where it is asked to be strict.
LOCAL_OCTETS = 64
#: Longest label of a domain name. RFC 1035 2.3.1.
LABEL_OCTETS = 63
#: Longest domain name in text. RFC 1035 2.3.4, less the root label.
DOMAIN_OCTETS = 253
#: Longest text that is handed to the library. It refuses all that are longer than an address may be, in
#: up to 4 octets a character, but it reads them first.
READ_CHARACTERS = 4 * ADDRESS_OCTETS

#: Domains whose verdict by the library is kept in this process: the chunks of a file share many.
KEPT_HOSTS = 1 << 14

#: Characters of a local part besides dots. RFC 5322 3.2.3.
ATEXT = r"[a-zA-Z0-9_!#$%&'*+\-/=?^`{|}~]"
#: Mailbox names whose case does not count, and which the normal form has in lower case. RFC 2142.
ROLES_IN_LOWER_CASE = frozenset(
    {
        "info", "marketing", "sales", "support", "abuse", "noc", "security", "postmaster", "hostmaster",
        "usenet", "news", "webmaster", "www", "uucp", "ftp",
    }
)  # fmt: skip

_LOCAL = re.compile(rf"{ATEXT}+(?:\.{ATEXT}+)*\Z")
#: A domain of two labels or more that ends in a letter, in lower case. RFC 1123 2.1.
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?\.)+(?:[a-z0-9][a-z0-9\-]*)?[a-z]\Z")
_LONG_LABEL = re.compile(rf"[a-z0-9\-]{{{LABEL_OCTETS + 1}}}")
#: Labels with hyphens in third and fourth place are reserved for encodings (RFC 5891 4.2.3.1): `xn--` and
#: what looks like it is the library's to judge.
_PUNYCODE_LIKE = re.compile(r"(?:^|\.)[^.]{2}--")
#: Domains under which there is no mail, by the library's own list.
_SPECIAL_USE = re.compile(r"(?:^|\.)(?:" + "|".join(map(re.escape, SPECIAL_USE_DOMAIN_NAMES)) + r")\Z")


class Verdict(NamedTuple):
    """The normal form and the domain as A-labels, or the reason code of the refusal."""

    address: str | None
    domain: str | None
    code: str | None


class _Host(NamedTuple):
    """A domain's normal form and A-labels, the octets of its longest form, or the code of the refusal."""

    name: str
    ascii_name: str
    octets: int
    code: str | None


class Syntax:
    """The library's verdict on texts, one by one; it remembers every domain it has judged."""

    def __init__(self) -> None:
        self._hosts: dict[str, _Host] = {}

    def judge(self, text: str, /) -> Verdict:
        """The verdict on a text as it stands."""
        local, at, domain = text.partition("@")
        if not at:
            return Verdict(None, None, "no_at_sign")
        if len(text) > READ_CHARACTERS:
            return Verdict(None, None, "address_too_long")
        if not _LOCAL.match(local):
            if text.isascii():  # quoted parts and display names among them, which we do not allow
                return Verdict(None, None, "bad_local_part")
            return _ask(text)
        if len(local) > LOCAL_OCTETS:
            return _ask(text)
        return self._join(local, domain)

    def _join(self, local: str, domain: str) -> Verdict:
        """The verdict on a plain local part at any domain."""
        host = self._hosts.get(domain)
        if host is None:
            host = self._hosts[domain] = _judge_host(domain)
        if host.code is not None:
            return Verdict(None, None, host.code)
        if len(local) + 1 + host.octets > ADDRESS_OCTETS:
            return Verdict(None, None, "address_too_long")
        lower = local.lower()
        return Verdict(
            f"{lower if lower in ROLES_IN_LOWER_CASE else local}@{host.name}", host.ascii_name, None
        )


def explain(text: str, /) -> str | None:
    """What email-validator says against a text, in its own words; None where it accepts it.

    The library names single characters, never the address.
    """
    found = _validated(text)
    return found if isinstance(found, str) else None


def _judge_host(domain: str) -> _Host:
    name = domain.lower()
    if not domain.isascii() or _PUNYCODE_LIKE.search(name):
        return _ask_of_host(domain)
    code = None
    if len(name) > DOMAIN_OCTETS:
        code = "address_too_long"
    elif not _HOST.match(name) or _LONG_LABEL.search(name):
        code = "bad_domain"
    elif _SPECIAL_USE.search(name):
        code = "special_use_domain"
    return _Host(name, name, len(name), code)


@functools.lru_cache(maxsize=KEPT_HOSTS)
def _ask_of_host(domain: str) -> _Host:
    address, ascii_name, code = _ask(f"a@{domain}")
    forms = ((address or "").partition("@")[2], ascii_name or "")
    return _Host(*forms, max(len(form.encode()) for form in (domain, *forms)), code)


def forget_hosts() -> None:
    """Ask the library anew about every domain, as in a new process."""
    _ask_of_host.cache_clear()


def _ask(text: str) -> Verdict:
    found = _validated(text)
    if isinstance(found, str):
        return Verdict(None, None, code_of_message(text, found))
    return Verdict(found.normalized, found.ascii_domain.lower(), None)


def _validated(text: str) -> ValidatedEmail | str:
    """The library's answer under our options, which are its defaults, or its message."""
    try:
        return validate_email(
            text,
            allow_smtputf8=True,
            allow_empty_local=False,
            allow_quoted_local=False,
            allow_domain_literal=False,
            allow_display_name=False,
            check_deliverability=False,
            test_environment=False,
            globally_deliverable=True,
        )
    except EmailNotValidError as error:
        return str(error)
