"""Deliverability: what the DNS answers for a domain say about mail to it, and who may be asked for them."""

from hygiene.deliverability.inquiry import HOSTS_ASKED, Answer, Inquiry, Question, is_routable, judge
from hygiene.deliverability.mail_provider import MailProvider, mail_provider
from hygiene.deliverability.stand_ins import KnownVerdicts, Resolver, a_labels, as_resolver
from hygiene.deliverability.verdict import (
    CAUSES,
    REASON_OF,
    DomainVerdict,
    Kind,
    VerdictCode,
    doubt,
    withhold_belief,
)

__all__ = [
    "CAUSES",
    "HOSTS_ASKED",
    "REASON_OF",
    "Answer",
    "DomainVerdict",
    "Inquiry",
    "Kind",
    "KnownVerdicts",
    "MailProvider",
    "Question",
    "Resolver",
    "VerdictCode",
    "a_labels",
    "as_resolver",
    "doubt",
    "is_routable",
    "judge",
    "mail_provider",
    "withhold_belief",
]
