"""HTTP on a loopback socket: a request in, a reply out, or the connection closed.

Nothing here knows what is asked. There is no access log: the key stands in the address.
"""

import socket
import socketserver
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from hygiene.emulator.routes import Reply

__all__ = ["Request", "Server"]

#: Longest body that is read, in bytes. Assumed: the vendor states none.
BODY_BYTES = 10 * 1024 * 1024

#: Longest body that is read away before its refusal, in bytes; beyond it the connection just ends.
SKIPPED_BYTES = 10 * BODY_BYTES

#: Seconds that a connection may stay silent.
IDLE_S = 60.0

_HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; header names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


#: What answers a request; None closes the connection without a reply.
Answer = Callable[[Request], Reply | None]


class Server(ThreadingHTTPServer):
    """A server on 127.0.0.1 that hands every request to `answer`."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, answer: Answer) -> None:
        self.answer = answer
        self._open: set[socket.socket] = set()
        super().__init__((_HOST, port), _Handler)

    def server_bind(self) -> None:
        """Bind without the look-up of the host's name, which can take seconds."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = _HOST, self.socket.getsockname()[1]

    def get_request(self) -> tuple[socket.socket, object]:
        """The next connection, noted so that `hang_up` finds it."""
        connection, address = super().get_request()
        self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: socket.socket | tuple[bytes, socket.socket]) -> None:
        """Close a connection that is done with."""
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End the connections that clients keep open, so that no reply comes after the close."""
        for connection in tuple(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:  # the client was first
                continue

    def handle_error(self, request: object, client_address: object) -> None:
        """Show what is a defect here; a client that went away is none."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # typeshed wants the pair


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    # header and body go out in two writes: with Nagle each reply would wait for the client's late ACK
    disable_nagle_algorithm = True
    timeout = IDLE_S
    server_version = "lead-hygiene-emulator"
    sys_version = ""

    def _serve(self) -> None:
        if "transfer-encoding" in self.headers:
            self._refuse(411, "Length Required")
            return
        length = self.headers.get("Content-Length") or "0"
        if not (length.isascii() and length.isdigit()):
            self._refuse(400, "Bad Request")
            return
        if len(length) > 15 or int(length) > BODY_BYTES:
            self._skip(length)
            self._refuse(413, "request entity too large")
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(length))
        reply = self.server.answer(Request(self.command, self.path, headers, body))
        if reply is None:
            self.close_connection = True
        else:
            self._reply(reply)

    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815 -- named by http.server

    def _skip(self, length: str) -> None:
        """Read a body too large away, so that its sender comes to read the refusal."""
        left = int(length) if len(length) <= 15 else 0
        while 0 < left <= SKIPPED_BYTES:
            chunk = self.rfile.read(min(left, 65536))
            left = left - len(chunk) if chunk else 0

    def _refuse(self, status: int, text: str) -> None:
        """Answer without reading the body; what is left of it would be taken for the next request."""
        self.close_connection = True
        self._reply(Reply(status, text, {"Connection": "close"}))

    def _reply(self, reply: Reply) -> None:
        body = reply.encoded()
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if reply.half:
            body, self.close_connection = body[: len(body) // 2], True
        if self.command != "HEAD":
            self.wfile.write(body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer in plain text what is no request to the API; `http.server` would send a page."""
        del explain
        if code == 501:  # `http.server` knows methods by attribute; which ones a path has, the routes know
            self._serve()
        else:
            self._refuse(code, message or "Bad Request")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- named by http.server
        """Say nothing."""
