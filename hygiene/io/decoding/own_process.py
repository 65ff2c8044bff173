"""A process of its own for a file that may end it: a plain interpreter that imports nothing of the caller's program.

So no `__main__` guard is needed. It is asked in one line of JSON and tells in lines of JSON, and gets no secret that
stands in the environment. What it tells is judged by who asked.
"""

import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import IO, Any, cast

__all__ = ["DecoderError", "prepare", "told"]

#: What the process runs: it takes the places that modules are imported from, a module, and what is asked of it.
_PROGRAM = """
import json, sys
path, module, asked = json.load(sys.stdin)
sys.path[:] = path
import importlib
importlib.import_module(module).answer(asked)
"""

#: Parts of names of environment variables that it is not given.
_SECRET = ("KEY", "PASS", "SECRET", "TOKEN")


class DecoderError(Exception):
    """A decoder ended before it had told all.

    Attributes:
        killed: Whether the system ended it, as it does where memory is short.
    """

    def __init__(self, code: int) -> None:
        super().__init__(f"the decoder ended with {code}")
        self.killed = code == -getattr(signal, "SIGKILL", 0)


def told(module: str, asked: Any, /) -> Iterator[Any]:
    """What a module's `answer` tells of a request, line by line.

    Raises:
        DecoderError: it died.
        OSError: it cannot be started.
    """
    request = json.dumps([[each for each in sys.path if isinstance(each, str)], module, asked])
    env = {
        name: held for name, held in os.environ.items() if not any(part in name.upper() for part in _SECRET)
    }
    with subprocess.Popen(  # noqa: S603 -- this interpreter, with a program of ours
        [sys.executable, "-P", "-c", _PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**env, "ARROW_DEFAULT_MEMORY_POOL": "system"},  # others keep more than is bounded there
    ) as process:
        try:
            with contextlib.suppress(BrokenPipeError), cast("IO[bytes]", process.stdin) as asking:
                asking.write(request.encode())
            for line in cast("IO[bytes]", process.stdout):
                if line.endswith(b"\n"):
                    yield json.loads(line)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise DecoderError(process.returncode)


def prepare() -> None:
    """What a decoder does first: it leaves no core, and Ctrl-C to who asked, who ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(ImportError, ValueError, OSError):  # no such limits
        resource = importlib.import_module("resource")
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
