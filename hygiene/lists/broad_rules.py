"""Broad rules: entries of a suppression list that would forbid far more than anybody means.

A public suffix (co.uk) or a large mailbox provider (gmail.com) is refused unless it is confirmed by name.
A snapshot of the API's block list is a fact, and not looked at here.
"""

import re
from collections.abc import Collection, Sequence

import pyarrow as pa

from hygiene.errors import ListError, option
from hygiene.lists.entries import judge
from hygiene.lists.rule_list import RuleList
from hygiene.lists.suffixes import is_public_suffix

__all__ = ["check_broad"]

#: Domains under which very many people who have nothing to do with each other have their mailbox.
_PROVIDERS = frozenset({
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com",
    "ymail.com", "rocketmail.com", "aol.com", "icloud.com", "me.com", "mac.com", "proton.me",
    "protonmail.com", "pm.me", "gmx.net", "gmx.com", "web.de", "t-online.de", "freenet.de", "mail.com",
    "mail.ru", "bk.ru", "inbox.ru", "list.ru", "yandex.com", "rambler.ru", "qq.com", "163.com", "126.com",
    "sina.com", "foxmail.com", "naver.com", "daum.net", "hanmail.net", "zoho.com", "fastmail.com", "tuta.com",
    "tutanota.com", "orange.fr", "wanadoo.fr", "free.fr", "laposte.net", "sfr.fr", "libero.it", "virgilio.it",
    "tiscali.it", "wp.pl", "o2.pl", "onet.pl", "interia.pl", "seznam.cz", "comcast.net", "verizon.net",
    "att.net", "sbcglobal.net", "bellsouth.net", "cox.net", "charter.net", "btinternet.com", "sky.com",
    "uol.com.br", "bol.com.br", "terra.com.br", "rediffmail.com", "bigpond.com", "shaw.ca", "rogers.com",
    "sympatico.ca", "telenet.be", "skynet.be", "ziggo.nl", "kpnmail.nl", "bluewin.ch",
})  # fmt: skip
#: The names that such providers have in many countries.
_NATIONAL = re.compile(r"(?:gmx|hotmail|live|outlook|yahoo|yandex)\.(?:com?\.)?[a-z]{2}\Z")
#: Lines that a message names.
_SHOWN = 3


def check_broad(rules: RuleList, /, *, allowed: Collection[str] = ()) -> None:
    """Hold the domains of a suppression list against what would forbid too much.

    Args:
        rules: The list.
        allowed: Domains that are meant all the same.

    Raises:
        ListError: an entry is a public suffix or a large mailbox provider, and not allowed.
    """
    words = pa.array([text.strip() for text in allowed], pa.large_string())
    meant = set(judge(words, hashes=False, single_labels=True).text.to_pylist())
    found = [
        (int(line), text)
        for line, text in zip(rules.domains.line, rules.domains.text.to_pylist(), strict=True)
        if text not in meant and (_is_provider(text) or is_public_suffix(text))
    ]
    if found:
        raise ListError(_message(rules.name, found))


def _message(name: str, found: Sequence[tuple[int, str]]) -> str:
    shown = ", ".join(f"line {line}: {text}" for line, text in found[:_SHOWN])
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    text = found[0][1]
    kind = "a large mailbox provider" if _is_provider(text) else "a public suffix"
    return (
        f"{name}: {shown}{more} would forbid far too many leads: {text} is {kind}. "
        f"Take it off the list, or confirm it with {option('allow_broad_rules', [text])}."
    )


def _is_provider(domain: str) -> bool:
    return domain in _PROVIDERS or bool(_NATIONAL.match(domain))
