"""The form of address that a sink takes, where it does not take every one."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Protocol, get_args, runtime_checkable

from hygiene.errors import UsageError

if TYPE_CHECKING:
    from hygiene.address import AddressRule

__all__ = ["TakesAddresses", "form_of"]


@runtime_checkable
class TakesAddresses(Protocol):
    """A sink whose API does not take every address.

    Attributes:
        address_form: What an address has to be: any of ``a_labels`` (its domain in A-labels, ``xn--``), ``ascii`` (no
            letter outside ASCII), ``local_64`` (at most 64 octets before the @). Addresses are sent so; leads whose
            address cannot be written so are withheld as ``unsendable_address``.
    """

    address_form: "Collection[AddressRule]"


def form_of(sink: object, /) -> "tuple[AddressRule, ...]":
    """What an address has to be for a sink, in order; nothing where it does not say.

    Raises:
        UsageError: it says a word that is none.
    """
    from hygiene.address import AddressRule

    if not isinstance(sink, TakesAddresses):
        return ()
    words = {sink.address_form} if isinstance(sink.address_form, str) else set(sink.address_form)
    for word in sorted(words - set(get_args(AddressRule)), key=str):
        msg = f"{type(sink).__name__}.address_form holds {word!r}: expected any of {', '.join(get_args(AddressRule))}."
        raise UsageError(msg)
    return tuple(rule for rule in get_args(AddressRule) if rule in words)
