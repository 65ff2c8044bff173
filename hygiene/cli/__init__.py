"""The command line: options in, calls to the library, text and exit codes out.

The only package that prints or exits. Results go to stdout, everything else to stderr.
"""

import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from hygiene.cli import check_clean, demo, doctor, exit_codes, history, import_, lists, mx, probe, pull
from hygiene.cli import options as shared
from hygiene.cli.flags import declare, with_flags
from hygiene.cli.help import Verbs
from hygiene.cli.signals import end_on_signals
from hygiene.errors import HygieneError
from hygiene.version import __version__

__all__ = ["cli", "main"]


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
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


_VERBS = (
    check_clean.check,
    check_clean.clean,
    import_.import_,
    lists.lists,
    pull.pull,
    history.history,
    mx.mx,
    probe.probe,
    doctor.doctor,
    demo.demo,
    demo.emulate,
)
for verb in _VERBS:
    cli.add_command(verb)
declare(cli)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code."""
    end_on_signals()
    # The system's allocator keeps what is freed at hand; Arrow's own hands it back, which costs half a second of
    # system time a million leads. It is read when Arrow is loaded, which is later.
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    try:
        code = cli.main(args=arguments, prog_name="hygiene", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        code = exit_codes.INTERRUPTED
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except HygieneError as error:
        click.echo(f"Error: {with_flags(error)}", err=True)
        code = exit_codes.exit_code(error)
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has left; there is nobody to tell
        code = exit_codes.DONE
    finally:
        shared.hush()
    sys.exit(code or exit_codes.DONE)
