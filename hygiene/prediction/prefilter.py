"""Touching: which leads some counting rule can reach, decided chunk by chunk.

Every other lead is imported, whatever the policy; so all that is costly is worked out on the touched ones.
Of a lead merely a hash is kept: two that meet by chance are called touched, which costs time and changes
no count.
"""

import copy
from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hygiene.arrow.hashing import OWN_KEY, Hashes, HashKey, HashSet, bucket_of, distinct, hash_texts
from hygiene.arrow.parallel import map_in_order
from hygiene.arrow.text import Mask, lower_case, mask
from hygiene.lists.suffixes import registrable
from hygiene.policy import ImportPolicy, is_pattern
from hygiene.prediction.block_reach import ends_with_one
from hygiene.prediction.features import Codes, coarse_key, literal_texts
from hygiene.prediction.usable import is_usable

__all__ = ["PLACES", "VALIDATED", "Place", "Prefilter", "coarse_hashes", "near", "repeated", "slices"]

#: Where the API may hold a lead already: in the list, or in another of the account.
Place: TypeAlias = Literal["known", "elsewhere"]
PLACES: tuple[Place, ...] = ("known", "elsewhere")
#: Texts that are looked at in one go.
SLICE = 1 << 16
#: Values of `usable_address` that take whatever email-validator takes.
VALIDATED = ("loose", "email-validator")
#: Leading bits of a hash by which repeats are sought.
_BITS = 3


class Prefilter:
    """Finds the leads that are repeated, known, listed or unusable under some rule.

    Args:
        blocklist: The API's block list, addresses and domains.
        known: Addresses that the list holds already.
        elsewhere: Addresses that other lists of the account hold.
        policy: The rules that leads are counted by; None is the defaults. Of the seldom ones only what these have.
        key: What leads are hashed under: a key that several processes share, where they look at some each.

    Attributes:
        held: Hashes of what the API holds.
    """

    def __init__(
        self,
        *,
        blocklist: Iterable[str] = (),
        known: Iterable[str] = (),
        elsewhere: Iterable[str] = (),
        policy: ImportPolicy | None = None,
        key: HashKey = OWN_KEY,
    ) -> None:
        self._key, policy = key, policy or ImportPolicy()
        self._kind, self._reach = policy.usable_address, policy.block_reach
        entries = pc.unique(lower_case(literal_texts(blocklist)))
        addresses = entries.filter(pc.match_substring(entries, "@"))  # no domain of a usable address has one
        hosts = entries.filter(pc.invert(pc.match_substring(entries, "@")))
        self._entries = hosts if self._reach == "letters" else hosts.slice(0, 0)
        self._hosts = HashSet(self._hashes(_owners(hosts) if self._reach == "registrable" else hosts))
        self._of: dict[Place, Hashes] = {
            "known": _key_hashes(literal_texts(known), key),
            "elsewhere": _key_hashes(literal_texts(elsewhere), key),
        }
        self.held = distinct(np.concatenate([_key_hashes(addresses, key), *self._of.values()]))
        self._keys: list[Hashes] = []
        self._others: list[Mask] = []
        self._again: HashSet | None = None

    def add(self, addresses: pa.Array, /) -> None:
        """Look at the next leads in sending order; a null is a lead without an address."""
        self.add_all([addresses])

    def add_all(self, parts: Iterable[pa.Array], /, *, jobs: int | None = None) -> None:
        """Look at leads that come in parts, several parts at once."""
        self.add_known(((part, np.zeros(len(part), dtype=bool)) for part in parts), jobs=jobs)

    def add_known(self, parts: Iterable[tuple[pa.Array, Mask]], /, *, jobs: int | None = None) -> None:
        """The same, where it is known of some leads that email-validator takes their addresses."""
        texts = (
            (text, usable[start : start + SLICE])
            for part, usable in parts
            for start, text in zip(range(0, len(part), SLICE), slices(part), strict=True)
        )
        for keys, others in map_in_order(lambda given: self.look(*given), texts, jobs=jobs):
            self.add_hashed(keys, others)

    def add_hashed(self, keys: Hashes, others: Mask, /) -> None:
        """Take leads that were looked at: the hashes of their coarse keys, and those that are touched by themselves."""
        self._keys.append(keys)
        self._others.append(others)

    def anew(self, again: HashSet | None = None, /) -> "Prefilter":
        """The same for other leads.

        Args:
            again: Hashes of coarse keys that are among them more than once, and maybe others; None seeks them.
        """
        other = copy.copy(self)
        other._keys, other._others, other._again = [], [], again
        return other

    @property
    def knows_hosts(self) -> bool:
        """Whether the block list names domains."""
        return bool(len(self._hosts))

    def look(self, texts: pa.Array, usable: Mask | None = None, /) -> tuple[Hashes, Mask]:
        """The coarse keys of leads, hashed, and the leads that are unusable or on a listed host.

        Args:
            texts: One of the `slices` of their addresses.
            usable: Those that email-validator is known to take; None for none.
        """
        known = usable is not None and self._kind in VALIDATED
        usable = usable.copy() if known and usable is not None else np.zeros(len(texts), dtype=bool)
        unsure = np.flatnonzero(~usable)
        if len(unsure):
            usable[unsure] = is_usable(texts.take(pa.array(unsure)), self._kind)
        if is_pattern(self._kind):
            usable &= mask(pc.equal(pc.count_substring(texts, "@"), 1))
        found = ~usable
        if len(self._hosts):
            found[usable] = self.on_listed_host(texts.filter(pa.array(usable)))
        return coarse_hashes(texts, self._key), found

    def __len__(self) -> int:
        """How many leads were added."""
        return sum(map(len, self._others))

    def rows(self) -> Codes:
        """Positions of the touched leads among all that were added, in order."""
        again = HashSet(repeated([*self._keys, self.held])) if self._again is None else self._again
        found, first = [np.arange(0)], 0
        for keys, others in zip(self._keys, self._others, strict=True):
            found.append(np.flatnonzero(others | again.has(keys)) + first)
            first += len(keys)
        return np.concatenate(found)

    def near(self, place: Place, given: pa.Array, addresses: pa.Array, /) -> pa.Array:
        """Those that are known of one place some folding could make one with an address, and maybe others.

        Args:
            place: Of the two.
            given: What is known of it, as it was handed over.
            addresses: The addresses.
        """
        wanted = HashSet(_key_hashes(addresses, self._key))
        return given.filter(pa.array(wanted.has(self._of[place])))

    def on_listed_host(self, texts: pa.Array, /) -> Mask:
        """True where the domain of an address, each of which is usable, or one above it is an entry."""
        parts = pc.split_pattern(texts, "@").flatten()
        hosts = lower_case(parts.take(pa.array(np.arange(1, len(parts), 2)))).dictionary_encode()
        listed: Mask = self._listed(hosts.dictionary)[hosts.indices.to_numpy(zero_copy_only=False)]
        return listed

    def _listed(self, hosts: pa.Array) -> Mask:
        found = self._hosts.has(self._hashes(hosts))
        found |= ends_with_one(hosts, self._entries)
        while pc.any(pc.match_substring(hosts, ".")).as_py():
            hosts = pc.replace_substring_regex(hosts, r"^[^.]*(\.|$)", "")
            found |= self._hosts.has(self._hashes(hosts))
        return found

    def _hashes(self, texts: pa.Array) -> Hashes:
        return _hashes(texts, self._key)


def near(texts: pa.Array, addresses: pa.Array, /) -> pa.Array:
    """Those of the texts that some folding could make one with one of the addresses, and maybe others."""
    if not len(texts):
        return texts
    wanted = HashSet(_key_hashes(addresses))
    rows = [wanted.has(coarse_hashes(part)) for part in slices(texts)]
    return texts.filter(pa.array(np.concatenate([np.zeros(0, dtype=bool), *rows])))


def slices(texts: pa.Array, /) -> Iterator[pa.Array]:
    """The texts in parts that are small beside what is made of them on the way; nulls as empty texts."""
    for start in range(0, len(texts), SLICE):
        yield pc.fill_null(texts.slice(start, SLICE), "")


def _owners(hosts: pa.Array) -> pa.Array:
    """Domains, and those that somebody registered, under which they stand."""
    owners = (registrable(host) for host in hosts.to_pylist())
    return pc.unique(pa.concat_arrays([hosts, pa.array([each for each in owners if each], hosts.type)]))


def coarse_hashes(texts: pa.Array, /, key: HashKey = OWN_KEY) -> Hashes:
    """The coarse keys of texts without nulls, hashed."""
    return _hashes(coarse_key(texts), key)


def _key_hashes(texts: pa.Array, key: HashKey = OWN_KEY) -> Hashes:
    found = [coarse_hashes(part, key) for part in slices(texts)]
    return np.concatenate([np.zeros(0, np.uint64), *found])


def repeated(hashes: list[Hashes], /) -> Hashes:
    """Those that are there more than once; sought by their leading bits, so that not all are copied at once."""
    found = [np.zeros(0, dtype=np.uint64)]
    for number in range(1 << _BITS):
        parts = (each[bucket_of(each, _BITS) == number] for each in hashes)
        ordered = np.sort(np.concatenate([found[0], *parts]))
        found.append(distinct(ordered[1:][ordered[1:] == ordered[:-1]]))
    return np.concatenate(found)


def _hashes(texts: pa.Array, key: HashKey = OWN_KEY) -> Hashes:
    return hash_texts(texts, lanes=2, key=key)[:, 0]
