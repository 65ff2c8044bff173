"""Drafts: folders that are there whole or not at all."""

import contextlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from hygiene.errors import UsageError
from hygiene.io.leftovers import held, new_folder, sweep

__all__ = ["draft"]

#: Names of folders that tables are written in until all are whole.
_DRAFT = re.compile(r"\.[0-9a-f]{12}\.tmp")


@contextlib.contextmanager
def draft(folder: Path, paths: Sequence[Path]) -> Iterator[Path]:
    """A folder with an empty one for each path, which take these places when all went well."""
    there = [path.name for path in paths if path.exists()]
    if there:
        msg = f"{folder}: {' and '.join(there)} is there already; name another folder, so that no old part is imported."
        raise UsageError(msg)
    sweep(folder, _DRAFT)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        made, handle = held(lambda: new_folder(folder / f".{secrets.token_hex(6)}.tmp"))
    except OSError as error:
        msg = f"{folder}: cannot be written to ({error.strerror}); name another folder."
        raise UsageError(msg) from error
    try:
        for path in paths:
            (made / path.name).mkdir(mode=0o700)
        yield made
        for path in paths:
            (made / path.name).rename(path)
    finally:
        shutil.rmtree(made)
        if handle >= 0:
            os.close(handle)
