"""Policies that explain a difference: said, and written where that is asked for."""

from typing import TYPE_CHECKING

import click

from hygiene.errors import UsageError

if TYPE_CHECKING:
    from hygiene.prediction.reconcile import Reconciliation

__all__ = ["offer_policy"]


def offer_policy(told: "Reconciliation", out: str | None, /) -> None:
    """Write the one policy that explains everything, or say how to; say nothing where there is none.

    Raises:
        UsageError: the file cannot be written.
    """
    found = told.search()
    if found.policy is None:
        return
    if out is None:
        words = found.fits[0].words
        click.echo(
            f"{words} would have predicted it: --policy-out F writes such a policy, the rules of how the API counts.",
            err=True,
        )
        return
    from hygiene.io.writers import atomic

    try:
        with atomic(out, rights=None) as file:
            file.write(found.policy.to_toml(evidence=found.sentences()))
    except OSError as error:
        msg = f"--policy-out {out}: {error.strerror}."
        raise UsageError(msg) from error
    click.echo(f"wrote {out}: {found.fits[0].words}", err=True)
