"""Links: a website with a scheme and a host in small letters, and a LinkedIn page as LinkedIn itself writes it.

Trackers go and nothing else of a path or query does. What is no one web address for certain is left as it is; no page
is looked for.
"""

import re
from collections.abc import Sequence
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.text import mask
from hygiene.fields.distinct import Change, Tidied, by_distinct
from hygiene.words.tables import read_words

__all__ = ["host_of", "is_shared", "tidy_linkedin", "tidy_linkedins", "tidy_website", "tidy_websites"]

#: A web address with nothing to change. Longer ones are looked at one by one.
_PLAIN_SITE = r"^https?://([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}/?$"
_PLAIN_PROFILE = r"^https://www\.linkedin\.com/in/[a-z0-9][a-z0-9-]*$"
_URL = re.compile(r"(?:(https?)://|//)?([^\s/?#@:\\]+)(:\d{1,5})?([/?#]\S*)?", re.IGNORECASE)
#: Host names are of letters, digits and hyphens, ends with letters. RFC 1123 2.1, RFC 3696 2.
_HOST = re.compile(r"(?!-)(?:[a-z0-9-]{1,63}(?<!-)\.)+(?:[a-z]{2,24}|xn--[a-z0-9-]{2,59})")
_FILES = re.compile(r"\.(?:html?|php|pdf|docx?|xlsx?|csv|txt|jpe?g|png|gif)$")
_LINKEDIN = re.compile(
    r"(?:https?://)?(?:(?:www|m|mobile|[a-z]{2}(?:-[a-z]{2})?)\.)?linkedin\.com/(?:mwlite/)?(in|company|school|showcase)/+"
    r"([^/?#\s]+)(?:[/?#]\S*)?",
    re.IGNORECASE,
)
_PATH_ONLY = re.compile(r"/?in/([a-z0-9\u00c0-\uffff%-]{3,100})/?", re.IGNORECASE)
#: Names that LinkedIn gives to itself, in which case matters.
_OPAQUE = re.compile(r"AC[ow]A[A-Za-z0-9_-]{10,}")
_SLUG = re.compile(r"[^\s/?#&=<>\"']{2,200}")


def tidy_websites(column: pa.Array, /) -> Tidied:
    """Websites with a scheme, the host in small A-labels, without trackers; the rule is ``link``."""
    return by_distinct(column, tidy_website, plain=mask(pc.match_substring_regex(column, _PLAIN_SITE)))


def tidy_linkedins(column: pa.Array, /) -> Tidied:
    """Pages of people and firms as LinkedIn writes them; the rule is ``link``."""
    return by_distinct(column, tidy_linkedin, plain=mask(pc.match_substring_regex(column, _PLAIN_PROFILE)))


def tidy_website(text: str, /) -> Change:
    """One website; the text where it is none for certain."""
    bare = text.strip()
    found = _URL.fullmatch(bare)
    host = _a_labels(found[2]) if found else ""
    if not found or not host or _FILES.search(host):
        return text, ""
    scheme, _, port, rest = found.groups()
    if port in {":80", ":443"} and {"http": ":80", "https": ":443"}.get((scheme or "").lower()) == port:
        port = ""
    new = f"{(scheme or 'https').lower()}://{host}{port or ''}{_without_trackers(rest or '')}"
    return new, "link" if new != text else ""


def host_of(text: str, /) -> str:
    """The host of a website as A-labels in small letters; empty where it has none."""
    found = _URL.fullmatch(text.strip())
    return _a_labels(found[2]) if found else ""


def is_shared(host: str, /) -> bool:
    """Whether many people have pages under a host: a network, a shop of shops, a shortener, a builder of sites."""
    labels = host.split(".")
    return any(".".join(labels[place:]) in read_words("shared_sites") for place in range(len(labels) - 1))


def _a_labels(host: str) -> str:
    """A host as A-labels in small letters; empty where it is no name of one."""
    name = host.rstrip(".").lower()
    if not name.isascii():
        import idna

        try:
            name = idna.encode(name, uts46=True).decode("ascii")
        except idna.IDNAError:
            return ""
    return name if _HOST.fullmatch(name) and len(name) <= len("x" * 253) else ""


def _without_trackers(rest: str) -> str:
    """A path, query and fragment without parameters that follow people."""
    path, fragment_sign, fragment = rest.partition("#")
    path, query_sign, query = path.partition("?")
    parts = [query.split("&"), fragment.split("&")]
    kept = [[part for part in some if not _is_tracker(part)] for some in parts]
    for sign, before, after in zip((query_sign, fragment_sign), parts, kept, strict=True):
        if before == after or any(after):
            path += sign + "&".join(after)
    return path


def _is_tracker(part: str) -> bool:
    name = part.partition("=")[0].lower()
    return name.startswith("utm_") or name in read_words("trackers")


def tidy_linkedin(text: str, /) -> Change:
    """One page as LinkedIn writes it; the text where it is none for certain."""
    bare = text.strip()
    found, path = _LINKEDIN.fullmatch(bare), _PATH_ONLY.fullmatch(bare)
    if not found and not path:
        return text, ""
    kind, name = found.groups() if found else ("in", path[1] if path else "")
    slug = _slug(name)
    new = f"https://www.linkedin.com/{kind.lower()}/{slug}" if slug else text
    return new, "link" if new != text else ""


def _slug(name: str) -> str:
    """The name of a page: in small letters, but for those that LinkedIn made; empty where it is none."""
    plain: Sequence[str] = [name] if _OPAQUE.fullmatch(name) else [_decoded(name).lower()]
    return plain[0] if _SLUG.fullmatch(plain[0]) and "%" not in plain[0] else ""


def _decoded(name: str) -> str:
    """A name with its percent escapes as letters, where they are UTF-8 and letters."""
    try:
        found = unquote(name, errors="strict")
    except UnicodeDecodeError:
        return name
    return found if all(sign.isalnum() or sign in "-_.~" for sign in found) else name
