"""Help that can be read: examples on top, then what is required, then the other options by what one wants.

Which options there are is not said here; one that has no group is shown last.
"""

import inspect
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from importlib import import_module

import click

__all__ = ["GROUPS", "LaterVerbs", "Verb", "Verbs"]

#: Options of a verb that are shown as one list.
SHORT = 14

#: Options by what one wants, by their names, in the order of the help. A verb shows those that it has.
GROUPS: Mapping[str, Sequence[str]] = {
    "Where to, and what of a lead is sent": (
        "to", "list_id", "custom", "rename", "custom_shape", "batch_size", "send_all", "waive_blocklist", "rate",
        "accept_new_key", "insecure",
    ),
    "Before anything is sent": ("dry_run", "yes", "no_snapshot"),
    "How the API counts": ("policy", "exact", "verify", "policy_out"),
    "What is remembered": ("journal", "require_journal", "again", "on_unknown"),
    "Lists: whom not to write to, and whom the API has": (
        "suppress", "blocklist", "known", "suppression_columns", "suppression_column", "max_list_age",
        "allow_empty_list", "allow_broad_rules", "all_rows", "lead_domains", "client", "profile",
    ),
    "What counts as a lead": (
        "require", "schema", "rules", "trust_columns", "review", "disposable", "free", "roles", "match", "likely",
        "keep", "fill",
    ),
    "Fields as they are sent": ("mend", "tidy", "region"),
    "DNS: whether domains take mail": (
        "no_dns", "resolvers", "accept_unknown", "dns_cache", "no_dns_cache", "dns_rate", "dns_window", "dns_timeout",
        "dns_deadline",
    ),
    "How files are read": (
        "columns", "encoding", "delimiter", "header_row", "no_header", "sheet", "visible_rows", "limits", "memory",
        "jobs", "scheduler",
    ),
    "Limits that fail the run": ("max_", "min_", "warn"),
    "Output": (
        "out", "out_format", "rights", "format_", "by", "report", "show_addresses", "quiet", "verbose", "version",
        "help",
    ),
}  # fmt: skip


class _Readable(click.Command):
    """A command whose help begins with its examples: the paragraphs that keep their lines."""

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write usage, what it does, examples, options by group, and the verbs of a group."""
        self.format_usage(ctx, formatter)
        paragraphs = inspect.cleandoc(self.help or "").split("\n\n")
        first, *rest = (each for each in paragraphs if not each.startswith("\b"))
        self._write(formatter, first)
        with formatter.section("Examples"):
            for each in paragraphs:
                if each.startswith("\b"):
                    formatter.write("".join(f"  {line.strip()}\n" for line in each.splitlines()[1:]))
        self._write(formatter, *rest)
        self.format_options(ctx, formatter)

    @staticmethod
    def _write(formatter: click.HelpFormatter, *paragraphs: str) -> None:
        for text in paragraphs:
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(" ".join(text.split()))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options: those that are required first, then each group that there is."""
        for title, options in self._grouped(ctx):
            records = [record for each in options if (record := each.get_help_record(ctx)) is not None]
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)

    def _grouped(self, ctx: click.Context) -> Iterator[tuple[str, list[click.Parameter]]]:
        given = [each for each in self.get_params(ctx) if isinstance(each, click.Option)]
        # click calls its own option by one name or another
        options = {"help" if "--help" in each.opts else each.name: each for each in given}
        needed = [options.pop(name) for name, each in list(options.items()) if each.required]
        yield "Required", list(needed)
        if len(options) > SHORT:
            for title, names in GROUPS.items():
                yield title, [options.pop(name) for name in names if name in options]
        yield "Options", list(options.values())


class Verb(_Readable):
    """A verb."""


class LaterVerbs(MutableMapping[str, click.Command]):
    """Verbs that are loaded when they are asked for: a run needs one of them, its help all.

    Args:
        package: Where their modules are.
        places: By the name of a verb its module, and its name in it.
    """

    def __init__(self, package: str, places: Mapping[str, tuple[str, str]], /) -> None:
        self._package = package
        self._places = places
        self._added: dict[str, click.Command] = {}

    def __iter__(self) -> Iterator[str]:
        return iter({**self._places, **self._added})

    def __len__(self) -> int:
        return len({**self._places, **self._added})

    def __getitem__(self, name: str, /) -> click.Command:
        if name not in self._added:
            module, verb = self._places[name]
            self._added[name] = getattr(import_module(f"{self._package}.{module}"), verb)
        return self._added[name]

    def __setitem__(self, name: str, verb: click.Command, /) -> None:
        self._added[name] = verb

    def __delitem__(self, name: str, /) -> None:
        raise KeyError(name)


class Verbs(_Readable, click.Group):
    """All verbs, in the order in which they were added."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names."""
        del ctx
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each verb with its first sentence, whole."""
        del ctx
        with formatter.section("Commands"):
            sentences = [(name, verb.get_short_help_str(limit=1000)) for name, verb in self.commands.items()]
            formatter.write_dl(sentences)
