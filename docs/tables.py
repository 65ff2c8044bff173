"""The pages of the reference that are tables: options, reasons, settings and exit codes, made from the program."""

import re
from collections.abc import Iterator, Sequence

import click

from hygiene.cli import cli, config, exit_codes
from hygiene.cli.help import GROUPS
from hygiene.outcomes import REASONS, Outcome, meaning, reason

__all__ = ["exit_code_page", "option_page", "reason_page", "setting_page"]

#: What is worth knowing of a group of options beyond what each one says.
_OF_GROUP = {
    "Limits that fail the run": """A limit is a number of rows (`10`) or a share of the input rows (`2%`,
    `0.02`), on any outcome or [reason](reasons.md). Where one is passed, what was found is shown, the exit code
    is 1, and an import sends nothing. The tables `[gate.max]`, `[gate.min]` and `[gate.warn]` of
    [hygiene.toml](settings.md) hold limits too.""",
    "Lists: whom not to write to, and whom the API has": """In any form that [lists](../lists.md) has. A
    suppression list that cannot be read or trusted stops the run, and what it forbids is sent by no option.""",
    "What is remembered": """[Importing](../importing.md) says what the journal keeps and what is done about
    lost answers.""",
    "DNS: whether domains take mail": "[Look-ups](../deliverability.md) says how and at what pace they are made.",
    "How files are read": "[Files](../files.md) says what is read, and what is done with each oddity.",
    "How the API counts": "[How the API counts](../counting.md) has every rule; `hygiene probe` measures them.",
}
_OPTIONS = "An option is the same word with every verb that takes it; `hygiene VERB --help` shows its own."
_OUTCOMES = """Every row of the input ends in one outcome and keeps all its reasons; the outcome is that of the
highest reason, in this order. What did not run is "not checked" (`null` in JSON), never 0."""
_NOTES = """A note leads to `review` only with `--review NOTE`. [Addresses](../addresses.md) has the repairs and
notes; a rule of yours may lead to `review` instead of `invalid`."""
_ORDER = "An option comes before the environment, and the environment before `hygiene.toml`."
_TOML = """In the working directory, or as `[tool.hygiene]` of `pyproject.toml`. At the top may stand {shared};
the tables {limits} hold limits as `NAME = LIMIT`; and `[profile.NAME]`, which `--profile NAME` takes, holds one
account with all that belongs to it:"""
_CODES = (
    "A scheduler retries 5 and no other; what it does with each is in [pipelines](../how-to/pipelines.md)."
)
_ENDS = """What an import ends with is what it did: a closed stdout, a full disk or a folder that is gone once leads
are sent is a warning. What nobody foresaw is one line that names a log, which is yours alone and holds neither a key
nor an address."""
_STDOUT = """stdout carries the result and nothing else. `--format json` prints the object that `summary.json`
holds, on every exit code but 2; its JSON Schema is `schemas/hygiene_schemas/summary.schema.json`."""
_MADE = "Made from the program by `docs/reference.py`."

#: Settings of the environment; the tests hold them against those that the program reads.
ENVIRONMENT = {
    "SMARTLEAD_API_KEY": "the key; never an option",
    "SMARTLEAD_API_KEY_FILE": "a file that holds the key, and that its owner alone can read",
    "SMARTLEAD_BASE_URL": "where the API is; `https://server.smartlead.ai/api/v1` where it is not set",
    "INSTANTLY_API_KEY": "the key of Instantly; never an option",
    "INSTANTLY_API_KEY_FILE": "a file that holds it, and that its owner alone can read",
    "INSTANTLY_BASE_URL": "where Instantly's API is; `https://api.instantly.ai/api/v2` where it is not set",
    "MAILERLITE_API_KEY": "the key of MailerLite; never an option",
    "MAILERLITE_API_KEY_FILE": "a file that holds it, and that its owner alone can read",
    "MAILERLITE_BASE_URL": "where MailerLite's API is; `https://connect.mailerlite.com/api` where it is not set",
    "MAILMAN_USER": "who may ask Mailman",
    "MAILMAN_PASSWORD": "the password; never an option",
    "MAILMAN_PASSWORD_FILE": "a file that holds the password, and that its owner alone can read",
    "MAILMAN_BASE_URL": "where Mailman's REST API is, such as `http://127.0.0.1:8001/3.1`",
    "HYGIENE_RESOLVER": "name servers, comma separated; the system's own where it is not set",
    "HYGIENE_TIMEOUT_S": "seconds for one import request",
    "HYGIENE_PATIENCE_S": "seconds that one request waits where the API is not to be reached or asks to slow down; 900",
    "HYGIENE_JOURNAL": "the journal; in your state folder where it is not set",
    "HYGIENE_YES": "`1`, and nothing else, says `--yes`",
}
#: What the settings of ``hygiene.toml`` say that no option does.
_OF_PROFILE = {
    "base_url": "Where this account's API is, for a server of one's own.",
    "account": "A name for the account, where several keys are of one: their requests are counted together.",
    "user": "The user whose password the key is, where the API has users.",
    "api_key_env": "The variable that holds this account's key or password.",
    "api_key_file": "The file that holds this account's key or password.",
}

#: Reasons of families, with what stands for the rest of their code.
_FAMILIES = {
    "missing_COLUMN": Outcome.INVALID, "schema_COLUMN_CHECK": Outcome.INVALID, "rule_NAME": Outcome.INVALID,
}  # fmt: skip
#: Options without which a reason is not given.
_GIVEN_WITH = {
    "verifier_invalid": "--trust-column", "verifier_risky": "--trust-column", "suppressed_address": "--suppress",
    "suppressed_domain": "--suppress", "suppressed_hash": "--suppress", "blocked_address": "--blocklist",
    "blocked_domain": "--blocklist", "duplicate_of_known": "--known", "missing_COLUMN": "--require",
    "schema_COLUMN_CHECK": "--schema", "rule_NAME": "--rule", "near_suppressed": "--suppress",
    "unsendable_address": "--to",
}  # fmt: skip


def option_page() -> str:
    """Every option by what one wants it for, with the verbs that take it."""
    parts = ["# Options", _MADE, _OPTIONS]
    left = _options()
    for title, names in GROUPS.items():
        parts += [f"## {title}", *([_prose(_OF_GROUP[title])] if title in _OF_GROUP else [])]
        parts.append(_table(("option", "verbs", ""), [row for name in names for row in left.pop(name, [])]))
    parts += [
        "## Of single verbs",
        _table(("option", "verbs", ""), [row for rows in left.values() for row in rows]),
    ]
    return "\n\n".join(parts) + "\n"


def _options() -> dict[str, list[tuple[str, ...]]]:
    """Rows of the table by the names of options; those that say something else with another verb have a row for it."""
    found: dict[str, dict[tuple[str, str], list[str]]] = {}
    for verb, command in [("", cli), *cli.commands.items()]:
        context = click.Context(command, info_name=verb)
        for each in command.params:
            record = each.get_help_record(context) if isinstance(each, click.Option) else None
            if record is not None:
                found.setdefault(str(each.name), {}).setdefault(record, []).append(verb)
    return {name: [_row(*row) for row in rows.items()] for name, rows in found.items()}


def _row(record: tuple[str, str], verbs: list[str]) -> tuple[str, ...]:
    option, text = record
    return f"`{option}`".replace("|", r"\|"), ", ".join(filter(None, verbs)), _told(text)


def _told(text: str) -> str:
    return re.sub(r"(?<![\w-])(--?[a-z][a-z-]+)", r"`\1`", " ".join(text.split())).replace("|", "\\|")


def reason_page() -> str:
    """Every outcome, and every reason with the outcome it leads to."""
    outcomes = [(f"`{each.value}`", meaning(each)) for each in Outcome]
    codes = [*REASONS, *_FAMILIES]
    rows = []
    for outcome in (*Outcome, None):
        for code in codes:
            found = reason(code)
            if found.outcome == outcome:
                option = _GIVEN_WITH.get(code)
                word = "note" if outcome is None else outcome.value
                rows.append((f"`{word}`", f"`{_shown(code)}`", found.text, f"`{option}`" if option else ""))
    tables = [
        _table(("outcome", ""), outcomes),
        _prose(_NOTES),
        _table(("outcome", "reason", "", "given with"), rows),
    ]
    return "\n\n".join(["# Outcomes and reasons", _MADE, _prose(_OUTCOMES), *tables]) + "\n"


def _shown(code: str) -> str:
    return re.sub(r"[A-Z]+", lambda word: f"<{word.group().lower()}>", code)


#: What a help ends with that holds of the option alone.
_TRAILER = re.compile(r"( Repeatable\.)? ?(\[[^\]]*(required|[<>])[^\]]*\])?$")


def setting_page() -> str:
    """What the environment and ``hygiene.toml`` can say."""
    helps = {name: _TRAILER.sub("", rows[0][2]) for name, rows in _options().items()}
    called = {"list": "list_id", "client_id": "client"}
    profile = [
        (
            f"`{name}`",
            "text" if kind is str else "number",
            _OF_PROFILE.get(name) or helps[called.get(name, name)],
        )
        for name, kind in config._SINGLE.items()
    ]
    profile += [(f"`{name}`", "text or list of texts", helps[name]) for name in config._SEVERAL]
    shared = ", ".join(f"`{name}`" for name in config._SHARED)
    limits = ", ".join(f"`[gate.{word}]`" for word in config._LIMITS)
    environment = _table(("setting", ""), [(f"`{name}`", text) for name, text in ENVIRONMENT.items()])
    of_file = [_prose(_TOML.format(shared=shared, limits=limits)), _table(("setting", "is", ""), profile)]
    parts = ["# Settings", _MADE, _ORDER, "## Environment", environment, "## hygiene.toml", *of_file]
    return "\n\n".join(parts) + "\n"


def exit_code_page() -> str:
    """Every exit code."""
    rows = [(str(code), text) for code, text in exit_codes.MEANINGS.items()]
    parts = [
        "# Exit codes",
        _MADE,
        _CODES,
        _table(("exit code", "meaning"), rows),
        _prose(_ENDS),
        _prose(_STDOUT),
    ]
    return "\n\n".join(parts) + "\n"


def _prose(text: str) -> str:
    return " ".join(text.split())


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(_lines(header, rows))


def _lines(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield f"|{'---|' * len(header)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
