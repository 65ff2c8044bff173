"""What options name: the policy that stands in a file, the resolver that they describe."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hygiene.cli.flags import with_flags
from hygiene.errors import CacheError, UsageError
from hygiene.small_file import read_small

if TYPE_CHECKING:
    from hygiene.importing import Progress
    from hygiene.policy import ImportPolicy
    from hygiene.resolver import Resolver

__all__ = ["load_policy", "make_resolver"]


def load_policy(path: str | None, /) -> "ImportPolicy | None":
    """The policy in a TOML file; None where no file is named."""
    from hygiene.policy import ImportPolicy

    if path is None:
        return None
    try:
        return ImportPolicy.from_toml(read_small(Path(path)))
    except OSError as error:
        msg = f"--policy {path}: {error.strerror}."
        raise UsageError(msg) from error
    except (UnicodeDecodeError, UsageError) as error:
        msg = f"--policy {path}: {with_flags(error) if isinstance(error, UsageError) else error}."
        raise UsageError(msg) from error


def make_resolver(options: Mapping[str, Any], progress: "Progress | None") -> "Resolver":
    """The resolver that a verb's options describe.

    A cache that was named must work; the usual one is done without where the folder cannot be written.
    """
    from hygiene.resolver import Resolver, default_path

    limits = {
        "window": options["dns_window"], "rate_per_s": options["dns_rate"],
        "timeout_s": options["dns_timeout"], "deadline_s": options["dns_deadline"],
    }  # fmt: skip
    given = {name: limit for name, limit in limits.items() if limit is not None}
    cache = options["dns_cache"] or (None if options["no_dns_cache"] else default_path())
    open_with = partial(Resolver, nameservers=options["resolvers"] or None, progress=progress, **given)
    if options["dns_cache"] and options["no_dns_cache"]:
        raise UsageError("--dns-cache and --no-dns-cache: give one of the two.")
    try:
        return open_with(cache=cache)
    except CacheError as error:
        if options["dns_cache"]:
            raise
        click.echo(f"warning: {with_flags(error)} Going on without.", err=True)
        return open_with(cache=None)
