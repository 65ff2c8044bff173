"""The report in a browser: no request, no error, inert cells, tables that sort and filter, no barrier.

Chromium is spoken to over its debugging pipe, so that no port, driver or client library is needed.
"""

import json
import os
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

import hygiene
from hygiene.emulator.demo import stage
from hygiene.policy import RULES, ImportPolicy
from hygiene.report.html import render

AXE = Path(__file__).parent / "data" / "axe-core" / "axe.min.js"
PHONE, DESKTOP = (390, 844), (1280, 900)

#: Puts the two ends of the pipe where Chromium looks for them, and becomes Chromium.
LAUNCH = """
import fcntl, os, sys
reads, writes = (fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3])
os.dup2(reads, 3); os.dup2(writes, 4)
os.execv(sys.argv[3], sys.argv[3:])
"""
FLAGS = [
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
]
#: Seconds that Chromium may take to answer.
PATIENCE_S = 60


class Browser:
    """A headless Chromium with one page."""

    def __init__(self, program: str, home: Path) -> None:
        commands, self._to = os.pipe()
        self._from, answers = os.pipe()
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        self._process = subprocess.Popen(
            [sys.executable, "-c", LAUNCH, str(commands), str(answers), program, *FLAGS, *sandbox,
             f"--user-data-dir={home}"],
            pass_fds=(commands, answers), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(commands)
        os.close(answers)
        self._number, self._unread, self._session = 0, b"", None
        self.events: list[dict] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: object) -> dict:
        """Send a command and give its result."""
        self._number += 1
        session = {"sessionId": self._session} if self._session else {}
        message = {"id": self._number, "method": method, "params": parameters, **session}
        self._write(message)
        while (answer := self._read()).get("id") != self._number:
            self.events.append(answer)
        assert "error" not in answer, answer
        return answer["result"]

    def _write(self, message: dict) -> None:
        rest = json.dumps(message).encode() + b"\0"
        while rest:
            rest = rest[os.write(self._to, rest) :]

    def _read(self) -> dict:
        deadline = time.monotonic() + PATIENCE_S
        while b"\0" not in self._unread:
            ready, _, _ = select.select([self._from], [], [], max(deadline - time.monotonic(), 0))
            assert ready, "Chromium does not answer"
            part = os.read(self._from, 1 << 16)
            assert part, "Chromium has ended"
            self._unread += part
        message, _, self._unread = self._unread.partition(b"\0")
        return json.loads(message)

    def open(self, page: Path, *, size: tuple[int, int] = DESKTOP, scheme: str = "light") -> None:
        """Show a file, and wait until it has loaded."""
        self.events.clear()
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=size[0],
            height=size[1],
            deviceScaleFactor=1,
            mobile=False,
        )
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.call("Page.navigate", url=page.as_uri())
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self._read())

    def run(self, script: str) -> object:
        """The value of an expression in the page."""
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def happened(self, *methods: str) -> list[dict]:
        """The parameters of the events of these kinds since the page was opened."""
        return [event["params"] for event in self.events if event.get("method") in methods]

    def close(self) -> None:
        """End it."""
        os.close(self._to)
        self._process.wait(PATIENCE_S)
        os.close(self._from)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("Chromium is not installed")
    running = Browser(program, tmp_path_factory.mktemp("chromium"))
    yield running
    running.close()


HOSTILE = [
    "<script>window.ran=1</script>",
    "javascript:alert(1)",
    '"><img src=x onerror="window.ran=1">',
    "\x1b[31mred\x1b[0m",
    "moc\u202eelpmaxe\u202c",
    "=cmd|' /C calc'!A0",
    "{{ 7 * 7 }}</td></table>",
]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A report whose every place for a cell of the input holds something hostile."""
    frame = pd.DataFrame(
        {
            "email": [
                *HOSTILE,
                *(f"lead{place}@birchworks.example" for place in range(7)),
                *["twice@b.example"] * 3,
            ],
            "Source": [*HOSTILE, *HOSTILE, "a", "b", "c"],
        }
    )
    cleaned = hygiene.clean(frame)
    cleaned.files = ("<b>leads</b>\u202egnp.csv",)
    cleaned.read_notes = tuple(HOSTILE)
    path = tmp_path_factory.mktemp("hostile") / "report.html"
    path.write_text(render(cleaned, comparison=cleaned.by("Source"), show_addresses=True), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """The report of the sample's import into an API that counts otherwise than was believed."""
    path = tmp_path_factory.mktemp("imported") / "report.html"
    with stage() as around:
        resolver = hygiene.Resolver(nameservers=[around.names.address])
        cleaned = hygiene.clean(
            around.leads, suppress=around.suppress, resolver=resolver, require=["first_name"]
        )
        believed = ImportPolicy(fold_case=False, strip_whitespace=False, measured=frozenset(RULES))
        with hygiene.Smartlead(
            list_id=around.list_id, api_key=around.api.api_key, base_url=around.api.base_url, policy=believed
        ) as sink:
            cleaned = hygiene.prepare(cleaned, sink)
            receipt = hygiene.import_leads(cleaned, sink, send_all=True, batch_leads=40)
    assert receipt.reconciliation.status == "differs"
    page = render(cleaned, receipt, comparison=cleaned.by("Source"), send_all=True)
    path.write_text(page, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["imported", "hostile"])
def test_the_page_asks_for_nothing_and_reports_no_error(browser, name, request):
    path = request.getfixturevalue(name)

    browser.open(path)

    asked = {event["request"]["url"] for event in browser.happened("Network.requestWillBeSent")}
    assert {url for url in asked if not url.startswith("data:")} == {path.as_uri()}
    assert browser.happened("Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled") == []


def test_the_page_forbids_connections_and_foreign_scripts(browser, imported):
    browser.open(imported)

    forbidden = browser.run("""new Promise(done => {
        const found = [];
        document.addEventListener("securitypolicyviolation", event => {
            found.push(event.effectiveDirective);
            if (found.length === 3) done(found.sort());
        });
        fetch("http://127.0.0.1:9/").catch(() => {});
        const image = document.createElement("img"); image.src = "http://127.0.0.1:9/a.png";
        const script = document.createElement("script"); script.textContent = "window.ran = 1";
        document.body.append(image, script);
    })""")

    assert forbidden == ["connect-src", "img-src", "script-src-elem"]
    assert browser.run("window.ran") is None


def test_hostile_cells_are_inert(browser, hostile):
    browser.open(hostile)

    assert browser.run("window.ran") is None
    assert browser.run("document.scripts.length") == 1
    assert browser.run("document.querySelectorAll('img, iframe, object, b').length") == 0
    assert browser.run("[...document.links].every(link => link.getAttribute('href').startsWith('#'))")
    shown = browser.run("document.body.textContent + document.title")
    assert "<script>window.ran=1</script>" in shown
    assert "{{ 7 * 7 }}" in shown
    assert not set("\x1b\u202e\u202c") & set(shown)


COLUMN = (
    "[...document.querySelectorAll('#domains ~ .wide tbody')[0].rows].map(row => row.cells[{}].textContent)"
)


def test_tables_sort_by_a_click_on_their_headers(browser, imported):
    browser.open(imported)
    click = "document.querySelectorAll('#domains ~ .wide thead')[0].rows[0].cells[{}].querySelector('button').click()"

    browser.run(click.format(1))
    rising = [int(count) for count in browser.run(COLUMN.format(1))]
    browser.run(click.format(1))
    falling = [int(count) for count in browser.run(COLUMN.format(1))]
    browser.run(click.format(0))
    names = browser.run(COLUMN.format(0))

    assert rising == sorted(rising)
    assert len(set(rising)) > 3
    assert falling == rising[::-1]
    assert names == sorted(names)
    assert browser.run("document.querySelectorAll('[aria-sort]').length") == 1


def test_tables_filter_by_what_is_typed(browser, imported):
    browser.open(imported)

    browser.run("""(() => {
        const input = document.querySelector('[aria-label="Filter: Most frequent domains"]');
        input.value = " NULL_mx ";
        input.dispatchEvent(new Event("input"));
    })()""")

    rows = "document.querySelectorAll('#domains ~ .wide tbody')[0].rows"
    left = browser.run(f"[...{rows}].filter(row => row.offsetHeight).map(row => row.textContent)")
    assert len(left) == 1
    assert "nomail.example" in left[0]
    told = browser.run("document.querySelector('#domains ~ .filter output').textContent")
    assert told == f"1 of {browser.run(rows + '.length')} rows"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_page_fits_and_has_no_barrier(browser, imported, size, scheme):
    browser.open(imported, size=size, scheme=scheme)
    browser.run(AXE.read_text(encoding="utf-8") + "; true")

    found = browser.run("axe.run(document, {resultTypes: ['violations']}).then(told => told.violations.map("
        "one => ({id: one.id, impact: one.impact, at: one.nodes.slice(0, 3).map(node => node.html)})))")  # fmt: skip

    assert [one for one in found if one["impact"] in ("serious", "critical")] == []
    assert browser.run("document.documentElement.scrollWidth") <= size[0]


def test_the_page_can_be_read_without_its_script(browser, imported):
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(imported)
        root = browser.call("DOM.getDocument", depth=0)["root"]["nodeId"]
        tables = browser.call("DOM.querySelectorAll", nodeId=root, selector="table tbody tr th")["nodeIds"]
    finally:
        browser.call("Emulation.setScriptExecutionDisabled", value=False)

    assert len(tables) > 100


def test_the_page_prints(browser, imported):
    browser.open(imported)

    printed = browser.call("Page.printToPDF")["data"]

    assert len(printed) > 10_000
