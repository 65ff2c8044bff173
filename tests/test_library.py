"""import_leads and prepare: what is read from the API before an import, and what that changes."""

import pandas as pd
import pyarrow as pa
import pytest

import hygiene
from hygiene.errors import InputError, ListNotFound, SinkError, UsageError
from hygiene.importing import preflight
from hygiene.io.readers import list_files
from hygiene.io.writers import open_results
from hygiene.lists import parse_list
from hygiene.lists.known_leads import KnownLeads
from hygiene.outcomes import Counts
from hygiene.policy import ImportPolicy
from hygiene.sinks import LeadList

EMAILS = ["new@acme.example", "old@acme.example", "cal@shut.example", "x@client.example"]


def leads(*emails):
    return pd.DataFrame({"email": list(emails)})


@pytest.fixture
def list_id(api):
    api.block(["shut.example"])
    api.block(["client.example"], client_id=4)
    return api.create_list("A", members=["OLD@acme.example"])


@pytest.fixture
def sink(api, list_id):
    with hygiene.Smartlead(list_id=list_id, api_key=api.api_key, base_url=api.base_url) as sink:
        yield sink


def asked(api):
    return [(method, path.partition("?")[0].removeprefix("/api/v1")) for method, path, _ in api.requests]


DESCRIBE, MEMBERS, ACCOUNT, BLOCKED, IMPORT = (
    ("GET", "/lead-list/1"),
    [("GET", "/leads/all")] * 2,  # each listing ends with an empty page
    [("GET", "/leads/all")] * 2,
    [("GET", "/leads/get-domain-block-list")] * 2,
    ("POST", "/lead-list/1/import"),
)


def test_members_and_block_list_are_read_and_leads_found_there_are_withheld(api, sink):
    receipt = hygiene.import_leads(hygiene.clean(leads(*EMAILS)), sink)

    assert asked(api) == [DESCRIBE, *MEMBERS, *ACCOUNT, *BLOCKED, IMPORT]
    assert receipt.reported == receipt.predicted == Counts(2, 2, 0, 0)
    assert receipt.reconciliation.agrees
    assert api.members(1) == ["OLD@acme.example", "new@acme.example", "x@client.example"]


def test_what_the_api_holds_is_the_reason_of_what_is_withheld(api, sink):
    api.block(["new@acme.example"])

    prepared = hygiene.prepare(hygiene.clean(leads(*EMAILS)), sink)

    assert prepared.verdicts["outcome"].tolist() == ["blocked", "duplicate", "blocked", "ready"]
    assert prepared.verdicts["reasons"].tolist()[:3] == [
        "blocked_address",
        "duplicate_of_known",
        "blocked_domain",
    ]
    assert prepared.verdicts["matched_rule"].tolist()[2] == "the API's block list:2:shut.example"
    assert prepared.verdicts["duplicate_of"].tolist()[1] == "known"


def test_send_all_audits_what_was_read(api, sink):
    receipt = hygiene.import_leads(hygiene.clean(leads(*EMAILS)), sink, send_all=True)

    assert receipt.reported == receipt.predicted == Counts(4, 2, 1, 1)


def test_what_was_handed_over_is_not_read_again(api, sink, write):
    cleaned = hygiene.clean(
        leads(*EMAILS),
        known=write("known.csv", "email\nold@acme.example\n"),
        blocklist=write("b.txt", "shut.example"),
        suppress=write(
            "u.csv", f"# lead-hygiene snapshot: unsubscribed leads at h (account {sink.account})\nemail\n"
        ),
    )

    receipt = hygiene.import_leads(cleaned, sink)

    assert asked(api) == [DESCRIBE, IMPORT]
    assert receipt.reconciliation.agrees


def test_only_what_is_missing_is_read(api, sink):
    cleaned = hygiene.clean(leads(*EMAILS), blocklist=parse_list("shut.example", name="b"))

    hygiene.prepare(cleaned, sink)

    assert asked(api) == [DESCRIBE, *MEMBERS, *ACCOUNT]


def test_without_a_snapshot_only_the_list_itself_is_read(api, sink):
    receipt = hygiene.import_leads(hygiene.clean(leads(*EMAILS)), sink, snapshot=False)

    assert asked(api) == [DESCRIBE, IMPORT]
    assert receipt.predicted == Counts(4, 4, 0, 0)
    assert receipt.reported == Counts(4, 2, 1, 1)
    assert receipt.reconciliation.status == "within_range"


def test_a_missing_list_ends_it_before_anything_is_sent(api, sink):
    sink.list_id = 99

    with pytest.raises(ListNotFound, match="hygiene lists"):
        hygiene.import_leads(hygiene.clean(leads(*EMAILS)), sink)

    assert [method for method, _ in asked(api)] == ["GET"]


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ({"match": "Person"}, "match='Person': expected 'exact' or 'person'"),
        ({"match": None}, "match=None: expected 'exact' or 'person'"),
        ({"keep": "oldest"}, "expected first, last, most-complete or newest:COLUMN"),
        ({"max_list_age": "1d"}, "max_list_age='1d': expected a datetime.timedelta"),
        ({"max_list_age": 30}, "max_list_age=30: expected a datetime.timedelta"),
        ({"require": "company"}, "require is one text; expected a list"),
        ({"review": "disposable"}, "review is one text; expected a list"),
        ({"trust_columns": "Status"}, "trust_columns is one text; expected a list"),
        ({"allow_broad_rules": "gmail.com"}, "allow_broad_rules is one text; expected a list"),
        ({"keep": None}, "keep is of type NoneType; expected a text"),
        ({"keep": 1}, "keep is of type int; expected a text"),
        ({"region": 44}, "region is of type int; expected a text"),
        ({"policy": "policy.toml"}, r"policy is of type str; expected a hygiene\.ImportPolicy, such as"),
        ({"columns": "E-mail"}, "columns is of type str; expected columns by name"),
        ({"rules": "rules.py"}, "rules is of type str; expected a list"),
        ({"rules": [len]}, r"expected a hygiene\.Rule"),
        ({"jobs": "2"}, "jobs='2': expected a whole number from 1"),
        ({"jobs": 0}, "jobs=0: expected a whole number from 1"),
        ({"batch_leads": 1.5}, "batch_leads=1.5: expected a whole number from 1"),
        ({"memory": "lots"}, "memory='lots': expected a size, such as '2GB', '512MiB' or a number of octets"),
        ({"memory": "1e9"}, "memory='1e9': expected a size"),
        ({"memory": -1}, "memory=-1: expected a size"),
        ({"memory": float("nan")}, "memory=nan: expected a size"),
        ({"memory": True}, "memory=True: expected a size"),
        ({"memory": b"1GB"}, "memory of type bytes: expected a size"),
    ],
)
def test_a_word_that_an_argument_does_not_know_is_refused(argument, message):
    with pytest.raises(UsageError, match=message):
        hygiene.clean(leads("a@acme.example"), **argument)


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ({"header_row": "3"}, "header_row='3': expected a whole number from 1"),
        ({"encoding": 1252}, "encoding is of type int; expected a text"),
        ({"delimiter": 59}, "delimiter is of type int; expected a text"),
        ({"columns": ["E-mail"]}, "columns is of type list; expected columns by name"),
        ({"limits": 5}, "limits is of type int; expected numbers by name"),
        ({"limits": {"rows": "5"}}, "limit rows=5: expected a whole number"),
    ],
)
def test_how_a_file_is_read_is_refused_where_it_is_of_another_kind(write, argument, message):
    with pytest.raises(UsageError, match=message):
        hygiene.read(write("leads.csv", "email\na@acme.example\n"), **argument)


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ({"on_unknown": "retry"}, "on_unknown='retry': expected 'verify' or 'resend' or 'stop'"),
        ({"custom": "all"}, "custom is one text; expected a list"),
    ],
)
def test_a_word_that_an_import_does_not_know_is_refused_before_anybody_is_asked(api, sink, argument, message):
    before = len(api.requests)

    with pytest.raises(UsageError, match=message):
        hygiene.import_leads(hygiene.clean(leads("new@acme.example")), sink, **argument)
    assert len(api.requests) == before


@pytest.mark.parametrize("name", ["blocklist", "known", "elsewhere"])
def test_a_prediction_takes_no_path_for_addresses(name):
    with pytest.raises(UsageError, match=f"{name} is one text"):
        hygiene.predict(leads("a@acme.example"), **{name: "list.csv"})


def test_words_of_sinks_lists_and_files_are_held_against_what_there_is(write, tmp_path):
    with pytest.raises(UsageError, match="custom_shape='deep': expected 'flat' or 'nested'"):
        hygiene.Smartlead(list_id=1, api_key="key", custom_shape="deep")
    with pytest.raises(UsageError, match="place='File': expected 'list' or 'account'"):
        KnownLeads.from_cells("list 5", pa.array(["a@acme.example"], pa.large_string()), place="File")
    with pytest.raises(UsageError, match=r"max_age='1d': expected a datetime\.timedelta"):
        list_files.suppression_list(write("dnc.txt", "a@acme.example\n"), max_age="1d")
    with (
        pytest.raises(UsageError, match="format_='xls': expected 'csv' or 'xlsx' or 'parquet'"),
        open_results(tmp_path, format_="xls"),
    ):
        pass


def test_nothing_ready_asks_the_api_nothing(api, sink):
    receipt = hygiene.import_leads(hygiene.clean(leads("nobody", "")), sink)

    assert api.requests == []
    assert receipt.reported == receipt.predicted == Counts(0, 0, 0, 0)
    assert receipt.reconciliation.agrees


def test_all_withheld_by_the_snapshot_is_no_import(api, sink):
    receipt = hygiene.import_leads(hygiene.clean(leads("old@acme.example")), sink)

    assert asked(api) == [DESCRIBE, *MEMBERS, *ACCOUNT, *BLOCKED]
    assert receipt.batches == ()
    assert receipt.reconciliation.agrees


def test_who_unsubscribed_anywhere_in_the_account_is_suppressed_and_sent_by_no_option(api, sink):
    api.create_list("B", members=["New@acme.example", "cal@shut.example", "other@acme.example"])
    api.unsubscribe(["new@acme.example", "cal@shut.example"])
    cleaned = hygiene.clean(leads(*EMAILS), suppress=parse_list("x@client.example", name="dnc"))

    prepared = hygiene.prepare(cleaned, sink)
    hygiene.import_leads(cleaned, sink, send_all=True)

    assert prepared.verdicts["outcome"].tolist() == ["suppressed", "duplicate", "suppressed", "suppressed"]
    assert prepared.verdicts["reasons"].tolist()[0] == "suppressed_address"
    assert prepared.verdicts["matched_rule"].fillna("").tolist() == [
        "the account's unsubscribed leads:4:new@acme.example",
        "",
        "the account's unsubscribed leads:3:cal@shut.example",
        "dnc:1:x@client.example",
    ]
    assert "the account's unsubscribed leads: 2 addresses, among 4 leads." in prepared.notes
    assert api.members(1) == ["OLD@acme.example"]


def test_a_snapshot_of_another_account_says_nothing_of_this_one(api, sink):
    api.create_list("B", members=["new@acme.example"])
    api.unsubscribe(["new@acme.example"])
    other = "# lead-hygiene snapshot: unsubscribed leads at h (account 0000)\nemail\nx@client.example\n"
    cleaned = hygiene.clean(leads(*EMAILS), suppress=parse_list(other, name="other"))

    prepared = hygiene.prepare(cleaned, sink)

    assert prepared.counts.outcomes["suppressed"] == 2


def test_where_the_account_is_the_scope_it_is_read_once_for_both(api, list_id):
    api.create_list("B", members=["new@acme.example", "x@client.example"])
    api.unsubscribe(["x@client.example"])
    policy = ImportPolicy(duplicate_scope="account")
    with hygiene.Smartlead(
        list_id=list_id, api_key=api.api_key, base_url=api.base_url, policy=policy
    ) as sink:
        prepared = hygiene.prepare(hygiene.clean(leads(*EMAILS)), sink)

    assert prepared.verdicts["outcome"].tolist() == ["duplicate", "duplicate", "blocked", "suppressed"]
    assert asked(api) == [DESCRIBE, *MEMBERS, *ACCOUNT, *BLOCKED]


def test_an_account_too_large_to_read_asks_for_a_snapshot_after_one_page(api, sink, monkeypatch):
    api.create_list("B", members=[f"a{number}@x.example" for number in range(2500)])
    monkeypatch.setattr(preflight, "MOST_LEADS", 2000)

    with pytest.raises(
        InputError, match=r"more than 2000 leads.*pull unsubscribed.*suppress=.*snapshot=False"
    ):
        hygiene.prepare(hygiene.clean(leads(*EMAILS)), sink)
    assert asked(api) == [DESCRIBE, *MEMBERS, ACCOUNT[0]]


def test_leads_that_do_not_say_whether_they_are_unsubscribed_are_counted(api, sink, mute):
    api.create_list("B", members=["new@acme.example"])
    mute(api, "new@acme.example")

    prepared = hygiene.prepare(hygiene.clean(leads(*EMAILS)), sink)

    assert any(
        "unsubscribed leads: none, among 2 leads, of whom 1 does not say." in note for note in prepared.notes
    )


def test_an_account_in_which_no_lead_says_it_stops_the_import(api, sink, mute):
    mute(api)

    with pytest.raises(SinkError, match=r"none of 1 lead says .*suppress=.*snapshot=False"):
        hygiene.import_leads(hygiene.clean(leads(*EMAILS)), sink)
    assert IMPORT not in asked(api)


def test_the_sinks_policy_decides(api, list_id):
    policy = ImportPolicy(block_domains=False, fold_plus_tag=True)
    cleaned = hygiene.clean(
        leads("cal@shut.example", "cal+1@shut.example"), blocklist=parse_list("shut.example", name="b")
    )

    with hygiene.Smartlead(
        list_id=list_id, api_key=api.api_key, base_url=api.base_url, policy=policy
    ) as sink:
        receipt = hygiene.import_leads(cleaned, sink, snapshot=False)

    assert cleaned.predicted == Counts()
    assert receipt.predicted == Counts(2, 1, 1, 0)


def test_the_leads_handed_over_are_left_as_they_are(sink):
    cleaned = hygiene.clean(leads(*EMAILS))
    before = cleaned.verdicts.copy()

    hygiene.import_leads(cleaned, sink)

    pd.testing.assert_frame_equal(cleaned.verdicts, before)
    assert cleaned.predicted == Counts(4, 4, 0, 0)


class Reader:
    """A sink that holds what it is told to, and takes nothing."""

    batch_leads = 400
    policy = ImportPolicy()
    name = "a reader"

    def __init__(self, *, size=0, members=(), blocked=()):
        self._size, self._members, self._blocked = size, members, blocked
        self.read = 0

    def send(self, leads, /, *, file_name, waive_blocklist=False):
        msg = "takes nothing"
        raise SinkError(msg)

    def describe(self):
        return LeadList(7, "A", self._size)

    def members(self):
        for member in self._members:
            self.read += 1
            yield member

    def blocked(self):
        yield from self._blocked


def test_a_list_too_long_to_read_asks_for_a_file_and_is_not_read():
    reader = Reader(size=50_001, members=["a@x.example"])

    with pytest.raises(InputError, match=r"list 7 holds 50001 leads.*known=.*snapshot=False"):
        hygiene.prepare(hygiene.clean(leads(*EMAILS)), reader)

    assert reader.read == 0


@pytest.mark.parametrize("size", [None, 3])
def test_a_list_is_not_read_without_end_whatever_its_stated_size(monkeypatch, size):
    monkeypatch.setattr(preflight, "MOST_LEADS", 5)
    reader = Reader(size=size, members=[f"a{number}@acme.example" for number in range(9)])

    with pytest.raises(InputError, match="snapshot=False"):
        hygiene.prepare(hygiene.clean(leads(*EMAILS)), reader)

    assert reader.read == 6


def test_a_long_list_is_no_matter_where_known_leads_or_no_snapshot_are_asked_for(write):
    reader = Reader(size=50_001)
    known = hygiene.clean(leads(*EMAILS), known=write("known.csv", "email\nold@acme.example\n"))

    assert hygiene.prepare(known, reader).predicted.total_leads == 3
    assert hygiene.prepare(hygiene.clean(leads(*EMAILS)), reader, snapshot=False).predicted.total_leads == 4


@pytest.mark.parametrize(
    ("entry", "email"),
    [
        ("o#brien@acme.example", "o#brien@acme.example"),
        ("#1@acme.example", "#1@acme.example"),
        ("*.shut.example", "a@shut.example"),
    ],
)
def test_an_entry_of_the_block_list_is_no_comment_and_no_header(entry, email):
    reader = Reader(blocked=["domain", entry, "email"])

    prepared = hygiene.prepare(hygiene.clean(leads(email, "b@acme.example")), reader)

    assert prepared.verdicts["outcome"].tolist() == ["blocked", "ready"]


def test_members_may_hold_any_text():
    reader = Reader(members=["", "\ud800@acme.example", "no address", "OLD@Acme.example"])

    prepared = hygiene.prepare(hygiene.clean(leads(*EMAILS)), reader)

    assert prepared.verdicts["outcome"].tolist() == ["ready", "duplicate", "ready", "ready"]


def test_dns_is_not_asked_again(names, sink):
    cleaned = hygiene.clean(
        leads("a@acme.example", "b@null.example"), resolver=hygiene.Resolver(nameservers=[names.address])
    )
    asked_before = names.queries.total()

    prepared = hygiene.prepare(cleaned, sink)

    assert asked_before > 0
    assert names.queries.total() == asked_before
    assert prepared.verdicts["domain_verdict"].equals(cleaned.verdicts["domain_verdict"])
    assert prepared.verdicts["outcome"].tolist() == ["ready", "undeliverable"]


@pytest.mark.parametrize(("file_name", "filed"), [("", "apollo.csv"), ("spring", "spring")])
def test_an_import_is_filed_under_the_inputs_name_or_the_given_one(write, file_name, filed):
    class Keeps(Reader):
        def send(self, leads, /, *, file_name, waive_blocklist=False):
            self.filed = file_name
            return super().send(leads, file_name=file_name)

    reader = Keeps()

    with pytest.raises(SinkError):
        hygiene.import_leads(
            hygiene.clean(write("apollo.csv", "email\na@acme.example\n")), reader, file_name=file_name
        )

    assert reader.filed == filed


@pytest.mark.parametrize("call", [hygiene.import_leads, hygiene.prepare])
@pytest.mark.parametrize(
    ("given", "message"),
    [
        (lambda cleaned: cleaned.ready, "the leads are of type DataFrame; hand over what hygiene.clean gave, whole"),
        (lambda _: "secret@acme.example.csv", "of type str; hand over what hygiene.clean made of the file"),
        (lambda _: hygiene.CleanedLeads, "the leads are the class CleanedLeads"),
    ],
)  # fmt: skip
def test_what_is_no_cleaned_leads_is_refused_with_what_to_hand_over(api, sink, call, given, message):
    with pytest.raises(UsageError, match=message) as refused:
        call(given(hygiene.clean(leads("a@acme.example"))), sink)

    assert "secret" not in str(refused.value)
    assert asked(api) == []


class Sends:
    """Half a sink."""

    name = "half a sink"

    def send(self, leads, /, *, file_name, waive_blocklist=False):
        raise NotImplementedError


@pytest.mark.parametrize("call", [hygiene.import_leads, hygiene.prepare])
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("list 1", "the sink is of type str, without batch_leads, name, policy, send; hand over one such as"),
        (None, "of type NoneType"),
        (500, "of type int"),
        (hygiene.Smartlead, "the class Smartlead"),
        (Sends(), "of type Sends, without batch_leads, policy;"),
    ],
)
def test_what_is_no_sink_is_refused_with_one_to_hand_over(call, given, message):
    with pytest.raises(UsageError, match=message):
        call(hygiene.clean(leads("a@acme.example")), given)


@pytest.mark.parametrize("name", ["list_id", "client_id"])
@pytest.mark.parametrize(
    ("given", "told"),
    [("x", "of type str"), ("500", "of type str"), (0, "=0"), (1.5, "=1.5"), (True, "=True"), ([1], "of type list")],
)  # fmt: skip
def test_a_number_of_a_list_or_client_that_is_none_is_refused(name, given, told):
    with pytest.raises(
        UsageError, match=f"{name}.*{told}.*: expected a whole number from 1, such as {name}=500"
    ):
        hygiene.Smartlead(api_key="k" * 20, base_url="http://127.0.0.1:1", **{name: given})
