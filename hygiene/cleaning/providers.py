"""Providers: who takes the mail of each row, from what DNS said of its domain anyway."""

from collections.abc import Mapping

import pyarrow as pa

from hygiene.deliverability import DomainVerdict, mail_provider

__all__ = ["PROVIDER", "providers_of"]

#: Name of the column.
PROVIDER = "mail_provider"


def providers_of(domain: pa.Array, verdicts: Mapping[str, DomainVerdict], /) -> pa.Array:
    """The provider of each domain; null where the domain is null, was not asked about or has no mail hosts."""
    if not verdicts:
        return pa.nulls(len(domain), pa.large_string())
    encoded = domain.dictionary_encode()
    hosts = [verdicts[name].hosts if name in verdicts else () for name in encoded.dictionary.to_pylist()]
    found = [mail_provider(each) for each in hosts]
    codes = [None if each is None else str(each) for each in found]
    return pa.array(codes, pa.large_string()).take(encoded.indices)
