"""A real Mailman that is asked with another password, and one behind a gateway that answers for it."""

import http.server
import json
import threading

import httpx
import pytest

pytestmark = pytest.mark.mailman

LEADS = [f"lead{row}@birchworks.example" for row in range(12)]


class Gateway(http.server.ThreadingHTTPServer):
    """Hands requests on to a server, and from some subscription on gives answers of its own.

    Args:
        server: Where to.
        after: Subscriptions that are handed on.
        told: Status and body of its own answer; the subscription is not handed on.
        turned: Gives body and status of the answer to a subscription that is handed on.
    """

    def __init__(self, server, *, after=0, told=None, turned=None):
        self.server, self.after, self.told, self.turned = server, after, told, turned
        self.subscriptions, self.one = 0, threading.Lock()
        super().__init__(("127.0.0.1", 0), _Handler)

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/3.1"

    def answer(self, method, path, body, headers):
        subscribes = method == "POST" and path.endswith("/members")
        with self.one:
            self.subscriptions += subscribes
            late = subscribes and self.subscriptions > self.after
        if late and self.told:
            return self.told
        found = httpx.request(
            method, f"{self.server.url.removesuffix('/3.1')}{path}", content=body, headers=headers, timeout=60
        )
        if late and self.turned:
            return self.turned(found)
        return found.status_code, found.content


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        """Nothing is logged."""

    def _hand_on(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {
            name: self.headers[name] for name in ("Authorization", "Content-Type") if name in self.headers
        }
        status, found = self.server.answer(self.command, self.path, body, headers)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(found)))
        self.end_headers()
        self.wfile.write(found)

    do_GET = do_POST = _hand_on  # noqa: N815 -- the names that Python asks for


@pytest.fixture
def leads(tmp_path):
    path = tmp_path / "leads.csv"
    path.write_text("\n".join(["email", *LEADS]), encoding="utf-8")
    return path


def test_another_password_is_said_and_nobody_is_subscribed(place, leads, run, monkeypatch):
    name = place.create_list()
    monkeypatch.setenv("MAILMAN_PASSWORD", "another")

    code, _, err = run("import", leads, "--to", f"mailman:{name}", "--no-dns", "--yes")

    assert code == 4
    assert "HTTP 401" in err
    assert "MAILMAN_PASSWORD" in err
    assert "another" not in err.replace("another key", "")
    assert place.members(name) == []


def test_a_402_in_the_middle_stops_and_the_same_command_goes_on(place, leads, run, monkeypatch):
    name = place.create_list()
    told = 402, json.dumps({"title": "402 Payment Required"}).encode()
    command = ("import", leads, "--to", f"mailman:{name}", "--no-dns", "--yes")
    with Gateway(place, after=5, told=told) as gateway:
        monkeypatch.setenv("MAILMAN_BASE_URL", gateway.url)
        code, _, err = run(*command)
        some = place.members(name)
        gateway.told = None
        again, out, _ = run(*command)

    assert code == 5
    assert "HTTP 402" in err
    assert "The plan takes no more" in err
    assert 0 < len(some) < len(LEADS)
    assert again == 0
    assert "12 total_leads, 12 imported, 0 duplicates, 0 blocked: as predicted." in out
    assert place.members(name) == sorted(LEADS)


@pytest.mark.parametrize(
    "turned",
    [
        lambda found: (200, b'{"state": "done"}'),
        lambda found: (200, b"<html>ok</html>"),
        lambda found: (409 if found.status_code == 201 else 200, b'"conflict"'),
        lambda found: (418, b""),
    ],
    ids=["another object", "a page", "a conflict for what landed", "a teapot"],
)
def test_a_server_that_answers_in_another_dialect_loses_nobody_and_sends_nobody_twice(
    place, leads, run, monkeypatch, turned
):
    name = place.create_list()
    command = ("import", leads, "--to", f"mailman:{name}", "--no-dns", "--yes", "--format", "json")
    with Gateway(place, after=5, turned=turned) as gateway:
        monkeypatch.setenv("MAILMAN_BASE_URL", gateway.url)
        first, _, _ = run(*command)
        gateway.turned = None
        code, out, err = run(*command)

    told = json.loads(out)
    assert first in {0, 5, 6}
    assert code in {0, 6}, err
    assert place.members(name) == sorted(LEADS)
    assert told["reported"]["total_leads"] == len(LEADS)
    assert "Traceback" not in err
