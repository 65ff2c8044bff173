"""The package against the oracle: every verdict, every cell of what is ready, every predicted count."""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pandas as pd
import pytest

import hygiene
from hygiene.emulator import ZoneServer

from . import mail
from .counting import Api
from .verdicts import OUTCOME_OF, Judged, a_labels, judge
from .world import DOMAINS, WRAPPED, World, draw_sending, draw_world, write

#: Worlds that are the same in every run, and such as are drawn anew in each.
FIXED, DRAWN = 140, 6
SEEDS = [*range(FIXED), *(int.from_bytes(os.urandom(4)) for _ in range(DRAWN))]
#: A world's seed among these is drawn under each worker of its own, so that the name must not tell it.
NAMES = [*map(str, range(FIXED)), *(f"drawn-{number}" for number in range(DRAWN))]


#: Zones that the worlds share, as a name server that refuses takes its time.
ZONES = 3


class Zones:
    """Name servers by the seed of their zone, and one resolver each, which keeps what it has heard."""

    def __init__(self) -> None:
        self.open: dict[int, tuple[dict[str, list[str]], ZoneServer, hygiene.Resolver]] = {}

    def __getitem__(self, seed: int) -> tuple[dict[str, list[str]], hygiene.Resolver]:
        if seed not in self.open:
            zone = mail.draw_zone([a_labels(name) for name in DOMAINS], Random(seed))
            server = ZoneServer(zone)
            server.start()
            resolver = hygiene.Resolver(nameservers=[server.address])
            resolver.look_up([a_labels(name) for name in DOMAINS])
            self.open[seed] = zone, server, resolver
        zone, _, resolver = self.open[seed]
        return zone, resolver


@pytest.fixture(scope="module")
def zones() -> Iterator[Zones]:
    zones = Zones()
    yield zones
    for _, server, _ in zones.open.values():
        server.close()


def run(world: World, resolver: hygiene.Resolver, folder: Path) -> hygiene.CleanedLeads:
    given = write(world, folder)
    return hygiene.clean(given.pop("leads"), resolver=resolver if world.asks else None, **given)


def texts(frame) -> list[dict[str, str]]:
    return frame.astype(object).where(frame.notna(), "").astype(str).to_dict("records")


def told(cleaned: hygiene.CleanedLeads) -> dict[str, object]:
    """What the package says of a world."""
    rows = texts(cleaned.verdicts)
    return {
        "outcome": [row["outcome"] for row in rows],
        "reasons": [set(filter(None, row["reasons"].split(";"))) for row in rows],
        "address": [row["address"] for row in rows],
        "duplicate_of": [row["duplicate_of"] for row in rows],
        "domain_verdict": [row["domain_verdict"] for row in rows],
        "repaired": [set(filter(None, row["repaired"].split(";"))) for row in rows],
        "other_addresses": [
            [part.strip() for part in row["other_addresses"].split(";") if part] for row in rows
        ],
        "cluster": [row["cluster"] for row in rows],
        "suggestion": [row["suggestion"] for row in rows],
        "ready": texts(cleaned.ready.reset_index(drop=True)),
        "withheld": texts(cleaned.withheld.drop(columns=["source", "line", "reasons", "suggestion"])),
        "fills": set(cleaned.fills.itertuples(index=False, name=None)),
        "outcomes": {name: count for name, count in cleaned.counts.outcomes.items() if count},
        "reasons counted": dict(cleaned.counts.reasons),
        "predicted": [tuple(counts.as_dict().values()) for counts in cleaned.prediction.batches],
        "predicted in all": tuple(cleaned.predicted.as_dict().values()),
        "predicted raw": tuple(cleaned.predicted_raw.as_dict().values()),
    }


def compared(found: dict[str, object], right: dict[str, object]) -> dict[str, object]:
    """What was found, without the suggestions that no page tells of."""
    pairs = zip(found["suggestion"], right["suggestion"], strict=True)
    return found | {"suggestion": [told if known is not None else None for told, known in pairs]}


def expected(judged: Judged) -> dict[str, object]:
    """What the oracle says of it."""
    rows = judged.rows
    outcomes = [judged.outcome(row) for row in rows]
    return {
        "outcome": outcomes,
        "reasons": [row.reasons for row in rows],
        "address": [row.address for row in rows],
        "duplicate_of": [row.duplicate_of for row in rows],
        "domain_verdict": [row.verdict for row in rows],
        "repaired": [row.cell.repaired for row in rows],
        "other_addresses": [row.addresses[1:] for row in rows],
        "cluster": [row.cluster for row in rows],
        "suggestion": [row.suggestion or row.cell.suggestion for row in rows],
        "ready": judged.ready,
        "withheld": [
            {"row": str(row.number), "outcome": judged.outcome(row), **row.cells}
            for row in rows
            if judged.outcome(row) != "ready"
        ],
        "fills": judged.fills,
        "outcomes": dict(Counter(outcomes)),
        "reasons counted": dict(Counter(reason for row in rows for reason in row.reasons)),
        "predicted": judged.predicted,
        "predicted in all": tuple(map(sum, zip((0, 0, 0, 0), *judged.predicted, strict=True))),
        "predicted raw": judged.raw,
    }


@pytest.mark.parametrize("seed", SEEDS, ids=NAMES)
def test_the_package_says_what_the_docs_say(seed: int, zones: Zones, tmp_path: Path) -> None:
    world = draw_world(Random(seed))
    zone, resolver = zones[seed % ZONES]

    found, right = told(run(world, resolver, tmp_path)), expected(judge(world, zone))

    assert compared(found, right) == right, f"seed {seed}"


@pytest.mark.parametrize("seed", SEEDS, ids=NAMES)
def test_what_is_sent_as_it_is_counts_as_the_docs_say(seed: int) -> None:
    sent = draw_sending(Random(seed))
    api = Api(sent.policy, sent.blocklist, sent.waived)
    api.hold(sent.known)
    api.hold(sent.elsewhere, elsewhere=True)

    found = hygiene.predict(
        pd.Series(sent.cells, dtype=object),
        policy=sent.policy,
        blocklist=sent.blocklist,
        known=sent.known,
        elsewhere=sent.elsewhere,
        batch_leads=sent.batch_leads,
        waive_blocklist=sent.waived,
    )

    right = api.import_all(sent.cells, sent.batch_leads)
    assert [tuple(counts.as_dict().values()) for counts in found.batches] == right, f"seed {seed}"


def test_the_worlds_have_all_that_is_to_be_compared() -> None:
    zones = [mail.draw_zone([a_labels(name) for name in DOMAINS], Random(seed)) for seed in range(ZONES)]
    worlds = [judge(draw_world(Random(seed)), zones[seed % ZONES]) for seed in range(FIXED)]
    rows = [(world, row) for world in worlds for row in world.rows]

    assert {world.outcome(row) for world, row in rows} == {*OUTCOME_OF, "ready"}
    assert {reason for _, row in rows for reason in row.reasons} >= {
        "missing_email", "missing_company", "no_at_sign", "bad_local_part", "bad_domain", "address_too_long",
        "special_use_domain", "verifier_invalid", "escape_debris", "rule_no_test", "domain_not_found", "null_mx",
        "no_mail_host", "mail_host_unroutable", "suppressed_address", "suppressed_domain", "suppressed_hash",
        "suppressed_column", "blocked_address", "blocked_domain", "duplicate_in_file", "duplicate_of_known",
        "dns_unknown", "verifier_risky", "several_addresses", "disposable", "free_provider", "role_account",
        "typo_suspected", "near_suppressed",
    }  # fmt: skip
    assert {kind for _, row in rows for kind in row.cell.repaired} == {*WRAPPED.values(), "first_of_several"}
    assert {row.verdict for _, row in rows} == {
        "", "accepts", "accepts_implicit", "null_mx", "domain_not_found", "no_mail_host", "mail_host_unroutable",
        "dns_unknown",
    }  # fmt: skip
    assert {column for world in worlds for _, column, _ in world.fills} >= {"first_name", "company", "phone"}
    assert {total[place] > 0 for total in (world.raw for world in worlds) for place in range(4)} == {
        True,
        False,
    }
