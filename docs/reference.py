"""Write docs/reference/ from the program, its docstrings and files that it reads; --check says what is out of step.

python docs/reference.py [--check]
"""

import argparse
import dataclasses
import inspect
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import click
import formats
import tables

import hygiene
import hygiene.address
import hygiene.emulator
import hygiene.errors
import hygiene.scale
import hygiene.sinks
import hygiene.testing
from hygiene.cli import cli
from hygiene.cli.places import ROOMS

HERE = Path(__file__).parent / "reference"


def command_line() -> str:
    """Every verb with its help."""
    parts = ["# Command line", "Made from `hygiene --help` by `docs/reference.py`."]
    parts += ["## hygiene", _help(cli, "hygiene")]
    for name, verb in cli.commands.items():
        parts += [f"## hygiene {name}", _help(verb, f"hygiene {name}")]
    return "\n\n".join(parts) + "\n"


def _help(command: click.Command, name: str) -> str:
    context = click.Context(command, info_name=name, max_content_width=100, terminal_width=100)
    return f"```help\n{command.get_help(context)}\n```"


def library() -> str:
    """Every public name with its signature and docstring."""
    parts = ["# Library", "Made from the docstrings by `docs/reference.py`."]
    for name in hygiene.__all__:
        if not name.startswith("__"):
            parts += _described(f"hygiene.{name}", getattr(hygiene, name))
    for module in (
        hygiene.scale,
        *[import_module(f"hygiene.{room}") for room in ROOMS],
        hygiene.sinks,
        hygiene.errors,
        hygiene.testing,
        hygiene.emulator,
        hygiene.address,
    ):
        names = module.__all__ if module is not hygiene.errors else _of_sinks()
        for name in names:
            found = getattr(module, name)
            parts += (
                []
                if found is getattr(hygiene, name, None)
                else _described(f"{module.__name__}.{name}", found)
            )
    return "\n\n".join(parts) + "\n"


def _of_sinks() -> list[str]:
    """What a sink raises, beside what has a public name."""
    bases = (hygiene.SinkError, hygiene.UnknownOutcome)
    found = {name: getattr(hygiene.errors, name) for name in hygiene.errors.__all__}
    return [
        name
        for name, kind in found.items()
        if inspect.isclass(kind) and issubclass(kind, bases) and kind not in bases
    ]


def _described(name: str, found: object) -> Iterator[str]:
    kind = "class" if inspect.isclass(found) else "function"
    yield f"## {kind} `{name}`"
    yield f"```signature\n{inspect.cleandoc(found.__doc__ or '')}\n```"
    if inspect.isclass(found):
        for word, member in sorted(_members(found).items()):
            if not word.startswith("_") and _own(member):
                told = inspect.getdoc(member) or ""
                yield f"- `{word}`: {told.splitlines()[0] if told else word}"


def _members(found: type) -> dict[str, object]:
    """What a class has, and what it has from others of ours."""
    ours = [each for each in reversed(found.__mro__) if each.__module__.startswith("hygiene")]
    return {word: member for each in ours for word, member in vars(each).items()}


def _own(member: object) -> bool:
    """Whether a member is code of ours that has words to it, rather than a field or a setting."""
    if hasattr(member, "_pytestfixturefunction"):  # by pytest before 8.4, which leaves fixtures functions
        return False
    is_code = inspect.isfunction(member) or isinstance(member, property | classmethod | staticmethod)
    return (is_code or hasattr(member, "func")) and not dataclasses.is_dataclass(member)


PAGES = {
    "command-line.md": command_line,
    "exit-codes.md": tables.exit_code_page,
    "formats.md": formats.page,
    "library.md": library,
    "options.md": tables.option_page,
    "reasons.md": tables.reason_page,
    "settings.md": tables.setting_page,
}


def main(arguments: list[str] | None = None) -> int:
    """Write or check; the exit code is 1 where a page is out of step."""
    parser = argparse.ArgumentParser(description="Write docs/reference/ anew.")
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args(arguments).check
    stale = []
    for name, make in PAGES.items():
        text, path = make(), HERE / name
        if check and (not path.exists() or path.read_text(encoding="utf-8") != text):
            stale.append(name)
        if not check:
            path.write_text(text, encoding="utf-8")
    for name in stale:
        print(f"docs/reference/{name} is out of step; run python docs/reference.py")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
