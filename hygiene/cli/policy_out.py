"""Policies that explain a difference: said, and written where that is asked for."""

from typing import TYPE_CHECKING

import click

from hygiene.errors import UsageError

if TYPE_CHECKING:
    from hygiene.policy import ImportPolicy
    from hygiene.prediction.explain import Explanation
    from hygiene.prediction.reconcile import Reconciliation

__all__ = ["offer_policy"]


def offer_policy(told: "Reconciliation", out: str | None, /) -> None:
    """Write the one policy that explains everything, or say how to; say nothing where there is none.

    Where no rule does, one that was induced from what leads have in common is written, labelled so.

    Raises:
        UsageError: the file cannot be written.
    """
    found = told.search()
    policy, words, evidence = found.policy, "", found.sentences()
    if policy is not None:
        words = found.fits[0].words
    elif found.induced is not None:
        policy, words = found.induced, f"induced ({_meant(found, found.induced)})"
        evidence = ["induced from rows, and no rule that the API is known to have:", *evidence]
    if policy is None:
        return
    if out is None:
        click.echo(
            f"{words} would have predicted it: --policy-out F writes such a policy, the rules of how the API counts.",
            err=True,
        )
        return
    from hygiene.io.writers import atomic

    try:
        with atomic(out, rights=None) as file:
            file.write(policy.to_toml(evidence=evidence))
    except OSError as error:
        msg = f"--policy-out {out}: {error.strerror}."
        raise UsageError(msg) from error
    click.echo(f"wrote {out}: {words}", err=True)


def _meant(found: "Explanation", policy: "ImportPolicy") -> str:
    """What an induced rule says; a pattern is hard to read itself."""
    common = (finding.rule for finding in found.findings if finding.rule is not None)
    words = next(
        each.words
        for each in common
        if policy.needed_fields.endswith(each.lacks) and each.pattern.lacks in ("", policy.usable_address)
    )
    return f"leads that {words} are invalid"
