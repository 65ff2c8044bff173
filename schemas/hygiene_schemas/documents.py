"""The JSON documents that ship with the schemas.

Nothing here validates: hand a document to a JSON Schema or OpenAPI library.
"""

import json
from importlib.resources import files
from typing import Any

__all__ = ["openapi", "summary_schema"]


def summary_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `summary.json` and of what `--format json` prints, as a fresh dict."""
    return _load("summary.schema.json")


def openapi() -> dict[str, Any]:
    """The OpenAPI description of the part of the import API that is used, as a fresh dict."""
    return _load("openapi.json")


def _load(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(files(__package__).joinpath(name).read_text("utf-8"))
    return document
