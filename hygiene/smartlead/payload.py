"""Bodies: what is posted to the API, and how its fields are called.

Which leads are sent, and when, is decided elsewhere; no address shows in a repr, and so in no traceback.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from hygiene.columns.mapping import CANONICAL
from hygiene.errors import UsageError, option
from hygiene.http.bodies import Body

__all__ = ["distinct_fields", "shape_leads"]


def shape_leads(
    leads: Sequence[Mapping[str, str]], rename: Mapping[str, str], custom_shape: Literal["flat", "nested"], /
) -> Sequence[Mapping[str, object]]:
    """Leads as the API is sent them.

    Args:
        leads: Their fields, by column.
        rename: Column to the API's field, for columns it calls otherwise.
        custom_shape: Custom fields `flat` beside the others, or `nested` under ``custom_fields``.
    """
    if not rename and custom_shape == "flat":
        return leads
    return [_shaped(lead, rename, nested=custom_shape == "nested") for lead in leads]


def _shaped(lead: Mapping[str, str], rename: Mapping[str, str], *, nested: bool) -> Body:
    named = {rename.get(name, name): cell for name, cell in lead.items() if name in CANONICAL}
    custom = {rename.get(name, name): cell for name, cell in lead.items() if name not in CANONICAL}
    if not nested or not custom:
        return Body({**custom, **named})
    return Body({**named, "custom_fields": custom})


def distinct_fields(rename: Mapping[str, str], /) -> dict[str, str]:
    """The renaming, proved to leave every column a field of its own.

    Raises:
        UsageError: two columns share a field, or none is called email.
    """
    fields = [rename.get(name, name) for name in (*CANONICAL, *(set(rename) - set(CANONICAL)))]
    twice = sorted({name for name in fields if fields.count(name) > 1})
    if twice or rename.get("email", "email") != "email":
        renamed = option("rename")
        msg = (
            f"{renamed} gives two columns the field {twice[0]}." if twice else f"{renamed} takes email away."
        )
        raise UsageError(f"{msg} Each column needs a field of its own, and the API requires email.")
    return dict(rename)
