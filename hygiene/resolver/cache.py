"""The store of answers: kept for as long as DNS says, within bounds, in memory and, if asked, in a file.

The file is SQLite and may be used by several processes at once. What an answer means is not known here.
"""

import json
import os
import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from hygiene.deliverability import Answer, Question
from hygiene.errors import CacheError, option
from hygiene.small_file import check_regular

__all__ = ["AnswerStore", "default_path"]

#: Bounds of how long an answer is kept, in seconds. Below: a run over a long list must not ask twice, and a
#: second look the same minute gains nothing. Above: a day for answers, three hours for negative ones
#: (RFC 2308 5 advises one to three).
LEAST_TTL_S, MOST_TTL_S, MOST_NEGATIVE_TTL_S = 60, 86_400, 10_800

#: Seconds that a failure is kept: long enough that a run does not ask a dead domain anew for every list.
FAILURE_TTL_S = 60

#: Causes that say something about this run and not about the domain; never kept.
_OF_THE_RUN = frozenset({"deadline", "no_resolver", "bad_name", "captive"})

#: Answers gathered before they are written in one go.
_BATCH = 2_000

#: Seconds to wait for another process that is writing.
_BUSY_S = 30

_TABLE = """
CREATE TABLE IF NOT EXISTS answers_1 (
    servers TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL,
    state TEXT NOT NULL, cause TEXT NOT NULL, records TEXT NOT NULL, expires REAL NOT NULL,
    PRIMARY KEY (name, kind, servers)
) WITHOUT ROWID
"""


def default_path() -> Path:
    """The file in the user's cache folder."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("lead-hygiene", appauthor=False)) / "dns.sqlite"


class AnswerStore:
    """Answers of one set of name servers. The file is open, and written to, inside ``with`` alone.

    Args:
        path: The SQLite file; None keeps answers in memory alone.
        servers: Who gave them. Others may give other answers, so theirs are apart.

    Raises:
        CacheError: the file cannot be opened or is not such a store.
    """

    def __init__(self, path: str | os.PathLike[str] | None, /, *, servers: str) -> None:
        # Apart rather than in pairs: a hundred thousand small tuples are what garbage collection trips over.
        self._kept: dict[Question, Answer] = {}
        self._expires: dict[Question, float] = {}
        self._new: list[Question] = []
        self._held: list[Question] = []
        self._servers = servers
        self._path = None if path is None else Path(path)
        self._file: sqlite3.Connection | None = None
        with self:
            pass  # a file that cannot be used is told of now, not at the end of a run

    def __enter__(self) -> Self:
        if self._path is not None:
            self._file = self._open(self._path)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._forget(self._held)
            self.flush()
        finally:
            if self._file is not None:
                self._file.close()
            self._file = None

    def _open(self, path: Path) -> sqlite3.Connection:
        try:
            check_regular(path)
            path.parent.mkdir(parents=True, exist_ok=True)
            file = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
        except (sqlite3.Error, OSError) as error:
            raise self._refusal(error) from error
        try:
            file.execute("PRAGMA journal_mode = WAL")
            file.execute("PRAGMA synchronous = NORMAL")
            file.execute(_TABLE)
        except sqlite3.Error as error:
            file.close()
            raise self._refusal(error) from error
        return file

    def _refusal(self, error: Exception) -> CacheError:
        told = error.strerror if isinstance(error, OSError) else error
        return CacheError(
            f"DNS cache {os.fspath(self._path or '')}: {told}. "
            f"Name another file with {option('cache', value='F')}, or do without with {option('cache', None)}."
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing is kept at all."""
        return self._file is None and not self._kept

    def get(self, question: Question, /) -> Answer | None:
        """The answer, marked as kept, with the seconds it may still be kept; None where there is none."""
        now = time.time()
        answer = self._kept.get(question) or self._read(question, now)
        if answer is None or self._expires[question] <= now:
            return None
        return answer._replace(ttl_s=int(self._expires[question] - now), cached=True)

    def _read(self, question: Question, now: float) -> Answer | None:
        if self._file is None:
            return None
        query = (
            "SELECT state, cause, records, expires FROM answers_1 "
            "WHERE name = ? AND kind = ? AND servers = ? AND expires > ?"
        )
        try:
            row = self._file.execute(query, (*question, self._servers, now)).fetchone()
        except sqlite3.Error as error:
            raise self._refusal(error) from error
        if row is None:
            return None
        state, cause, text, expires = row
        records = tuple(tuple(record) if isinstance(record, list) else record for record in json.loads(text))
        self._kept[question] = Answer(state, records, cause)
        self._expires[question] = expires
        return self._kept[question]

    def put(self, question: Question, answer: Answer, /, *, proven: bool = True) -> Answer:
        """Keep an answer; gives it with the seconds it is kept.

        Args:
            question: What was asked.
            answer: What came.
            proven: Whether it can be believed; else it is kept only if `believe` says so before ``with`` ends.
        """
        if answer.cause and answer.cause in _OF_THE_RUN:
            return answer
        ttl_s = _bounded_ttl_s(answer)
        kept = answer if ttl_s == answer.ttl_s else answer._replace(ttl_s=ttl_s)
        self._kept[question] = kept
        self._expires[question] = time.time() + ttl_s
        if not proven:
            self._held.append(question)
            return kept
        self._new.append(question)
        if len(self._new) >= _BATCH:
            self.flush()
        return kept

    def drop_new(self) -> None:
        """Forget what was put since the last `flush`, because it turned out not to be true."""
        self._forget(self._new)
        self._forget(self._held)

    def believe(self, questions: Iterable[Question], /) -> None:
        """Keep answers that were not proven when they were put."""
        believed = frozenset(questions)
        self._new += [question for question in self._held if question in believed]
        self._held = [question for question in self._held if question not in believed]

    def _forget(self, questions: list[Question]) -> None:
        for question in questions:
            self._kept.pop(question, None)
        questions.clear()

    def flush(self) -> None:
        """Write what is new to the file, and drop what has expired there."""
        new, self._new = self._new, []
        if self._file is not None and new:
            self._write(self._file, new)

    def _write(self, file: sqlite3.Connection, new: list[Question]) -> None:
        kept = ((question, self._kept[question]) for question in new)
        rows = [
            (
                self._servers,
                *question,
                answer.state,
                answer.cause,
                json.dumps(answer.records),
                self._expires[question],
            )
            for question, answer in kept
        ]
        try:
            file.execute("BEGIN IMMEDIATE")
            file.executemany(
                "INSERT OR REPLACE INTO answers_1 (servers, name, kind, state, cause, records, expires) "
                "VALUES (?, ?, ?, ?, ?, ?, ?)",
                rows,
            )
            file.execute("DELETE FROM answers_1 WHERE expires <= ?", (time.time(),))
            file.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._refusal(error) from error


def _bounded_ttl_s(answer: Answer) -> int:
    if answer.state == "unknown":
        return FAILURE_TTL_S
    most = MOST_TTL_S if answer.state == "found" else MOST_NEGATIVE_TTL_S
    if answer.ttl_s < LEAST_TTL_S:
        return LEAST_TTL_S
    return answer.ttl_s if answer.ttl_s < most else most
