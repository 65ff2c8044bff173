"""Messages name options: as a call spells them in the library, as flags on the command line."""

import ast
import pickle
import re
from pathlib import Path

import pandas as pd
import pytest

import hygiene
from hygiene.cli import cli, main
from hygiene.cli.flags import FLAGS, SWITCHES, with_flags
from hygiene.errors import Note, UsageError, option, spell

PACKAGE = Path(hygiene.__file__).parent
LIBRARY = [path for path in sorted(PACKAGE.rglob("*.py")) if "cli" not in path.relative_to(PACKAGE).parts]
#: A flag, other than in a whole command that is told to be run.
FLAG = re.compile(r"(?<![\w-])--[a-z]{2}")
COMMAND = re.compile(r"(hygiene [a-z]+( [a-z]+)*|soffice|psql)( --[a-z-]+( [A-Za-z]+)?)*")


def texts(path):
    """Every string in a file but docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    told = {
        ast.get_docstring(node, clean=False)
        for node in ast.walk(tree)
        if hasattr(node, "body") and _has_doc(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in told:
            yield node.value


def _has_doc(node):
    return isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)


def named_options():
    """The first argument of every call of `option`, where it is written out."""
    for path in LIBRARY:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "option":
                yield getattr(node.args[0], "value", None)


def flags_of_the_command_line():
    return {flag for verb in cli.commands.values() for each in verb.params for flag in each.opts}


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_the_library_names_no_flag(path):
    assert [text for text in texts(path) if FLAG.search(COMMAND.sub("", text))] == []


def test_every_option_that_a_message_names_has_a_flag():
    names = set(named_options()) - {None, "name", "snapshot", "resolver"}

    assert len(names) > 20
    assert names <= set(FLAGS) | {each.name for verb in cli.commands.values() for each in verb.params}


def test_every_flag_of_a_message_is_one():
    assert {*FLAGS.values(), *SWITCHES.values()} <= flags_of_the_command_line()


@pytest.mark.parametrize(
    ("marked", "call", "flag"),
    [
        (option("keep", "newest:Seen"), "keep='newest:Seen'", "--keep newest:Seen"),
        (option("header_row"), "header_row=...", "--header-row"),
        (option("limits", key="cell", value="N"), "limits={'cell': N}", "--limit cell=N"),
        (
            option("columns", key="email", value="'Mail'"),
            "columns={'email': 'Mail'}",
            "--column email='Mail'",
        ),
        (option("suppression_columns", given=False), "suppression_columns=False", "--no-suppression-columns"),
        (option("allow_empty_list", given=True), "allow_empty_list=True", "--allow-empty-list"),
        (option("resolver", None), "resolver=None", "--no-dns"),
        (option("custom", ["Tier"]), "custom=['Tier']", "--custom Tier"),
        (option("batch_leads", 0), "batch_leads=0", "--batch-size 0"),
    ],
)
def test_an_option_is_spelled_as_whoever_reads_it_writes_it(marked, call, flag):
    error = UsageError(f"{marked}: no.")

    assert str(error) == f"{call}: no."
    assert with_flags(error) == f"{flag}: no."
    assert with_flags(Note(f"{marked}: no.")) == f"{flag}: no."
    assert error.parameter == spell(marked, lambda name, call, value: name)


def test_a_value_cannot_pass_for_a_mark():
    error = UsageError(option("keep", option("memory", "x")))

    assert str(error).isprintable()
    assert error.parameter == "keep"
    assert repr(error).isprintable()


def test_a_message_without_an_option_stays_as_it_is():
    assert str(UsageError("no.")) == with_flags(UsageError("no.")) == with_flags("no.") == "no."
    assert UsageError("no.").parameter is None


@pytest.mark.parametrize("made", [UsageError, Note])
def test_it_can_be_handed_to_another_process(made):
    sent = made(f"{option('keep', 'last')}: no.")

    arrived = pickle.loads(pickle.dumps(sent))

    assert (str(arrived), arrived.marked) == (str(sent), sent.marked)


def test_the_same_mistake_is_told_to_a_caller_and_to_a_reader_of_the_terminal(tmp_path, capsys):
    frame = pd.DataFrame({"email": ["ann@acme.example"]})
    path = tmp_path / "leads.csv"
    frame.to_csv(path, index=False)

    with pytest.raises(UsageError, match=r"^keep='best': expected first") as caught:
        hygiene.clean(frame, keep="best")
    with pytest.raises(SystemExit):
        main(["check", str(path), "--no-dns", "--keep", "best"])

    assert caught.value.parameter == "keep"
    assert capsys.readouterr().err.startswith("Error: --keep best: expected first")
