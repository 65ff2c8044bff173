"""Values of the counting rules: what each rule takes, and how it is written.

Which rules there are and what they mean is said in `import_policy`.
"""

import json
import re
from dataclasses import Field, field
from typing import Any

from hygiene.errors import UsageError

__all__ = ["LANGUAGE", "USABLE", "Value", "a_rule", "check_value", "is_pattern", "names_of", "toml_value"]

#: What a rule may be: on or off, one of its words, a number, or a pattern.
Value = bool | str | int

#: What a usable address may be, beside a pattern of the user's.
USABLE = ("loose", "email-validator", "ascii")

#: The rules that a policy file may name, as a number that grows with them.
LANGUAGE = 2

#: Largest number that a rule takes, so that sums stay within 64 bits.
MOST_LEADS = 1 << 40


def a_rule(label: str, text: str, *choices: str, default: Value, seldom: bool = False) -> Any:
    """The field of one rule: how it is known, its words, what it takes, and whether few APIs have another value."""
    about = {"label": label, "text": text, "choices": choices, "seldom": seldom}
    return field(default=default, metadata=about)


def is_pattern(usable: str, /) -> bool:
    """Whether a value of `usable_address` is a pattern of the user's."""
    return "@" in usable


def names_of(value: str, /) -> tuple[str, ...]:
    """The names that commas divide."""
    return tuple(filter(None, map(str.strip, value.split(","))))


def toml_value(value: Value, /) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def check_value(name: str, rule: "Field[Any]", value: Any, /) -> None:
    """Prove that a rule takes a value.

    Raises:
        UsageError: it does not.
    """
    taken = rule.metadata["choices"]
    if name == "usable_address" and isinstance(value, str) and is_pattern(value):
        _check_pattern(value)
        return
    if taken:
        agrees, wanted = value in taken, " or ".join(repr(choice) for choice in taken)
        wanted += ", or a regular expression with an @" if name == "usable_address" else ""
    elif isinstance(rule.default, str):
        agrees, wanted = isinstance(value, str), "names of fields divided by commas, or '' for none"
    elif isinstance(rule.default, bool):
        agrees, wanted = isinstance(value, bool), "true or false"
    else:
        agrees = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_LEADS
        wanted = "a number of leads, or 0 for none"
    if not agrees:
        msg = f"policy rule {name} is {value!r}; expected {wanted}"
        raise UsageError(msg)


def _check_pattern(pattern: str) -> None:
    """Refuse a pattern that the two engines which read it, Python's and RE2, do not both take."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        re.compile(pattern, re.ASCII)
        pc.match_substring_regex(pa.array([""]), pattern)
    except (re.error, pa.ArrowInvalid, RecursionError, OverflowError, UnicodeError) as error:
        why = str(error).partition("\n")[0]
        msg = f"policy rule usable_address is {pattern!r}, no regular expression that is read here: {why}"
        raise UsageError(msg) from error
