"""Parts of addresses: what stands before the last at-sign, and behind it in lower case, once each domain."""

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["Parts"]


class Parts(NamedTuple):
    """The parts of addresses, by position.

    Attributes:
        local: Local parts; all of a text that has no at-sign.
        domain: Domains in lower case.
    """

    local: pa.Array
    domain: pa.DictionaryArray

    @classmethod
    def of(cls, addresses: pa.Array, /) -> "Parts":
        """The parts of these; a null has empty ones."""
        texts = pc.fill_null(addresses, "")
        halves = pc.split_pattern(texts, "@", max_splits=1, reverse=True).flatten()
        if len(halves) == 2 * len(texts):  # all have an at-sign
            places = np.arange(0, len(halves), 2)
            local, domain = halves.take(pa.array(places)), halves.take(pa.array(places + 1))
        else:
            local = pc.replace_substring_regex(texts, "@[^@]*$", "")
            domain = pc.replace_substring_regex(texts, "^.*@", "")
        encoded = domain.dictionary_encode()
        lowered = pc.utf8_lower(encoded.dictionary).dictionary_encode()
        indices = lowered.indices.take(encoded.indices)
        return cls(local, pa.DictionaryArray.from_arrays(indices, lowered.dictionary))

    def take(self, rows: Any, /) -> "Parts":
        """The same of the leads at these positions alone; domains of none may be among the distinct ones."""
        return Parts(self.local.take(pa.array(rows)), self.domain.take(pa.array(rows)))

    def sizes(self) -> tuple[Any, Any]:
        """How many characters each local part and each domain has."""
        of_each = pc.utf8_length(self.domain.dictionary).to_numpy(zero_copy_only=False)
        domain = of_each[self.domain.indices.to_numpy(zero_copy_only=False)]
        return pc.utf8_length(self.local).to_numpy(zero_copy_only=False), domain
