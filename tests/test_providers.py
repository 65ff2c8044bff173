"""Who takes the mail of each row: in the verdicts, as a column that is sent, and as what one compares by."""

import pandas as pd
import pytest

import hygiene
import hygiene.scale
from hygiene.deliverability import DomainVerdict, KnownVerdicts
from hygiene.errors import UsageError
from hygiene.importing import plan
from hygiene.importing.payload import check_renamed

ANSWERS = KnownVerdicts(
    {
        "acme.example": DomainVerdict("accepts", hosts=("aspmx.l.google.com",)),
        "birch.example": DomainVerdict("accepts", hosts=("eu-smtp-inbound-1.mimecast.com",)),
        "own.example": DomainVerdict("accepts", hosts=("mx.own.example",)),
        "gone.example": DomainVerdict("domain_not_found"),
    }
)
ADDRESSES = [
    "a@acme.example",
    "b@acme.example",
    "c@birch.example",
    "d@own.example",
    "e@gone.example",
    "nobody",
]
PROVIDERS = ["google", "google", "mimecast", "other", None, None]


def frame(**more):
    return pd.DataFrame({"email": ADDRESSES, **more})


def providers(verdicts):
    column = verdicts["mail_provider"]
    return column.astype(object).where(column.notna(), None).tolist()


def test_verdicts_say_who_takes_the_mail():
    assert providers(hygiene.clean(frame(), resolver=ANSWERS).verdicts) == PROVIDERS


def test_who_takes_the_mail_is_blank_where_dns_is_not_asked():
    assert providers(hygiene.clean(frame()).verdicts) == [None] * 6


def test_verdicts_on_dask_say_the_same():
    dask = pytest.importorskip("dask.dataframe")

    cleaned = hygiene.scale.clean(dask.from_pandas(frame(), npartitions=2), resolver=ANSWERS)

    assert providers(cleaned.verdicts.compute()) == PROVIDERS


def test_who_takes_the_mail_is_sent_where_it_is_named():
    cleaned = hygiene.clean(frame(Tier=["gold"] * 6), resolver=ANSWERS)

    sent = [
        [*lead] for batch in plan(cleaned, batch_leads=9, custom=["mail_provider"]) for lead in batch.leads
    ]
    every = [lead for batch in plan(cleaned, batch_leads=9, custom=["all"]) for lead in batch.leads]

    assert sent == [["email", "mail_provider"]] * 4
    assert [lead["mail_provider"] for batch in plan(cleaned, batch_leads=1, custom=["mail_provider"])
            for lead in batch.leads] == PROVIDERS[:4]  # fmt: skip
    assert [[*lead] for lead in every] == [["email", "Tier"]] * 4


def test_a_column_of_the_leads_with_that_name_is_sent_as_it_is():
    cleaned = hygiene.clean(frame(mail_provider=["theirs"] * 6), resolver=ANSWERS)

    [batch] = plan(cleaned, batch_leads=9, custom=["mail_provider"])

    assert {lead["mail_provider"] for lead in batch.leads} == {"theirs"}


def test_leads_are_compared_by_who_takes_their_mail():
    told = hygiene.clean(frame(), resolver=ANSWERS).by("provider")

    assert {group.name: group.tally.rows for group in told.groups} == {
        "google": 2, "(blank)": 2, "mimecast": 1, "other": 1
    }  # fmt: skip
    assert told.groups[0].tally.outcomes["ready"] + told.groups[1].tally.outcomes["ready"] == 2


def test_a_column_called_provider_is_compared_by_before_dns():
    told = hygiene.clean(frame(Provider=["north"] * 6), resolver=ANSWERS).by("provider")

    assert [group.name for group in told.groups] == ["north"]


def test_without_dns_nothing_is_compared_by_provider():
    with pytest.raises(
        UsageError, match="by='provider': DNS says who takes the mail, and with resolver=None"
    ):
        hygiene.clean(frame()).by("provider")


def test_who_takes_the_mail_may_be_sent_under_another_name():
    check_renamed(["email"], {"rename": {"mail_provider": "esp"}})

    with pytest.raises(UsageError, match="no such column"):
        check_renamed(["email"], {"rename": {"mail_provide": "esp"}})
