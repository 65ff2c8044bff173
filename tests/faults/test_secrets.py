"""Neither the key nor an address is seen anywhere, whatever goes wrong."""

import logging
import subprocess
import traceback
from urllib.parse import quote

import pandas as pd
import pytest

import hygiene
from hygiene.cli import main
from hygiene.emulator import Emulator
from hygiene.errors import HygieneError
from hygiene.http.keys import Key

pytestmark = pytest.mark.faults

KEY = "s3cret+key/1"
ADDRESS = "whoever@acme.example"
ECHO = {"message": f"{KEY} {quote(KEY, safe='')} {ADDRESS} {quote(ADDRESS)}", "email": ADDRESS}

PATHS = {
    "drop before": {"drop": "before"},
    "drop after": {"drop": "after"},
    "half": {"half": True},
    "slow": {"delay_s": 0.5},
    "500": {"status": 500, "body": ECHO},
    "502 text": {"status": 502, "body": f"<html>{ADDRESS} {KEY}</html>"},
    "503": {"status": 503, "body": ECHO, "headers": {"Retry-After": "9"}},
    "429": {"status": 429, "body": ECHO},
    "400": {"status": 400, "body": ECHO},
    "400 named": {"status": 400, "body": {"message": f'"leadList[0].email" {ADDRESS} is bad {KEY}'}},
    "400 not allowed": {"status": 400, "body": {"message": f'"leadList[0].{ADDRESS}" is not allowed'}},
    "401": {"status": 401, "body": ECHO},
    "404": {"status": 404, "body": ECHO},
    "302": {"status": 302, "body": "", "headers": {"Location": f"https://b.example/?api_key={quote(KEY)}&e={ADDRESS}"}},
    "empty 200": {"status": 200, "body": ""},
    "ok:false": {"status": 200, "body": {**ECHO, "ok": False}},
    "limit": {"status": 200, "body": {**ECHO, "ok": False, "is_lead_limit_exhausted": True}},
    "no counter": {"status": 200, "body": {**ECHO, "ok": True}},
    "extra": {"status": 200, "body": {"ok": True, "imported": 1, "invalid_emails": [ADDRESS], KEY: ADDRESS}},
    "garbage": {"status": 200, "body": f"{ADDRESS}{{{KEY}"},
}  # fmt: skip


@pytest.fixture
def api():
    with Emulator(api_key=KEY) as running:
        yield running


def with_locals(error):
    """A traceback as the most talkative of tools would write it, without the frames of these tests."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    told = traceback.TracebackException(type(error), error, trace, capture_locals=True)
    return "".join(told.format())


def assert_clean(text, *, but=""):
    for secret in ("s3cret", "whoever", "acme.example"):
        assert secret not in text.replace(but, ""), secret


@pytest.mark.parametrize("on_unknown", ["verify", "stop"])
@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_no_path_of_an_import_shows_the_key_or_an_address(
    api, capfd, caplog, tmp_path, monkeypatch, path, on_unknown
):
    caplog.set_level(logging.DEBUG)
    for name in list(logging.root.manager.loggerDict):
        monkeypatch.setattr(logging.getLogger(name), "level", logging.DEBUG)
    cleaned = hygiene.clean(pd.DataFrame({"email": [ADDRESS, "b@acme.example", "c@acme.example"]}))
    list_id, timeout_s = api.create_list("A"), 0.2 if "delay_s" in path else 10
    told = []
    for _ in range(2):
        api.fail_next(**path)
        api.fail_next(after=1, **path)
        with hygiene.Smartlead(
            list_id=list_id, api_key=KEY, base_url=api.base_url, timeout_s=timeout_s
        ) as sink:
            try:
                receipt = hygiene.import_leads(
                    cleaned, sink, journal=tmp_path / "j", batch_leads=1, on_unknown=on_unknown
                )
            except HygieneError as error:
                told.append(with_locals(error))
                continue
            told += [repr(receipt), repr(sink), str(receipt.reconciliation.explain())]
            told += [str(batch.extra) for batch in receipt.batches]
            told += [with_locals(receipt.error)] if receipt.error else []

    octets = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    out, err = capfd.readouterr()
    assert len(caplog.records) > 5
    assert_clean("\n".join(told) + caplog.text + out + err + octets.decode("latin-1"))


@pytest.mark.parametrize("path", ["drop after", "400", "401", "ok:false", "400 named"])
def test_no_path_of_the_command_line_shows_them(api, capfd, caplog, monkeypatch, write, path):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("SMARTLEAD_API_KEY", KEY)
    monkeypatch.setenv("SMARTLEAD_BASE_URL", api.base_url)
    leads = write("leads.csv", f"email\n{ADDRESS}\nb@acme.example\n")
    api.fail_next(**PATHS[path])

    with pytest.raises(SystemExit):
        main(
            [
                "import",
                "--yes",
                str(leads),
                "--list",
                str(api.create_list("A")),
                "--no-dns",
                "--batch-size",
                "1",
            ]
        )

    out, err = capfd.readouterr()
    assert_clean(caplog.text + out + err)


@pytest.mark.parametrize(
    "arguments",
    [{"base_url": "http://api.example"}, {"timeout_s": -1}, {"rate": "fast"}, {"rename": {"email": "x"}}],
)
def test_no_refused_setting_shows_the_key_among_a_tracebacks_locals(arguments):
    with pytest.raises(HygieneError) as refused:
        hygiene.Smartlead(api_key=KEY, **arguments)

    told = with_locals(refused.value)
    assert "client.py" in told
    assert "s3cret" not in told


def test_a_key_shows_itself_in_no_text():
    key = Key(KEY)

    assert KEY not in f"{key} {key!r} {vars(key).keys()}"


def test_the_key_is_in_no_process_argument(api, tmp_path, monkeypatch, write):
    leads = write("leads.csv", f"email\n{ADDRESS}\n")
    seen = []

    def spy(event, arguments):
        if event in ("subprocess.Popen", "os.exec", "os.posix_spawn"):
            seen.append(str(arguments))

    import sys

    sys.addaudithook(spy)
    monkeypatch.setenv("SMARTLEAD_API_KEY", KEY)
    monkeypatch.setenv("SMARTLEAD_BASE_URL", api.base_url)
    subprocess.run([sys.executable, "-c", "pass"], check=True)
    begun = len(seen)  # one process is told by several events on some versions of Python
    with pytest.raises(SystemExit):
        main(["import", "--yes", str(leads), "--list", str(api.create_list("A")), "--no-dns"])

    assert begun
    assert len(seen) == begun
    assert "s3cret" not in "".join(seen)
