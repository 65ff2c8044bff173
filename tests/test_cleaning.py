import datetime as dt
import hashlib
import socket

import numpy as np
import pandas as pd
import pandera.pandas as pandera
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hygiene
from hygiene.checks.custom_rules import Rule
from hygiene.cleaning.dedup.survivors import Keep
from hygiene.cleaning.pipeline import survey_frame
from hygiene.cleaning.result import CleanedLeads
from hygiene.cleaning.settings import Settings
from hygiene.cleaning.survey import survey
from hygiene.deliverability import DomainVerdict
from hygiene.errors import GateFailed, InputError, ListError, UsageError
from hygiene.importing import plan
from hygiene.importing.summary import summarise
from hygiene.lists import parse_list
from hygiene.lists.known_leads import KnownLeads
from hygiene.lists.name_lists import NameList, TraitLists
from hygiene.outcomes import NOTES, REASONS, Outcome
from hygiene.policy import ImportPolicy
from hygiene.prediction.predict import predict
from hygiene_schemas import Verdict

CELLS = [
    "ann@acme.example", "ANN@acme.example", " ann@acme.example", "bob@acme.example", "bob@bolt.example",
    "eve@null.example", "eve@gone.example", "ida@flaky.example", "dnc@acme.example", "x@dnc.example",
    "y@sub.dnc.example", "z@blocked.example", "known@acme.example", "", None, "nobody", "a..b@acme.example",
    "jo@box.local",
]  # fmt: skip


class Answers(dict):
    """A stand-in for a resolver: a dictionary of answers."""

    def look_up(self, domains):
        return {domain: self.get(domain, DomainVerdict("accepts")) for domain in domains}


ANSWERS = Answers(
    {
        "null.example": DomainVerdict("null_mx"),
        "gone.example": DomainVerdict("domain_not_found"),
        "flaky.example": DomainVerdict("dns_unknown", cause="servfail"),
    }
)


def _settings(**changes):
    given_ = {
        "suppress": [parse_list("dnc@acme.example\ndnc.example\n", name="dnc.txt")],
        "blocklist": [parse_list("blocked.example\n", name="block.csv")],
        "known": [KnownLeads.from_cells("list 500", pa.array(["Known@acme.example"], pa.large_string()))],
        "resolver": ANSWERS,
    }
    return Settings(**{**given_, **changes})


def _frame(cells, **columns):
    return pd.DataFrame({"email": pd.Series(cells, dtype=object), **columns})


def _cleaned(frame, settings_) -> CleanedLeads:
    return CleanedLeads(survey_frame(frame, settings_), frame=frame)


def _clean(cells, **changes) -> CleanedLeads:
    return _cleaned(_frame(cells), _settings(**changes))


cells_lists = st.lists(st.sampled_from(CELLS), max_size=15)


@given(cells_lists)
def test_every_row_ends_in_exactly_one_outcome(cells):
    cleaned = _clean(cells)

    assert len(cleaned.verdicts) == len(cells)
    assert sum(cleaned.counts.outcomes.values()) == len(cells)
    assert len(cleaned.ready) + len(cleaned.withheld) == len(cells)
    assert sorted(
        [*cleaned.withheld["row"], *cleaned.verdicts["row"][cleaned.verdicts["outcome"] == "ready"]]
    ) == list(range(1, len(cells) + 1))


@given(cells_lists)
def test_the_input_is_left_as_it_was_and_withheld_rows_hold_their_cells(cells):
    frame = _frame(cells, note=[f"n{place}" for place in range(len(cells))])
    before = frame.copy(deep=True)

    cleaned = _cleaned(frame, _settings())

    pd.testing.assert_frame_equal(frame, before)
    withheld = cleaned.withheld
    assert withheld["email"].tolist() == [cells[row - 1] for row in withheld["row"]]
    assert withheld["note"].tolist() == [f"n{row - 1}" for row in withheld["row"]]
    assert (withheld["reasons"] != "").all()


@given(cells_lists)
def test_what_is_ready_stays_ready_and_has_no_new_finding(cells):
    ready = _clean(cells).ready

    again = _cleaned(ready, _settings())

    assert again.counts.reasons == {}
    assert again.ready["email"].tolist() == ready["email"].tolist()


@given(cells_lists, st.integers(1, 6))
def test_verdicts_do_not_depend_on_how_the_rows_are_cut_into_chunks(cells, size):
    whole = _clean(cells).verdicts
    frame = _frame(cells)

    chunks = [frame.iloc[start : start + size] for start in range(0, len(frame), size)]
    cleaned = CleanedLeads(survey(chunks, _settings()))

    if chunks:
        pd.testing.assert_frame_equal(cleaned.verdicts, whole)


@given(cells_lists, st.randoms(use_true_random=False))
def test_shuffling_rows_keeps_the_counts(cells, random):
    shuffled = list(cells)
    random.shuffle(shuffled)

    before, after = _clean(cells), _clean(shuffled)

    assert before.counts == after.counts
    assert before.predicted == after.predicted
    assert before.predicted_raw == after.predicted_raw


@given(cells_lists)
def test_what_is_ready_is_predicted_to_be_imported_whole(cells):
    cleaned = _clean(cells)

    assert cleaned.predicted.imported == cleaned.predicted.total_leads == len(cleaned.ready)
    assert (
        cleaned.predicted_raw
        == predict(
            pd.Series(cells, dtype=object), blocklist=["blocked.example"], known=["known@acme.example"]
        ).counts
    )


@given(cells_lists)
def test_what_the_suppression_list_forbids_is_sent_by_no_option(cells):
    cleaned = _clean(cells)

    for leads in (cleaned.ready, cleaned.to_send(send_all=True)):
        assert not leads["email"].str.contains("dnc").any()


def test_a_row_keeps_all_its_reasons_and_the_highest_outcome():
    cleaned = _clean(
        ["dnc@acme.example", "DNC@acme.example", "x@dnc.example"],
        rules=[Rule("all", lambda frame: frame["email"] != "", "review")],
    )

    assert cleaned.verdicts["outcome"].tolist() == ["suppressed"] * 3
    assert cleaned.verdicts["reasons"].tolist() == [
        "suppressed_address;rule_all",
        "suppressed_address;duplicate_in_file;rule_all",
        "suppressed_domain;rule_all",
    ]
    assert cleaned.verdicts["matched_rule"].tolist() == ["dnc.txt:1:dnc@acme.example"] * 2 + [
        "dnc.txt:2:dnc.example"
    ]


def test_of_duplicates_the_row_stays_that_is_otherwise_ready():
    frame = _frame(
        ["ann@acme.example", "Ann@acme.example", "ann@acme.example"], first_name=["", "Ann", "Ann"]
    )

    cleaned = _cleaned(frame, _settings(required=["first_name"]))

    assert cleaned.verdicts["outcome"].tolist() == ["invalid", "ready", "duplicate"]
    assert cleaned.verdicts["duplicate_of"].tolist()[0] == "2"
    assert cleaned.verdicts["reasons"].tolist() == [
        "missing_first_name;duplicate_in_file",
        "",
        "duplicate_in_file",
    ] or (
        cleaned.verdicts["reasons"].tolist()
        == ["duplicate_in_file;missing_first_name", "", "duplicate_in_file"]
    )


def test_a_known_lead_is_a_duplicate_of_known():
    verdicts = _clean(["KNOWN@acme.example"]).verdicts

    assert verdicts["outcome"].tolist() == ["duplicate"]
    assert verdicts["duplicate_of"].tolist() == ["known"]


@pytest.mark.parametrize(("accept", "outcome"), [(False, "review"), (True, "ready")])
def test_a_domain_that_dns_does_not_decide_is_for_review_unless_accepted(accept, outcome):
    cleaned = _clean(["ida@flaky.example"], accept_unknown=accept)

    assert cleaned.verdicts["outcome"].tolist() == [outcome]
    assert cleaned.verdicts["domain_verdict"].tolist() == ["dns_unknown"]


def test_what_did_not_run_is_not_checked_rather_than_none():
    cleaned = _clean(["ann@acme.example"], resolver=None, suppress=None, blocklist=None)

    assert cleaned.counts.outcomes["undeliverable"] is None
    assert cleaned.counts.outcomes["suppressed"] is None
    assert cleaned.counts.outcomes["blocked"] is None
    assert cleaned.verdicts["domain_verdict"].isna().all()
    with pytest.raises(UsageError, match="was not checked"):
        cleaned.gate(max={"undeliverable": 0})


def test_a_gate_names_every_limit_that_was_passed():
    cleaned = _clean(["nobody", "ann@acme.example", "ann@acme.example"])

    with pytest.raises(GateFailed) as failed:
        cleaned.gate(max={"invalid": 0.02, "duplicate_in_file": 0}, min={"ready": 1})

    assert len(failed.value.failures) == 2


def test_domains_are_asked_for_once_each():
    asked = []

    class Counting(Answers):
        def look_up(self, domains):
            asked.extend(domains)
            return super().look_up(domains)

    _clean(["a@acme.example", "b@acme.example", "c@bolt.example", "nobody"], resolver=Counting())

    assert sorted(asked) == ["acme.example", "bolt.example"]


def test_a_rule_that_fails_is_an_error_without_cells():
    def check(frame):
        raise ValueError(frame["email"][0])

    with pytest.raises(InputError, match="rule odd failed with ValueError") as failed:
        _clean(["ann@acme.example"], rules=[Rule("odd", check)])
    assert "ann@" not in str(failed.value)
    with pytest.raises(InputError, match="expected one boolean"):
        _clean(["ann@acme.example"], rules=[Rule("odd", lambda frame: [True, False])])


@pytest.mark.parametrize("name", ["Odd", "has space", "1st", ""])
def test_a_rule_name_is_a_lower_case_word(name):
    with pytest.raises(UsageError, match="lower-case word"):
        Rule(name, lambda frame: frame["email"] == "")


@pytest.mark.parametrize("dtype", [object, "str", "string[pyarrow]", pd.ArrowDtype(pa.string()), "category"])
@pytest.mark.parametrize("index", [None, [7] * 4, list("dcba"), pd.date_range("2026-01-01", periods=4)])
def test_verdicts_are_the_same_for_every_dtype_and_index(dtype, index):
    cells = ["ann@acme.example", "<ANN@acme.example>", None, "nobody"]
    frame = pd.DataFrame({"Email Address": pd.Series(cells, dtype=dtype)})
    frame.index = pd.RangeIndex(4) if index is None else pd.Index(index)

    cleaned = hygiene.clean(frame)

    assert cleaned.verdicts["outcome"].tolist() == ["ready", "duplicate", "invalid", "invalid"]
    assert cleaned.verdicts.index.equals(frame.index)
    assert list(cleaned.ready.index) == [frame.index[0]]


def test_odd_cells_get_a_reason_and_never_raise():
    odd = [
        1, 2.5, np.nan, pd.NA, pd.NaT, b"ann@acme.example", b"\xff@acme.example", ["x"], ("a@b.example",), {"a": 1},
        True, "\ud800@acme.example", "ann@acme\udfff.example", "x" * 10_000_000, "x@" * 5_000_000, dt.date(2026, 1, 1),
        dt.datetime(2026, 1, 1, tzinfo=dt.UTC), np.array(["a"]), object,
    ]  # fmt: skip

    cleaned = hygiene.clean(pd.DataFrame({"email": pd.Series(odd, dtype=object)}))

    assert cleaned.verdicts["outcome"].tolist() == ["invalid"] * len(odd)
    assert (cleaned.verdicts["reasons"] != "").all()


def test_numbers_in_other_columns_are_fine_and_are_sent_as_text():
    frame = pd.DataFrame({"email": ["ann@acme.example"], "Phone": [14155550100], "company": [pd.NA]})

    cleaned = hygiene.clean(frame)

    [batch] = plan(cleaned, batch_leads=400)
    assert batch.leads == ({"email": "ann@acme.example", "phone": "14155550100"},)


def test_a_library_call_uses_no_network_unless_handed_a_resolver(write, monkeypatch):
    def refused(*_, **__):
        msg = "a socket was opened"
        raise AssertionError(msg)

    monkeypatch.setattr(socket, "socket", refused)

    cleaned = hygiene.clean(write("leads.csv", "email\nann@acme.example\n"))

    assert cleaned.counts.outcomes["ready"] == 1


def test_the_repr_counts_and_shows_no_address():
    cleaned = _clean(["ann@acme.example", "nobody"])

    assert repr(cleaned) == "<CleanedLeads 2 rows: 1 invalid, 1 ready>"


def test_place_columns_of_the_input_survive_beside_ours():
    frame = _frame(["nobody"], row=["their row"], outcome=["won"])

    withheld = _cleaned(frame, _settings()).withheld

    assert withheld["row"].tolist() == [1]
    assert withheld["row (2)"].tolist() == ["their row"]
    assert withheld["outcome (2)"].tolist() == ["won"]


NOTED = {
    "a@acme.example; b@acme.example": "several_addresses",
    "i@throwaway.example": "disposable",
    "info@acme.example": "role_account",
    "i@postbox.example": "free_provider",
    "i@postbx.example": "typo_suspected",
    "\u0456an@acme.example": "mixed_script",
}
TRAITS = TraitLists(
    disposable=[NameList("throwaways", frozenset({"throwaway.example"}))],
    free=[NameList("free", frozenset({"postbox.example"}))],
    roles=[NameList("roles", frozenset({"info"}))],
)


@pytest.mark.parametrize("review", [[], ["disposable"], list(NOTED.values())])
def test_a_note_withholds_a_row_only_where_it_is_reviewed(review):
    verdicts = _clean(list(NOTED), traits=TRAITS, review=review).verdicts

    assert verdicts["reasons"].tolist() == list(NOTED.values())
    assert verdicts["outcome"].tolist() == [
        "review" if note in review else "ready" for note in NOTED.values()
    ]


@pytest.mark.parametrize("code", ["dns_unknown", "no_at_sign", "nonsense"])
def test_only_a_note_can_be_reviewed(code):
    with pytest.raises(UsageError, match="notes are several_addresses"):
        hygiene.clean(_frame(["ann@acme.example"]), review=[code])


def test_verdicts_hold_repairs_suggestions_other_addresses_and_the_list_of_a_trait():
    cells = ["<ann@acme.example>", "a@acme.example, b@acme.example", "jo@acme,example", "i@postbx.example"]
    cells += ["i@x.throwaway.example"]

    verdicts = _clean(cells, traits=TRAITS, suppress=None, blocklist=None).verdicts

    def column(name):
        return verdicts[name].astype(object).where(verdicts[name].notna(), None).tolist()

    assert column("repaired") == ["brackets", "first_of_several", None, None, None]
    assert column("other_addresses") == [None, "b@acme.example", None, None, None]
    assert column("suggestion") == [None, None, "jo@acme.example", "i@postbox.example", None]
    assert column("matched_rule") == [None, None, None, None, "throwaways:throwaway.example"]
    Verdict.validate(verdicts.assign(duplicate_of=None))


def test_the_row_of_several_addresses_is_sent_under_the_first_and_keeps_its_cell_where_it_is_withheld():
    cleaned = _clean(["a@acme.example, b@acme.example"], review=["several_addresses"])

    assert cleaned.withheld["email"].tolist() == ["a@acme.example, b@acme.example"]
    assert _clean(["a@acme.example, b@acme.example"]).ready["email"].tolist() == ["a@acme.example"]


def test_lists_of_the_users_own_stand_in_place_of_ours(write):
    cleaned = hygiene.clean(
        _frame(["a@mailinator.com", "a@gmail.com", "info@acme.example", "boss@acme.example"]),
        disposable=write("d.txt", "throwaway.example"),
        free=write("f.txt", "postbox.example"),
        roles=write("r.txt", "boss"),
    )

    assert cleaned.verdicts["reasons"].tolist() == ["", "", "", "role_account"]
    with pytest.raises(InputError, match="no local part found"):
        hygiene.clean(_frame(["a@acme.example"]), roles=write("empty.txt", "# nobody\n"))


def test_every_reason_with_a_fixed_code_can_come_out_of_a_cleaning(write):
    """A reason that nothing gives is a promise that nothing keeps."""
    rows = [*CELLS, "q" * 300 + "@acme.example", "a@nodot", "jo@hostless.example", "jo@inside.example",
            "blocked.one@acme.example",
            "a@acme.example; b@acme.example", "%20a@acme.example", "i@throwaway.example", "info@acme.example",
            "i@postbox.example", "i@postbx.example", "\u0456an@acme.example", "dnc@gmail.com"]  # fmt: skip
    path = write(
        "leads.csv",
        "email,Unsubscribed\n"
        + "".join(f'"{cell or ""}",\n' for cell in rows)
        + "one,two,three\nout@acme.example,yes\nhashed@acme.example,no\n",
    )
    against = {code: DomainVerdict(code) for code in ("no_mail_host", "mail_host_unroutable")}
    more = {"hostless.example": against["no_mail_host"], "inside.example": against["mail_host_unroutable"]}
    answers = Answers({**ANSWERS, **more})

    hashed = hashlib.md5(b"hashed@acme.example").hexdigest()
    verified = write("zb.csv", "email,ZB Status\nza@acme.example,invalid\nzb@acme.example,unknown\n")
    noted = write(
        "fields.csv",
        "email,first_name,last_name,phone,website\n"
        "na@acme.example,NULL,,4.41E+11,birch.example\nnb@acme.example,Acme Plumbing Services,,,\n"
        "jonathan.whitfield@acme.example,Jonathan,Whitfield,,\njwhitfield@acme.example,Jonathan,Whitfield,,\n",
    )

    cleaned = hygiene.clean(
        [path, verified, noted],
        trust_columns=["ZB Status"],
        suppress=write("dnc.txt", f"dnc@acme.example\ndnc.example\nd.nc@gmail.com\n{hashed}\n"),
        blocklist=write("block.txt", "blocked.example\nblocked.one@acme.example\n"),
        known=write("known.csv", "email\nknown@acme.example\n"),
        disposable=write("disposable.txt", "throwaway.example\n"),
        free=write("free.txt", "postbox.example\n"),
        resolver=answers,
        likely=True,
    )

    assert set(REASONS) - set(cleaned.counts.reasons) == {"unsendable_address"}  # a sink gives it
    assert {outcome for outcome, rows in cleaned.counts.outcomes.items() if rows} == {str(o) for o in Outcome}


def test_an_opt_out_on_any_row_suppresses_the_address_on_every_row():
    frame = _frame(
        ["ann@acme.example", "ANN@acme.example", "bob@acme.example", "nobody"],
        Unsubscribed=["", "TRUE", "no", "yes"],
        Status=["", "", "Subscribed", ""],
    )

    cleaned = _cleaned(frame, _settings(suppress=None))

    assert cleaned.verdicts["outcome"].tolist() == ["suppressed", "suppressed", "ready", "invalid"]
    assert cleaned.verdicts["reasons"].tolist()[3] == "no_at_sign;suppressed_column"
    assert cleaned.verdicts["matched_rule"].tolist()[:2] == ["the leads:2:Unsubscribed"] * 2
    assert cleaned.counts.outcomes["suppressed"] == 2
    assert cleaned.to_send(send_all=True)["email"].tolist() == ["bob@acme.example"]
    assert [note for note in cleaned.notes if "'Unsubscribed': 2 rows marked" in note]


def test_suppression_columns_can_be_left_out():
    frame = _frame(["ann@acme.example"], Unsubscribed=["TRUE"])

    cleaned = _cleaned(frame, _settings(suppress=None, suppression_columns=False))

    assert cleaned.verdicts["outcome"].tolist() == ["ready"]
    assert cleaned.counts.outcomes["suppressed"] is None


def test_by_person_the_copies_of_a_lead_are_one_and_by_address_they_are_not():
    cells = [
        "jane.doe@gmail.com",
        "janedoe+x@googlemail.com",
        "j.doe@acme.example",
        "jdoe@acme.example",
        "JDOE@acme.example",
    ]

    exact, person = _clean(cells), _clean(cells, match="person")

    assert exact.verdicts["outcome"].tolist() == [*["ready"] * 4, "duplicate"]
    assert person.verdicts["outcome"].tolist() == ["ready", "duplicate", "ready", "ready", "duplicate"]
    assert person.verdicts["match"].tolist()[1::3] == ["person", "exact"]
    assert person.verdicts["cluster"].isna().tolist() == [False, False, True, False, False]
    assert person.verdicts["cluster"].tolist()[:2] == ["1", "1"]


def test_by_person_an_opt_out_of_any_copy_and_a_list_entry_for_any_copy_suppress_all():
    cells = [
        "jane.doe@gmail.com",
        "janedoe+x@gmail.com",
        "bob+a@icloud.com",
        "bob+b@icloud.com",
        "eve+1@proton.me",
        "eve@proton.me",
    ]
    hashed = hashlib.sha256(b"eve+1@proton.me").hexdigest()
    settings_ = _settings(suppress=[parse_list(f"bob+c@icloud.com\n{hashed}\n", name="d")], match="person")

    verdicts = _cleaned(_frame(cells, Bounced=["", "1", "", "", "", ""]), settings_).verdicts

    assert verdicts["outcome"].tolist() == ["suppressed"] * 6
    assert verdicts["matched_rule"].tolist()[2:] == [*["d:1:bob+c@icloud.com"] * 2, *[f"d:2:{hashed}"] * 2]


@pytest.mark.parametrize("kind", ["md5", "sha1", "sha256"])
def test_by_person_a_hash_of_the_persons_plain_address_suppresses_another_spelling(kind):
    hashed = hashlib.new(kind, b"janedoe@gmail.com").hexdigest()
    frame = _frame(["Jane.Doe+news@googlemail.com"], company=["Acme"])
    rules = [parse_list(hashed, name="d")]

    exact, person = (
        hygiene.clean(frame, suppress=rules, match=match, fill=True) for match in ("exact", "person")
    )

    assert exact.verdicts["outcome"].tolist() == ["ready"]
    assert person.verdicts["reasons"].tolist() == ["suppressed_hash;free_provider"]
    assert person.verdicts["matched_rule"].tolist() == [f"d:1:{hashed}"]


NEAR = ["janedoe@gmail.com", "Jane.Doe+x@gmail.com", "jane.doe@googlemail.com", "max+1@outlook.com"]
APART = ["jane.doe@acme.example", "ann+x@acme.example", "jane@gmail.com", "max.1@outlook.com", "nobody"]


def _md5(text):
    return hashlib.md5(text.encode()).hexdigest()


@pytest.mark.parametrize("write", [str, _md5])
def test_a_lead_at_the_mailbox_of_a_suppressed_address_is_noted_and_by_person_withheld(write):
    entries = ["jane.doe@gmail.com", "max@outlook.com", "ann@acme.example"]
    rules = parse_list("\n".join(map(write, entries)), name="d")
    rows = NEAR[1:] if write is _md5 else NEAR  # the dots that a hash was made with cannot be known

    exact, person, reviewed = (
        hygiene.clean(_frame([*entries[:2], *rows, *APART]), suppress=rules, **how)
        for how in ({}, {"match": "person"}, {"review": ["near_suppressed"]})
    )
    noted = exact.verdicts["reasons"].str.contains("near_suppressed")

    assert exact.verdicts["address"][noted].tolist() == rows
    assert exact.verdicts["outcome"][noted].tolist() == ["ready"] * len(rows)
    assert exact.verdicts["matched_rule"][noted].tolist()[-1] == f"d:2:{write('max@outlook.com')}"
    assert person.verdicts["outcome"].tolist()[: len(rows) + 2] == ["suppressed"] * (len(rows) + 2)
    assert "near_suppressed" not in person.counts.reasons
    assert person.counts.outcomes["suppressed"] == len(rows) + 2
    assert reviewed.verdicts["outcome"][noted].tolist() == ["review"] * len(rows)
    assert exact.notes[-1].startswith(f"{len(rows)} rows are at the mailbox of a suppressed address")
    assert len(person.notes) == 1


@pytest.mark.parametrize("hashed", ["janedoe@gmail.com", "jane.doe@gmail.com"])
def test_a_hash_of_the_mailbox_or_of_the_address_without_tag_at_gmail_is_near(hashed):
    lead = _frame(["Jane.Doe+news@googlemail.com"])
    rules = parse_list(_md5(hashed), name="d")

    exact = hygiene.clean(lead, suppress=rules)
    person = hygiene.clean(lead, suppress=rules, match="person")

    assert exact.counts.reasons == {"free_provider": 1, "near_suppressed": 1}
    assert person.verdicts["reasons"].tolist() == ["suppressed_hash;free_provider"]


def test_near_misses_are_found_anew_under_other_lists():
    none = hygiene.clean(_frame(NEAR))
    some = none.again(suppress=(parse_list("jane.doe@gmail.com", name="d"),), review=("near_suppressed",))

    assert "near_suppressed" not in none.counts.reasons
    assert some.counts.outcomes["review"] == 3
    other = some.again(suppress=(parse_list("ma.x@outlook.com", name="d"),))
    assert "near_suppressed" not in other.counts.reasons
    assert some.again(suppress=(parse_list("max@outlook.com", name="d"),)).counts.outcomes["review"] == 1


def test_a_row_that_a_list_forbids_as_it_is_is_no_near_miss():
    rules = parse_list("jane.doe@gmail.com\ngmail.com\n", name="d")

    assert (
        "near_suppressed"
        not in hygiene.clean(_frame(NEAR[:2]), suppress=rules, allow_broad_rules=["gmail.com"]).counts.reasons
    )


def test_by_person_a_copy_of_a_hashed_lead_gives_no_cell():
    hashed = hashlib.sha256(b"eve+1@proton.me").hexdigest()
    frame = _frame(["eve@proton.me", "eve+1@proton.me"], company=["", "Acme"])

    cleaned = hygiene.clean(frame, suppress=parse_list(hashed, name="d"), match="person", fill=True)

    assert cleaned.verdicts["outcome"].tolist() == ["suppressed"] * 2
    assert cleaned.fills.empty


def test_by_person_a_known_lead_is_one_of_another_spelling():
    known = [KnownLeads.from_cells("list 5", pa.array(["x@a.example", "j.doe@gmail.com"], pa.large_string()))]

    verdicts = _clean(["jdoe+1@gmail.com", "X@a.example"], known=known, match="person").verdicts

    assert verdicts["duplicate_of"].tolist() == ["known", "known"]
    assert verdicts["match"].tolist() == ["person", "exact"]
    assert verdicts["known_as"].tolist() == ["list 5:2", "list 5:1"]


def test_a_duplicate_of_known_names_the_source_and_its_line(write):
    known = write("members.csv", "name,email\nA,a@acme.example\nB,b@acme.example\n")

    verdicts = hygiene.clean(
        write("leads.csv", "email\nB@acme.example\nc@acme.example\n"), known=known
    ).verdicts

    assert verdicts["known_as"].tolist()[0] == f"{known}:3"
    assert verdicts["known_as"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("keep", "stays"), [("first", 1), ("last", 4), ("most-complete", 2), ("newest:Seen", 3)]
)
def test_which_row_stays_is_chosen_among_rows_otherwise_ready(keep, stays):
    frame = _frame(
        ["a@acme.example"] * 5,
        first_name=["A", "A", "A", "A", ""],
        company=["", "Acme", "", "", "Acme"],
        Seen=["2026-01-01", "2025-01-01", "2026-03-01", "2026-02-01", "2026-09-01"],
    )

    cleaned = hygiene.clean(frame, keep=keep, require=["first_name"])

    assert cleaned.verdicts["row"][cleaned.verdicts["outcome"] == "ready"].tolist() == [stays]
    assert set(cleaned.verdicts["cluster"]) == {str(stays)}


def test_filled_cells_are_sent_and_told_and_the_input_stays(write):
    path = write(
        "leads.csv", "email,company,phone\na@acme.example,,1\nA@acme.example,Acme,2\nb@acme.example,,\n"
    )

    plain, filled = hygiene.clean(path), hygiene.clean(path, fill=True)

    assert plain.ready["company"].tolist() == ["", ""]
    assert plain.fills.empty
    assert filled.ready["company"].tolist() == ["Acme", ""]
    assert filled.ready["phone"].tolist() == ["1", ""]
    assert filled.fills.to_dict("records") == [{"row": 1, "column": "company", "from_row": 2}]
    assert filled.frame["company"].tolist() == ["", "Acme", ""]


class _Dialled(pandera.DataFrameModel):
    phone: str = pandera.Field(str_matches=r"^(\+\d+)?$", nullable=True)


def test_a_cell_that_the_schema_refuses_is_not_taken_into_a_row_that_is_ready():
    frame = _frame(["a@acme.example", "A@acme.example"], name=["Ann", ""], phone=["", "call me"])

    cleaned = hygiene.clean(frame, schema=_Dialled, fill=True)

    assert cleaned.verdicts["outcome"].tolist() == ["ready", "invalid"]
    assert cleaned.ready["phone"].tolist() == [""]
    assert cleaned.fills.empty
    assert hygiene.clean(cleaned.ready, schema=_Dialled).counts.outcomes["ready"] == 1


def test_a_known_lead_is_withheld_and_takes_nothing():
    frame = _frame(["known@acme.example"] * 2, company=["", "Acme"])

    cleaned = _cleaned(frame, _settings(fill=True))

    assert cleaned.verdicts["outcome"].tolist() == ["duplicate"] * 2
    assert cleaned.fills.empty
    assert cleaned.to_send(send_all=True)["company"].tolist() == ["", "Acme"]


def test_a_row_for_review_gives_nothing():
    odd = Rule("odd", lambda frame: frame["company"] == "?", outcome="review")

    cleaned = hygiene.clean(_frame(["a@acme.example"] * 2, company=["", "?"]), rules=[odd], fill=True)

    assert cleaned.verdicts["reasons"][1] == "duplicate_in_file;rule_odd"
    assert cleaned.ready["company"].tolist() == [""]


@pytest.mark.parametrize("header", ["Unsubscribed", "Marketing status"])
@pytest.mark.parametrize("counts", [True, False])
def test_an_opt_out_column_is_never_filled(header, counts):
    frame = _frame(["a@acme.example"] * 2, company=["", "Acme"], **{header: ["", "unsubscribed"]})

    cleaned = hygiene.clean(frame, fill=True, suppression_columns=counts)

    assert cleaned.verdicts["outcome"].tolist() == (["suppressed"] * 2 if counts else ["ready", "duplicate"])
    assert cleaned.fills["column"].tolist() == ([] if counts else ["company"])
    assert cleaned.ready[header].tolist() == ([] if counts else [""])


#: Rows in clusters, of which some rows are withheld: address, phone, company, opt-out.
lead_rows = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "ann@acme.example", "ANN@acme.example", "ann@acme.example", "a.b@gmail.com", "ab+1@gmail.com",
                "ab@googlemail.com", "known@acme.example",
            ]
        ),
        st.sampled_from(["", "", "+1", "+2", "call me"]),
        st.sampled_from(["", "", "Acme", "?"]),
        st.sampled_from(["", *["no"] * 8, "yes"]),
    ),
    min_size=2,
    max_size=8,
)  # fmt: skip


def _by_place(frame):
    columns = ("phone", "company", "Bounced")
    return {(row, name): cell for name in columns for row, cell in frame[name].items()}


@given(lead_rows, st.sampled_from(["first", "last", "most-complete"]), st.sampled_from(["exact", "person"]))
def test_only_rows_that_are_sent_are_filled_and_only_from_rows_that_nothing_else_speaks_against(
    rows, keep, match
):
    columns = list(zip(*rows, strict=True))
    frame = _frame(columns[0], phone=columns[1], company=columns[2], Bounced=columns[3])
    lists = [parse_list("googlemail.com\n", name="d")]
    odd = Rule("odd", lambda frame: frame["company"] == "?", outcome="review")
    chosen = {"keep": Keep.parse(keep), "match": match, "schema": _Dialled, "rules": [odd], "suppress": lists}

    cleaned = _cleaned(frame, _settings(fill=True, **chosen))

    verdicts, ready = cleaned.verdicts, cleaned.ready
    cells = _by_place(frame)
    outcomes, clusters = verdicts["outcome"], verdicts["cluster"]
    against = [set(reasons.split(";")) - {"", *NOTES} for reasons in verdicts["reasons"].fillna("")]
    expected, fills = {place: cell for place, cell in cells.items() if outcomes[place[0]] == "ready"}, set()
    for fill in cleaned.fills.itertuples():
        row, donor = fill.row - 1, fill.from_row - 1
        assert (outcomes[row], outcomes[donor]) == ("ready", "duplicate")
        assert against[donor] == {"duplicate_in_file"}
        assert clusters[donor] == clusters[row] == str(fill.row)
        assert not cells[row, fill.column]
        expected[row, fill.column] = cells[donor, fill.column]
        fills.add((row, fill.column))
    assert _by_place(ready) == expected
    givers = [row for row, reasons in enumerate(against) if reasons == {"duplicate_in_file"}]
    fillable = {
        (int(clusters[giver]) - 1, column)
        for giver in givers
        for column in ("phone", "company")
        if cells[giver, column]
    }
    assert fills == {place for place in fillable if not cells[place]}


def test_dates_that_are_not_understood_are_said_and_count_as_the_oldest():
    frame = _frame(["a@acme.example"] * 3, Seen=["01/02/2026", "2025/01/01", "20260301"])

    cleaned = hygiene.clean(frame, keep="newest:Seen")

    assert cleaned.verdicts["outcome"].tolist() == ["duplicate", "ready", "duplicate"]
    [note] = cleaned.notes
    assert note.startswith("keep='newest:Seen': 2 of 3 filled cells are no date that is understood")
    assert "2026-03-31" in note
    assert summarise(cleaned)["passes"]["duplicates"]["undated"] == 2


@pytest.mark.parametrize("cells", [["2026-01-01", "1767225600"], ["", "2026-01-01"], ["", ""]])
def test_dates_that_are_understood_or_blank_are_not_spoken_of(cells):
    cleaned = hygiene.clean(_frame(["a@acme.example"] * 2, Seen=cells), keep="newest:Seen")

    assert cleaned.notes == ()


def test_a_column_without_one_date_is_refused_before_anybody_is_asked():
    asked = []

    class Asked(Answers):
        def look_up(self, domains):
            asked.append(domains)

    with pytest.raises(UsageError, match=r"newest:Seen': none of the 2 filled cells.*2026-03-31"):
        hygiene.clean(
            _frame(["a@acme.example"] * 3, Seen=["01/02/2026", "soon", ""]),
            keep="newest:Seen",
            resolver=Asked(),
        )
    assert asked == []


def test_chunks_whose_dates_are_not_understood_are_no_matter_where_another_has_one():
    frame = _frame(["a@acme.example"] * 3, Seen=["01/02/2026", "soon", "2026-01-01"])
    chosen = _settings(keep=Keep.parse("newest:Seen"))

    cleaned = CleanedLeads(survey((frame.iloc[row : row + 1] for row in range(3)), chosen))

    assert cleaned.survey.relations.ranks.tolist() == [Outcome.DUPLICATE.rank] * 2 + [Outcome.READY.rank]
    assert "2 of 3 filled cells" in cleaned.notes[-1]


def test_a_part_of_the_leads_may_be_without_a_date():
    frame = _frame(["a@acme.example", "b@acme.example"], Seen=["soon", "2026-01-01"], Vendor=["x", "y"])

    told = hygiene.clean(frame, keep="newest:Seen").by("Vendor")

    assert [group.tally.outcomes["ready"] for group in told.groups] == [1, 1]


@given(cells_lists, st.sampled_from(["first", "last", "most-complete"]), st.sampled_from(["exact", "person"]))
def test_every_duplicate_stands_behind_a_row_that_is_no_duplicate(cells, keep, match):
    cleaned = hygiene.clean(_frame(cells), keep=keep, match=match, fill=True)

    verdicts = cleaned.verdicts.set_index("row")
    for row, stays in verdicts["duplicate_of"].dropna().items():
        assert int(stays) != row
        assert "duplicate_in_file" not in verdicts["reasons"][int(stays)]
        assert verdicts["cluster"][row] == verdicts["cluster"][int(stays)] == stays


def test_a_single_label_of_the_apis_list_withholds_as_its_policy_says():
    rules = [parse_list("email_or_domain\nexample\n", name="api", of_api=True)]

    literal = _clean(["a@acme.example"], blocklist=rules)
    above = _clean(["a@acme.example"], blocklist=rules, policy=ImportPolicy(block_subdomains=True))

    assert literal.verdicts["outcome"].tolist() == ["ready"]
    assert above.verdicts["outcome"].tolist() == ["blocked"]
    assert above.predicted_raw.blocked == 1


@pytest.mark.parametrize(
    ("reach", "blocked"),
    [
        ("name", ["acme"]),
        ("registrable", ["acme", "shop.acme"]),
        ("letters", ["acme", "shop.acme", "notacme"]),
    ],
)
def test_what_entries_of_the_apis_list_reach_is_withheld_and_predicted_alike(reach, blocked):
    rules = [parse_list("bolt.example\nacme.example\n", name="api", of_api=True)]
    hosts = ["acme", "shop.acme", "notacme", "other"]

    cleaned = _clean(
        [f"a@{host}.example" for host in hosts], blocklist=rules, policy=ImportPolicy(block_reach=reach)
    )

    found = cleaned.verdicts
    assert [host for host, got in zip(hosts, found["outcome"], strict=True) if got == "blocked"] == blocked
    assert found["matched_rule"].dropna().tolist() == ["api:2:acme.example"] * len(blocked)
    assert cleaned.predicted.blocked == 0
    assert cleaned.predicted_raw.blocked == len(blocked)


def test_a_broad_rule_stops_a_list_that_was_read_before_as_well():
    with pytest.raises(ListError, match="allow_broad_rules="):
        hygiene.clean(_frame(["a@gmail.com"]), suppress=parse_list("gmail.com", name="d"))
    cleaned = hygiene.clean(
        _frame(["a@gmail.com"]), suppress=parse_list("gmail.com", name="d"), allow_broad_rules=["gmail.com"]
    )
    assert cleaned.counts.outcomes["suppressed"] == 1
