"""Mail providers: whose hosts take the mail, by whole labels and the longest suffix."""

import re
from importlib.resources import files

import pytest

from hygiene.deliverability import MailProvider, mail_provider

TABLE = (files("hygiene.deliverability") / "mail_providers.txt").read_text(encoding="utf-8")
ROWS = [line.split("\t") for line in TABLE.splitlines() if not line.startswith("# ")]


@pytest.mark.parametrize(
    ("host", "code", "kind"),
    [
        ("alt1.aspmx.l.google.com", "google", "mailbox"),
        ("ASPMX.L.GOOGLE.COM.", "google", "mailbox"),
        ("smtp.google.com", "google", "mailbox"),
        ("birch-example.mail.protection.outlook.com", "microsoft", "mailbox"),
        ("birch-example.p-v1.mx.microsoft", "microsoft", "mailbox"),
        ("hotmail-com.olc.protection.outlook.com", "microsoft", "mailbox"),
        ("mx2.zoho.eu", "zoho", "mailbox"),
        ("mx.yandex.net", "yandex", "mailbox"),
        ("mx00.ionos.de", "ionos", "mailbox"),
        ("mx1.mail.ovh.net", "ovh", "mailbox"),
        ("inbound-smtp.eu-west-1.amazonaws.com", "amazon", "mailbox"),
        ("feedback-smtp.us-east-1.amazonses.com", "amazon", "relay"),
        ("mx0a-00123401.pphosted.com", "proofpoint", "gateway"),
        ("eu-smtp-inbound-1.mimecast.com", "mimecast", "gateway"),
        ("d1234.a.ess.barracudanetworks.com", "barracuda", "gateway"),
        ("mx1.hc1234-12.iphmx.com", "cisco", "gateway"),
        ("mx-birch-vadesecure.net", "vade", "gateway"),
        ("route1.mx.cloudflare.net", "cloudflare", "forwarder"),
        ("mx.birch.example", "other", ""),
        ("notmimecast.com", "other", ""),
        ("mimecast.com.birch.example", "other", ""),
        ("ec2-1-2-3-4.compute.amazonaws.com", "other", ""),
        ("google.com", "other", ""),
    ],
)
def test_a_host_is_known_by_the_end_of_its_name(host, code, kind):
    assert mail_provider([host]) == MailProvider(code, kind)


def test_the_first_host_counts_and_others_are_told():
    found = mail_provider(["mx1.hc1.iphmx.com", "birch.mail.protection.outlook.com"])

    assert (str(found), found.mixed) == ("cisco", True)


def test_two_names_of_one_provider_are_not_mixed():
    assert not mail_provider(["a.mail.protection.outlook.com", "a.p-v1.mx.microsoft"]).mixed


def test_without_hosts_nobody_is_known():
    assert mail_provider(()) is None


def test_every_suffix_has_a_source_and_a_date():
    assert len(ROWS) > 100
    assert len({row[0] for row in ROWS}) == len(ROWS)
    for _, code, kind, source, date in ROWS:
        assert re.fullmatch("[a-z0-9_]+", code)
        assert kind in {"mailbox", "gateway", "forwarder", "relay"}
        assert source
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", date)


@pytest.mark.parametrize("suffix", [row[0] for row in ROWS])
def test_every_suffix_is_found(suffix):
    code, kind = next(row[1:3] for row in ROWS if row[0] == suffix)

    assert mail_provider([suffix.replace("*", "x")]) == MailProvider(code, kind)
