"""The command line: options in, calls to the library, text and exit codes out.

The only package that prints or exits. Results go to stdout, everything else to stderr.
"""

import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from hygiene.cli import exit_codes
from hygiene.cli import options as shared
from hygiene.cli.endings import Course, unforeseen
from hygiene.cli.flags import declare, with_flags
from hygiene.cli.help import LaterVerbs, Verbs
from hygiene.cli.late_pandas import spare_pandas
from hygiene.cli.signals import end_on_signals
from hygiene.cli.streams import Output, lasting
from hygiene.errors import HygieneError
from hygiene.version import __version__

__all__ = ["cli", "main"]

#: What the number of a signal is added to. POSIX, the shell's exit status.
SIGNALLED = 128


class _Verbs(Verbs):
    """The verbs; what nobody foresaw is told as such, before click takes it for a pipe that broke or a Ctrl-C."""

    def invoke(self, ctx: click.Context) -> Any:
        spare_pandas()
        try:
            return super().invoke(ctx)
        except (HygieneError, click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except SystemExit as error:
            if isinstance(error.code, int) and error.code > SIGNALLED:  # as `signals` ends a program
                raise
            raise unforeseen(error) from error  # a user's own rule or schema left
        except Exception as error:  # the outer one: a run has no other ends than those of `exit_codes`
            raise unforeseen(error) from error


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="lead-hygiene")
@shared.loudness
def cli(**_: Any) -> None:
    """Clean a file of leads, predict what an import API will answer, import it, compare.

    \b
    hygiene demo                            the whole loop on sample leads, on this machine
    hygiene check leads.csv                 look, write nothing
    hygiene clean leads.csv --out cleaned   ready.csv, withheld.csv, verdicts.csv, summary.json
    hygiene import leads.csv --list 500     clean, predict, send, compare
    hygiene mx acme.example                 does a domain take mail
    hygiene doctor                          check Python, packages, DNS, key and list

    Exit codes: 0 done; 1 a limit was passed, nothing was sent; 2 usage or configuration; 3 the input
    could not be read; 4 the API or the resolver refused, nothing was sent; 5 unfinished; 6 sent, and the
    counts differ.
    """


#: The module of each verb, and its name there.
_VERBS = {
    "check": ("check_clean", "check"),
    "clean": ("check_clean", "clean"),
    "import": ("import_", "import_"),
    "lists": ("lists", "lists"),
    "pull": ("pull", "pull"),
    "history": ("history", "history"),
    "mx": ("mx", "mx"),
    "probe": ("probe", "probe"),
    "doctor": ("doctor", "doctor"),
    "demo": ("demo", "demo"),
    "emulate": ("demo", "emulate"),
}
cli.commands = LaterVerbs("hygiene.cli", _VERBS)
declare(cli)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    end_on_signals()
    # The system's allocator keeps what is freed at hand; Arrow's own hands it back, which costs half a second of
    # system time a million leads. It is read when Arrow is loaded, which is later.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    # NumPy's linear algebra is used by nothing here, and its threads spin for a tenth of what a small run takes.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with lasting() as output:
        try:
            code = _run(arguments, output)
        finally:
            shared.hush()
    sys.exit(code)


def _run(arguments: Sequence[str] | None, output: Output) -> int:
    """Run the command line; its exit code, whatever happens."""
    run = Course()
    try:
        code = cli.main(args=arguments, prog_name="hygiene", standalone_mode=False, obj=run)
    except (click.exceptions.Abort, KeyboardInterrupt):
        return exit_codes.INTERRUPTED
    except click.ClickException as error:
        error.show()
        return exit_codes.USAGE
    except HygieneError as error:
        return _told(error)
    if output.lost:
        click.echo(
            f"warning: stdout cannot be written ({output.lost}); what it was to hold is lost.", err=True
        )
        return code or (exit_codes.DONE if run.begun else exit_codes.USAGE)
    return code or exit_codes.DONE


def _told(error: HygieneError) -> int:
    click.echo(f"Error: {with_flags(error)}", err=True)
    return exit_codes.exit_code(error)
