"""The notebook of a probe: a small file that outlives a crash, so that no block-list entry is left behind.

It holds counts, names of rounds and entries, no leads and no key. Nothing here is sent or judged.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hygiene.errors import UsageError, option
from hygiene.outcomes import Counts
from hygiene.prediction.probe.planning import Answer
from hygiene.small_file import NotSmallError, read_small

__all__ = ["FileCheckpoint"]

_OTHER = option("state", value="F")

#: Bytes of a notebook, with the leads of every round.
_NOTEBOOK = 64 << 20


class FileCheckpoint:
    """A notebook in a JSON file of mode 0600, replaced as a whole at every change.

    A probe whose last round has no answer goes on with a fresh token: what that round left in the list
    is not known. Entries of the block list are kept until they are removed, whatever the token.

    Args:
        path: The file; it need not exist.
        about: What the probe is about; another one's notebook is refused.
        token: Token of a fresh probe.

    Attributes:
        token: Text that sets this probe's addresses apart.
        answers: Rounds that were answered, in order.
        entries: Entries that may stand on the block list.
        resumed: Whether the file was there.

    Raises:
        UsageError: the file is no notebook, or that of another probe.
    """

    def __init__(self, path: Path, /, *, about: Mapping[str, Any], token: str) -> None:
        self._path = path
        self._about = dict(about)
        self._asking = ""
        self.token = token
        self.answers: list[Answer] = []
        self.entries: tuple[str, ...] = ()
        self.resumed = path.exists()
        if self.resumed:
            self._load()

    def asking(self, name: str, /) -> None:
        """Note that a round is about to be sent, or, where empty, that it was not."""
        self._asking = name
        self._save()

    def answered(self, answer: Answer, /) -> None:
        """Note the answer of a round."""
        self._asking = ""
        self.answers.append(answer)
        self._save()

    def standing(self, entries: Sequence[str], /) -> None:
        """Note entries that are about to be put on the block list, or, where empty, that none is left."""
        self.entries = tuple(entries)
        self._save()

    def close(self) -> None:
        """Take the file away, once the probe is done."""
        self._path.unlink(missing_ok=True)

    def _load(self) -> None:
        try:
            found = json.loads(read_small(self._path, most=_NOTEBOOK))
            about, entries = found["about"], tuple(found["entries"])
            token, asking = found["token"], found["asking"]
            answers = [
                Answer(each["round"], each["counts"] and Counts(**each["counts"]), each["leads"])
                for each in found["answers"]
            ]
        except NotSmallError as error:
            msg = f"{self._path}: {error.strerror} with {_OTHER}."
            raise UsageError(msg) from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            msg = (
                f"{self._path}: no notebook of a probe ({type(error).__name__}). Name another with {_OTHER}."
            )
            raise UsageError(msg) from error
        if about != self._about:
            differing = sorted(
                name for name in {*about, *self._about} if about.get(name) != self._about.get(name)
            )
            msg = (
                f"{self._path}: the notebook of a probe with another {', '.join(differing)}. "
                f"Run that one again to finish it, or name another with {_OTHER}."
            )
            raise UsageError(msg)
        self.entries = entries
        if not asking:
            self.token, self.answers = token, answers

    def _save(self) -> None:
        state = {
            "about": self._about,
            "token": self.token,
            "asking": self._asking,
            "entries": list(self.entries),
            "answers": [asdict(answer) for answer in self.answers],
        }
        partial = self._path.with_name(f"{self._path.name}.partial")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(state, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self._path)
