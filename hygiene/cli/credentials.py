"""Keys: where the command line takes an API's key from, never from an argument."""

import os
import sys
from typing import TYPE_CHECKING

import click

from hygiene.errors import UsageError

if TYPE_CHECKING:
    from hygiene.cli.config import Profile
    from hygiene.http.keys import Key
    from hygiene.http.service import Service

__all__ = ["find_key", "is_set"]


def is_set(service: "Service", /) -> bool:
    """Whether the environment says the key of an API."""
    return any(os.environ.get(f"{service.key_variable}{more}") for more in ("", "_FILE"))


def find_key(profile: "Profile | None", service: "Service", /) -> "Key | None":
    """The key that a profile names, or one that is typed in; None leaves it to the environment.

    Raises:
        UsageError: the profile names no key, or one that is not there.
    """
    from hygiene.http.keys import Key

    if profile is not None:
        return _of_profile(profile, service)
    if is_set(service):
        return None
    if sys.stdin.isatty() and sys.stderr.isatty():
        prompt = service.credential[0].upper() + service.credential[1:]
        return Key(click.prompt(prompt, hide_input=True, err=True).strip())
    return None


def _of_profile(profile: "Profile", service: "Service") -> "Key":
    from hygiene.http.keys import Key, key_in

    file, variable = profile.values.get("api_key_file"), profile.values.get("api_key_env")
    if file is not None:
        return key_in(file, named=f"profile {profile.name}, api_key_file")
    if variable is None:
        msg = f"profile {profile.name} names no key: set api_key_env or api_key_file; none is inherited."
        raise UsageError(msg)
    key = Key(os.environ.get(variable, "").strip())
    if not key.reveal():
        msg = f"profile {profile.name}: {variable} is not set; expected the {service.credential} in it."
        raise UsageError(msg)
    return key
