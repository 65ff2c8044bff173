"""Help: examples first, then what is required, then every option under what one wants it for."""

import re

import pytest

from hygiene.cli import cli
from hygiene.cli.help import GROUPS, SHORT

LONG = ("check", "clean", "import")


@pytest.mark.parametrize("verb", LONG)
def test_every_option_of_a_long_help_has_a_group(verb):
    names = {each.name for each in cli.commands[verb].params if not getattr(each, "hidden", False)} - {
        "files"
    }
    grouped = [name for group in GROUPS.values() for name in group]

    assert len(names) > SHORT
    assert names - set(grouped) == set()
    assert len(grouped) == len(set(grouped))


def test_every_option_of_a_group_is_one_of_a_verb():
    names = {each.name for verb in (cli, *cli.commands.values()) for each in verb.params}

    assert {name for group in GROUPS.values() for name in group} - names == {"help"}


@pytest.mark.parametrize("verb", LONG)
def test_help_shows_every_option_once(run, verb):
    _, out, _ = run(verb, "--help")

    shown = re.findall(r"^  (?:-\w, )?(--[a-z-]+)(?=[ \n])", out, flags=re.MULTILINE)
    flags = [
        each.opts[-1] for each in cli.commands[verb].params if each.opts[0][0] == "-" and not each.hidden
    ]
    assert sorted(shown) == sorted([*flags, "--help"])


@pytest.mark.parametrize("verb", list(cli.commands))
def test_help_begins_with_examples_whole_and_what_is_required(run, verb):
    code, out, _ = run(verb, "--help")

    titles = re.findall(r"^([A-Z][^\n]*):$", out, flags=re.MULTILINE)
    required = any(each.required and each.opts[0][0] == "-" for each in cli.commands[verb].params)
    examples = out.partition("Examples:\n")[2].partition("\n\n")[0].splitlines()
    assert code == 0
    assert titles[: 1 + required] == ["Examples", "Required"][: 1 + required]
    assert all(line.startswith("  ") and not line.startswith("   ") for line in examples)
    assert any(line.startswith(f"  hygiene {verb}") for line in examples)
    assert "\b" not in out


def test_the_first_help_names_each_verb_with_a_whole_sentence_in_the_order_of_the_work(run):
    _, out, _ = run("--help")

    listed = re.findall(r"^  ([a-z]+)  ", out.partition("Commands:\n")[2], flags=re.MULTILINE)
    assert listed == list(cli.commands)
    assert "..." not in out.partition("Commands:\n")[2]


def test_help_that_is_piped_has_no_blanks_at_the_ends_of_lines(run):
    _, out, _ = run("import", "--help")

    assert [line for line in out.splitlines() if line != line.rstrip()] == []
