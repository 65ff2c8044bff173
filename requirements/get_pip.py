"""Put pip into the environment whose Python runs this, from the package index, where ensurepip is missing.

    python get_pip.py REQUIREMENTS

REQUIREMENTS names pip's version and hashes. The index, its certificate and a proxy are those of pip's own settings.
Needs the standard library alone.
"""

import base64
import configparser
import hashlib
import html
import http.client
import os
import re
import ssl
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

INDEX = "https://pypi.org/simple"
#: Seconds that the index has to answer.
PATIENCE_S = 60


def setting(name: str) -> str | None:
    """A setting of pip's: from the environment, else from its files, of which the last that says it holds."""
    given = os.environ.get(f"PIP_{name.upper().replace('-', '_')}")
    if given:
        return given
    files = configparser.RawConfigParser(strict=False)
    files.read(_files(), encoding="utf-8")
    found = [files.get(section, name, fallback=None) for section in ("install", "global")]
    return next((value for value in found if value), None)


def _files() -> Iterator[Path]:
    """Where pip keeps settings. Source: pip's documentation, topics/configuration."""
    home = Path.home()
    for folder in os.environ.get("XDG_CONFIG_DIRS", "/etc/xdg").split(os.pathsep):
        yield Path(folder, "pip", "pip.conf")
    yield Path("/etc/pip.conf")
    yield home / ".pip" / "pip.conf"
    yield Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config", "pip", "pip.conf")
    yield Path(sys.prefix, "pip.conf")
    if os.environ.get("PIP_CONFIG_FILE"):
        yield Path(os.environ["PIP_CONFIG_FILE"])


def fetch(url: str) -> bytes:
    """What is at an address, which may hold a name and a password."""
    parts = urllib.parse.urlsplit(url)
    name, _, where = parts.netloc.rpartition("@")
    request = urllib.request.Request(urllib.parse.urlunsplit(parts._replace(netloc=where)))
    if name:
        told = base64.b64encode(urllib.parse.unquote(name).encode()).decode()
        request.add_unredirected_header("Authorization", f"Basic {told}")
    handlers = [urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=setting("cert")))]
    if proxy := setting("proxy"):
        handlers.append(urllib.request.ProxyHandler({"http": proxy, "https": proxy}))
    with urllib.request.build_opener(*handlers).open(request, timeout=PATIENCE_S) as answer:
        return answer.read()


def wheel(requirements: Path) -> tuple[str, bytes]:
    """The name and the octets of the wheel that the requirements name, with one of their hashes."""
    text = requirements.read_text(encoding="ascii")
    version = re.search(r"^pip==(\S+)", text, re.MULTILINE)[1]
    name = f"pip-{version}-py3-none-any.whl"
    page = f"{(setting('index-url') or INDEX).rstrip('/')}/pip/"
    links = re.findall(r'href="([^"]+)"', fetch(page).decode())
    link = next((each for each in links if f"/{name}" in f"/{each}"), None)
    if link is None:
        raise LookupError(f"{name} is not in the package index")
    octets = fetch(urllib.parse.urljoin(page, html.unescape(link)))
    if f"sha256:{hashlib.sha256(octets).hexdigest()}" not in text:
        raise LookupError(f"{name} of the package index does not have the hash that is wanted")
    return name, octets


def main() -> int:
    """Fetch and install; the exit code is 1 where that does not work."""
    try:
        name, octets = wheel(Path(sys.argv[1]))
    except (OSError, ValueError, LookupError, http.client.HTTPException) as error:
        print(f"pip could not be fetched: {getattr(error, 'reason', error)}", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(octets)
        # A wheel of pip can be run as it is.
        install = [sys.executable, str(path / "pip"), "install", "--quiet", "--no-index", str(path)]
        return subprocess.run(install, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
