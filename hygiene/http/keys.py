"""Keys: the secret that a request goes out with, where it comes from, and how it is written on the request.

No message here holds it, nor any part of it.
"""

import base64
import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple, TypeAlias

from hygiene.errors import UsageError
from hygiene.http.service import Service
from hygiene.small_file import read_small

__all__ = ["Key", "Signature", "Signed", "basic", "bearer", "find_key", "in_query", "key_in"]


class Key:
    """A key or password that shows itself nowhere unasked: in no repr, and so in no traceback's locals."""

    def __init__(self, text: str, /) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "<key>"

    def reveal(self) -> str:
        """The key itself."""
        return self._text

    def can_be_one(self) -> bool:
        """Whether it has only characters that keys have."""
        return self._text.isascii() and self._text.isprintable() and " " not in self._text

    @property
    def fingerprint(self) -> str:
        """What tells accounts apart and not the key."""
        return hashlib.sha256(self._text.encode()).hexdigest()[:8]


def find_key(given: "Key | str | None", service: Service, /) -> Key:
    """The key: `given`, else the service's variable, else what the file holds that the variable's ``_FILE`` names.

    Raises:
        UsageError: there is none, its file cannot be read, or it is nothing that can be a key.
    """
    key = given if isinstance(given, Key) else Key((given or "").strip())
    del given  # it would stand among the locals of a traceback
    variable = service.key_variable
    if not key.reveal():
        key = Key(os.environ.get(variable, "").strip())
    file = os.environ.get(f"{variable}_FILE", "")
    if not key.reveal() and file:
        key = key_in(file, named=f"{variable}_FILE")
    if not key.reveal():
        msg = f"no {service.credential}: set {variable}, or {variable}_FILE to a file that holds it."
        raise UsageError(f"{msg} {service.without_key}".strip())
    if not key.can_be_one():
        msg = f"the {service.credential} has characters that no key has. Set {variable} to the key alone, on one line."
        raise UsageError(msg)
    return key


def key_in(file: str, /, *, named: str) -> Key:
    """The key that a file holds.

    Args:
        file: The file; others than its owner must not be able to read it.
        named: The setting that names it, for messages.

    Raises:
        UsageError: it cannot be read, is empty, or is open to others.
    """
    path = Path(file)
    try:
        rights = path.stat().st_mode
        # what is not UTF-8 is replaced: an error of decoding would hold the bytes, which are the key
        key = Key(read_small(path, encoding="utf-8-sig", errors="replace").strip())
    except OSError as error:
        msg = f"{named}: {file}: {error.strerror}."
        raise UsageError(msg) from error
    if os.name == "posix" and rights & 0o077:
        msg = (
            f"{named}: {file}: others can read it (mode {rights & 0o777:o}). Make it yours alone: chmod 600."
        )
        raise UsageError(msg)
    if not key.reveal():
        msg = f"{named}: {file}: the file is empty; expected the key."
        raise UsageError(msg)
    return key


class Signed(NamedTuple):
    """What a key adds to a request; its repr shows nothing of it.

    Attributes:
        query: Parameters.
        headers: Headers.
    """

    query: Mapping[str, str]
    headers: Mapping[str, str]

    def __repr__(self) -> str:
        return "<signed>"


#: How a key is written on a request.
Signature: TypeAlias = Callable[[Key], Signed]


def in_query(name: str, /) -> Signature:
    """The key as a parameter of the address."""
    return lambda key: Signed({name: key.reveal()}, {})


def bearer(key: Key, /) -> Signed:
    """The key as a bearer token. RFC 6750 2.1."""
    return Signed({}, {"Authorization": f"Bearer {key.reveal()}"})


def basic(user: str, /) -> Signature:
    """The key as the password of a user. RFC 7617 2."""

    def sign(key: Key) -> Signed:
        pair = base64.b64encode(f"{user}:{key.reveal()}".encode()).decode("ascii")
        return Signed({}, {"Authorization": f"Basic {pair}"})

    return sign
