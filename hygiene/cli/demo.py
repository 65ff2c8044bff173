"""The verbs that need nothing but this machine: demo, emulate."""

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hygiene.cli import options as shared
from hygiene.cli import param_types
from hygiene.cli.help import Verb
from hygiene.cli.import_ import import_, import_leads
from hygiene.cli.loaders import load_policy
from hygiene.cli.run import Run
from hygiene.cli.signals import Stopping

if TYPE_CHECKING:
    from hygiene.emulator.demo import Stage

__all__ = ["demo", "emulate"]


@click.command(cls=Verb)
@click.option(
    "--out",
    callback=param_types.folder,
    metavar="DIR",
    help="Folder for ready.csv, withheld.csv, verdicts.csv, summary.json, report.html.",
)
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", help="What stdout holds."
)
@shared.out_format
@click.option("-q", "--quiet", is_flag=True, help="No notes, no progress.")
def demo(**options: Any) -> int:
    """Run the whole loop on sample leads, against a local API and a local name server.

    \b
    hygiene demo --out demo
    """
    from hygiene.emulator.demo import stage

    tidied = _tidied()
    if tidied != "all" and not options["quiet"]:
        msg = "phones and places are left as they are; pip install 'lead-hygiene[tidy]' has them tidied too"
        click.echo(msg, err=True)
    likely = ["--likely"] if find_spec("rapidfuzz") else []
    with stage() as around:
        code = _import(around, around.list_id, options, "--tidy", tidied, *likely)
        if options["format_"] == "text":
            click.echo(
                "\nThe same file again with --send-all, into a list of its own: an audit of the prediction."
            )
            audited = {**options, "out": None}
            code = _import(around, around.audit_id, audited, "--send-all", "--tidy", tidied, *likely) or code
        return code


def _tidied() -> str:
    """What is tidied: all, or where the extra `tidy` is not installed what does without it."""
    return "all" if find_spec("phonenumbers") and find_spec("pycountry") else "names,companies,links"


def _import(around: "Stage", list_id: int, options: Mapping[str, Any], *more: str) -> int:
    """Run `hygiene import` on the sample."""
    from hygiene.smartlead import Smartlead

    arguments = [str(around.leads), str(around.verified), str(around.export), "--trust-column", "ZB Status"]
    arguments += ["--list", str(list_id), "--suppress", str(around.suppress)]
    arguments += [
        "--resolver",
        around.names.address,
        "--no-dns-cache",
        "--require",
        "first_name",
        "--yes",
        *more,
    ]
    arguments += ["--disposable", str(around.disposable), "--free", str(around.free)]
    given = import_.make_context("import", arguments, default_map={}).params
    run = Run({**given, **options})
    with Smartlead(list_id=list_id, api_key=around.api.api_key, base_url=around.api.base_url) as sink:
        return import_leads(run, sink, None, Stopping(run.note))


@click.command(cls=Verb)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="N",
    default=0,
    show_default=True,
    help="Port of the API; 0 takes a free one.",
)
@click.option(
    "--dns-port",
    type=click.IntRange(0, 65535),
    metavar="N",
    default=0,
    show_default=True,
    help="Port of the name server.",
)
@click.option(
    "--zone",
    type=click.Path(path_type=Path),
    metavar="F",
    help="TOML of domain to DNS records; the sample's where none.",
)
@click.option("--policy", metavar="F", help="Rules to count by, as TOML.")
@click.option("--key", metavar="KEY", default="demo-key", show_default=True, help="The key it accepts.")
@click.option(
    "--database", default=":memory:", show_default=True, metavar="F", help="SQLite file to keep the leads in."
)
@click.option(
    "--reply",
    type=click.Choice(["page", "openapi", "strings", "campaign"]),
    default="page",
    show_default=True,
    help="Shape of an import's answer; campaign is the dialect that was seen live.",
)
@click.option(
    "--account-rate", metavar="N/s,N/m,N/h", help="Requests of all keys together that are answered."
)
@click.option("--other-key", multiple=True, metavar="KEY", help="A further key of the same account.")
@click.option("--bare-leads", is_flag=True, help="Answer leads as a bare array, paged by the last one's id.")
@click.option(
    "--missing",
    type=click.Choice(["error", "ok", "empty"]),
    default="error",
    show_default=True,
    help="Answer to a change of what is not there: 404, as done, or an empty object.",
)
def emulate(
    dns_port: int, zone: Path | None, policy: str | None, key: str, account_rate: str | None, **switches: Any
) -> None:
    """Serve a local Smartlead-compatible API and a name server until stopped.

    \b
    hygiene emulate --port 8080 --dns-port 5353
    hygiene emulate --reply campaign --account-rate 200/m --other-key second-key
    """
    from hygiene.emulator import Emulator, ZoneServer
    from hygiene.emulator.demo import read_zone, sample_zone
    from hygiene.http.rate_limit import parse_rate

    records = read_zone(zone) if zone else sample_zone()
    rate = parse_rate(account_rate, named="account_rate") if account_rate else ()
    more = {"other_keys": switches.pop("other_key"), "account_rate": rate, **switches}
    with (
        ZoneServer(records, port=dns_port) as names,
        Emulator(policy=load_policy(policy), api_key=key, **more) as api,
    ):
        made = api.create_list("First list")
        click.echo(f"export SMARTLEAD_BASE_URL={api.base_url}")
        click.echo(f"export SMARTLEAD_API_KEY={key}")
        click.echo(f"export HYGIENE_RESOLVER={names.address}")
        click.echo(f"# list {made} is empty and yours; stop with Ctrl-C", err=True)
        try:
            api.serve_forever()
        except KeyboardInterrupt:
            click.echo("stopped", err=True)
