"""Configuration: ``hygiene.toml``, or ``[tool.hygiene]`` of ``pyproject.toml``, and the profiles in it.

A profile is one account and list with all that belongs to them. It inherits neither key nor lists from
anywhere, so that no client's leads are sent with another's. Nothing here opens the files that are named.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hygiene.cleaning.gate import parse_limit
from hygiene.errors import UsageError
from hygiene.small_file import read_small

__all__ = ["Profile", "load_defaults", "load_gate", "load_profile"]

#: Names of one text or number, and of one or several texts, that a profile may have.
_SINGLE: Mapping[str, type] = {
    "to": str, "list": int, "client_id": int, "base_url": str, "user": str, "account": str, "api_key_env": str,
    "api_key_file": str, "policy": str, "journal": str, "rate": str,
}  # fmt: skip
_SEVERAL = ("suppress", "blocklist", "known")
#: Names whose values are files, beside the folder of the configuration.
_FILES = ("api_key_file", "policy", "journal", *_SEVERAL)
#: Kinds of limits in ``[gate]``, as the options call them.
_LIMITS = ("max", "min", "warn")
#: Names that stand above all profiles too and hold where a profile is silent.
_SHARED = ("policy", "journal", "rate")


@dataclass(frozen=True, slots=True)
class Profile:
    """One profile.

    Attributes:
        name: Its name.
        values: What it says, by the names of the options; file names are complete.
    """

    name: str
    values: Mapping[str, Any] = field(repr=False)

    def several(self, name: str, /) -> tuple[str, ...]:
        """The files it names for a list."""
        given = self.values.get(name, ())
        return (given,) if isinstance(given, str) else tuple(given)


def load_profile(name: str, /, *, folder: Path | None = None) -> Profile:
    """A profile of the configuration in a folder.

    Args:
        name: Its name.
        folder: Where ``hygiene.toml`` or ``pyproject.toml`` is; None is the working directory.

    Raises:
        UsageError: there is no such profile, or it says something that no profile can.
    """
    path, found = _read(folder or Path())
    profiles = found.get("profile", {})
    if name not in profiles:
        msg = f"--profile {name}: no [profile.{name}] in {path}; there are {', '.join(profiles) or 'none'}."
        raise UsageError(msg)
    shared = {key: value for key, value in found.items() if key in _SHARED}
    return Profile(name, _checked({**shared, **profiles[name]}, path, f"[profile.{name}]"))


def load_defaults(*, folder: Path | None = None) -> Mapping[str, Any]:
    """What the configuration in a folder says above all profiles; nothing where there is none.

    Raises:
        UsageError: it is no TOML, or has a name that is not known.
    """
    path, found = _read(folder or Path())
    values = {key: value for key, value in found.items() if key not in ("gate", "profile")}
    unknown = sorted(set(values) - set(_SHARED))
    if unknown:
        msg = (
            f"{path}: {unknown[0]} is no setting; settings are {', '.join(_SHARED)}, [profile.NAME], "
            "[gate.max], [gate.min] and [gate.warn]."
        )
        raise UsageError(msg)
    return _checked(values, path, "the top")


def load_gate(*, folder: Path | None = None) -> dict[str, dict[str, int | float]]:
    """The limits of ``[gate.max]``, ``[gate.min]`` and ``[gate.warn]``, by these words; empty where there are none.

    Raises:
        UsageError: another word, a name that is neither an outcome nor a reason, or a limit that is none.
    """
    path, found = _read(folder or Path())
    gate = found.get("gate", {})
    unknown = sorted(set(gate) - set(_LIMITS)) if isinstance(gate, dict) else ["gate"]
    if unknown or not all(isinstance(limits, dict) for limits in gate.values()):
        msg = f"{path}: [gate]: expected the tables gate.max, gate.min and gate.warn, each with NAME = LIMIT."
        raise UsageError(msg)
    try:
        return {
            word: dict(parse_limit(f"{name}={limit}") for name, limit in gate.get(word, {}).items())
            for word in _LIMITS
        }
    except UsageError as error:
        msg = f"{path}: [gate]: {error}"
        raise UsageError(msg) from error


def _read(folder: Path) -> tuple[Path, Mapping[str, Any]]:
    own, project = folder / "hygiene.toml", folder / "pyproject.toml"
    if own.exists():
        return own, _parsed(own)
    if project.exists():
        found = _parsed(project).get("tool", {}).get("hygiene", {})
        return project, found
    return own, {}


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_small(path))
    except OSError as error:
        msg = f"{path}: {error.strerror}."
        raise UsageError(msg) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        msg = f"{path}: not TOML: {error}."
        raise UsageError(msg) from error


def _checked(values: Mapping[str, Any], path: Path, where: str) -> dict[str, Any]:
    """The values, each of its kind, with complete file names."""
    for name, value in values.items():
        texts = value if isinstance(value, list) and name in _SEVERAL else [value]
        kind = _SINGLE.get(name, str)
        if name not in _SINGLE and name not in _SEVERAL:
            msg = f"{path}: {where}: {name} is no setting; settings are {', '.join([*_SINGLE, *_SEVERAL])}."
            raise UsageError(msg)
        if not all(isinstance(text, kind) and not isinstance(text, bool) for text in texts):
            msg = f"{path}: {where}: {name} is not {'a number' if kind is int else 'a text'}."
            raise UsageError(msg)
    return {
        name: _complete(value, path.parent) if name in _FILES else value for name, value in values.items()
    }


def _complete(value: Any, folder: Path) -> Any:
    if isinstance(value, list):
        return [_complete(each, folder) for each in value]
    return str(folder / value)
