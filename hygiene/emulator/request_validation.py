"""Which bodies and queries the local API accepts, and the words in which it refuses the others.

The vendor's API checks with Joi and stops at the first fault; a key that is not known is a fault too
(observed). Nothing here knows a route.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

__all__ = ["INVALID_JSON", "Field", "InvalidRequestError", "Number", "check", "check_query", "parse_json"]

#: Largest number that JavaScript, and so Joi, calls safe.
SAFE_NUMBER = 2**53 - 1

INVALID_JSON = "Request body is not valid JSON"

_KINDS: Mapping[str, Callable[[Any], bool]] = {
    "an array": lambda value: isinstance(value, list),
    "of type object": lambda value: isinstance(value, dict),
    "a string": lambda value: isinstance(value, str),
    "a boolean": lambda value: isinstance(value, bool),
    # JavaScript knows no difference between 5 and 5.0
    "an integer": lambda value: (
        not isinstance(value, bool)
        and (isinstance(value, int) or (isinstance(value, float) and value.is_integer()))
    ),
}


class InvalidRequestError(Exception):
    """A request that is refused with 400.

    Attributes:
        body: The reply in the API's shape.
    """

    def __init__(self, message: str, *, path: str | None = None, source: str = "body") -> None:
        super().__init__(message)
        self.body: dict[str, Any] = {"statusCode": 400, "error": "Bad Request", "message": message}
        if path is not None:
            key = re.sub(r"\[(\d+)\]", r".\1", path)
            self.body["validation"] = {"source": source, "keys": [key]}


@dataclass(frozen=True, slots=True)
class Field:
    """What one key of a body takes: `kind` in Joi's words, and whether it must be there or may be null."""

    kind: str
    required: bool = False
    nullable: bool = False
    filled: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """What one key of a query takes, where it is a whole number."""

    least: int = 0
    most: int = SAFE_NUMBER
    default: int | None = None
    required: bool = False


def parse_json(body: bytes, /) -> Any:
    """The value a body holds.

    Raises:
        InvalidRequestError: the body is not JSON, or holds what JSON cannot write back: lone surrogates,
            numbers beyond range, nesting without end.
    """
    try:
        value = json.loads(body)
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError) as error:
        raise InvalidRequestError(INVALID_JSON) from error
    return value


def check(
    value: object, fields: Mapping[str, Field], /, *, at: str = "", closed: bool = True
) -> dict[str, Any]:
    """The value, proved to be an object with these fields.

    Args:
        value: What the client sent.
        fields: The keys it may have.
        at: Path of the value in the body, empty for the body itself.
        closed: Whether other keys are refused.

    Raises:
        InvalidRequestError: for the first field that is not as it should be.
    """
    if not isinstance(value, dict):
        path = at or "value"
        raise InvalidRequestError(f'"{path}" must be of type object', path=at)
    prefix = f"{at}." if at else ""
    for name, field in fields.items():
        _check_field(value, name, field, path=prefix + name)
    for name in value:
        if closed and name not in fields:
            raise InvalidRequestError(f'"{prefix}{name}" is not allowed', path=prefix + name)
    return value


def _check_field(value: Mapping[str, Any], name: str, field: Field, *, path: str) -> None:
    if name not in value:
        if field.required:
            raise InvalidRequestError(f'"{path}" is required', path=path)
        return
    found = value[name]
    if found is None and field.nullable:
        return
    if not _KINDS[field.kind](found):
        raise InvalidRequestError(f'"{path}" must be {field.kind}', path=path)
    if field.filled and found == "":
        raise InvalidRequestError(f'"{path}" is not allowed to be empty', path=path)
    if field.kind == "an integer" and abs(found) > SAFE_NUMBER:
        raise InvalidRequestError(f'"{path}" must be a safe number', path=path)


def check_query(query: str, allowed: Mapping[str, Number | str | None], /) -> dict[str, Any]:
    """The query's values by name, with defaults where it is silent; the key is left out.

    Args:
        query: The query as it stands in the address.
        allowed: The names it may have; a `Number`, or the default of a text.

    Raises:
        InvalidRequestError: for the first value that is not as it should be.
    """
    values: dict[str, Any] = {
        name: rule.default if isinstance(rule, Number) else rule for name, rule in allowed.items()
    }
    seen = set()
    for name, text in parse_qsl(query, keep_blank_values=True):
        if name == "api_key":
            continue
        if name not in allowed:
            raise InvalidRequestError(f'"{name}" is not allowed', path=name, source="query")
        rule = allowed[name]
        if name in seen:
            kind = "a number" if isinstance(rule, Number) else "a string"
            raise InvalidRequestError(f'"{name}" must be {kind}', path=name, source="query")
        seen.add(name)
        values[name] = (
            check_number(text, rule, name=name, source="query") if isinstance(rule, Number) else text
        )
    for name, rule in allowed.items():
        if isinstance(rule, Number) and rule.required and name not in seen:
            raise InvalidRequestError(f'"{name}" is required', path=name, source="query")
    return values


def check_number(text: str, rule: Number, /, *, name: str, source: str) -> int:
    """The whole number that a text of the address holds.

    Raises:
        InvalidRequestError: it holds none, or one out of range.
    """
    fault = None
    if not re.fullmatch(r"-?[0-9]{1,16}", text):
        fault = "must be a number"
    elif int(text) < rule.least:
        fault = f"must be greater than or equal to {rule.least}"
    elif int(text) > rule.most:
        fault = f"must be less than or equal to {rule.most}"
    if fault is not None:
        raise InvalidRequestError(f'"{name}" {fault}', path=name, source=source)
    return int(text)
