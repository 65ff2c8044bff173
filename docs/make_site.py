"""Make a site of the pages: python docs/make_site.py, then open build/site/index.html; its search wants a server.

The pages are laid out in build/pages as in the repository, so that links between them hold; notebooks become pages. The
site loads nothing from a network, and every link in it is followed before it is called made.
"""

import base64
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

__all__ = ["broken_links", "foreign", "lay_out"]

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build"
#: Pages beside those of docs/, each of which other pages lead to.
BESIDE = (
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "LICENSE",
    "benchmarks/README.md",
)
#: A block of code whose first line names a file, or a language that the generator does not know.
_FENCE = re.compile(r"^```(csv|text|python|console|yaml|help|signature|sh) ?([^\n]*)$", re.MULTILINE)
#: A row of a table: GitHub wants a bar in code escaped there, the generator does not.
_CODE_IN_TABLE = re.compile(r"^\|.*\|$", re.MULTILINE)
_STYLES = re.compile(r"<style.*?</style>|\n", re.DOTALL)
_NOTEBOOKS = re.compile(r"\]\(((?:\.\./)*)notebooks\)")


def lay_out(pages: Path, /) -> list[Path]:
    """Lay the sources of the site out in a folder; gives the paths of its pages."""
    found = [*(ROOT / "docs").rglob("*.md"), *(ROOT / name for name in BESIDE)]
    for path in found:
        target = pages / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text(encoding="utf-8")
        (target if path.suffix else target.with_suffix(".md")).write_text(_as_page(text), encoding="utf-8")
    (pages / "README.md").rename(pages / "index.md")
    (pages / "notebooks").mkdir()
    listed = ["# Notebooks", ""]
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        text = "\n\n".join(_of_notebook(json.loads(path.read_text(encoding="utf-8"))))
        (pages / "notebooks" / f"{path.stem}.md").write_text(text, encoding="utf-8")
        listed.append(f"- [{text.splitlines()[0].removeprefix('# ')}]({path.stem}.md)")
    (pages / "notebooks" / "index.md").write_text("\n".join(listed) + "\n", encoding="utf-8")
    return sorted(pages.rglob("*.md"))


def _as_page(text: str) -> str:
    """A page whose blocks have languages and titles that the generator knows, and whose links lead to pages."""
    known = {"help": "text", "signature": "text", "csv": "text"}
    text = _FENCE.sub(lambda m: f"```{known.get(m[1], m[1])}" + (f' title="{m[2]}"' if m[2] else ""), text)
    text = _CODE_IN_TABLE.sub(
        lambda line: re.sub(r"`[^`]*`", lambda m: m[0].replace(r"\|", "|"), line[0]), text
    )
    text = re.sub(r"\]\(((?:\.\./)*)README\.md\)", r"](\1index.md)", text)
    text = re.sub(r"\]\(((?:\.\./)*)LICENSE\)", r"](\1LICENSE.md)", text)
    return _NOTEBOOKS.sub(r"](\1notebooks/index.md)", text)


def _of_notebook(notebook: dict[str, Any]) -> Iterator[str]:
    """The cells of a notebook, each with what it put out, as Markdown."""
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            yield text
            continue
        yield f"```python\n{text}\n```"
        for output in cell["outputs"]:
            data = {kind: "".join(lines) for kind, lines in output.get("data", {}).items()}
            if "image/png" in data:
                octets = base64.b64encode(base64.b64decode(data["image/png"])).decode()
                yield f'<img alt="the picture that the cell draws" src="data:image/png;base64,{octets}">'
            elif "text/html" in data:
                yield f'<div class="table">{_STYLES.sub("", data["text/html"])}</div>'
            else:
                yield f"```text\n{data.get('text/plain') or ''.join(output.get('text', ''))}\n```"


class _Links(HTMLParser):
    """Where a page leads, what it loads, and the places in it that one can be led to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.places: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in a tag."""
        found = {name: unescape(value or "") for name, value in attrs}
        self.places |= {found[name] for name in ("id", "name") if name in found}
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        elif tag == "link" and found.get("rel") not in ("canonical", "prev", "next"):
            self.loads.append(found.get("href", ""))
        elif "src" in found:
            self.loads.append(found["src"])


def broken_links(site: Path, /) -> list[str]:
    """Links of a site that lead to no page of it, or to no place in one; those that leave it are not followed."""
    pages = {path: _Links(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}
    broken = []
    for path, page in pages.items():
        for link in page.links:
            to = urlsplit(link)
            if to.scheme or to.netloc or path.name == "404.html":
                continue
            target = (path.parent / unquote(to.path)).resolve() if to.path else path
            target = target / "index.html" if target.is_dir() else target
            place = unquote(to.fragment)
            if not target.exists() or (place and target in pages and place not in pages[target].places):
                broken.append(f"{path.relative_to(site)}: {link}")
    return broken


def foreign(site: Path, /) -> list[str]:
    """What pages and styles of a site would load from elsewhere."""
    loads = [
        (path, load)
        for path in sorted(site.rglob("*.html"))
        for load in _Links(path.read_text(encoding="utf-8")).loads
    ]
    for path in sorted(site.rglob("*.css")):
        found = re.findall(r"(?:@import|url\()\s*[\"']?([^\"')]+)", path.read_text(encoding="utf-8"))
        loads += [(path, load) for load in found]
    return [f"{path.relative_to(site)}: {load}" for path, load in loads if re.match(r"(https?:)?//", load)]


def main() -> int:
    """Make the site; the exit code is 1 where something in it leads nowhere or comes from elsewhere."""
    shutil.rmtree(BUILD / "pages", ignore_errors=True)
    shutil.rmtree(BUILD / "site", ignore_errors=True)
    lay_out(BUILD / "pages")
    shutil.copy(ROOT / "docs" / "site.css", BUILD / "pages")
    shutil.copy(ROOT / "docs" / "site.toml", BUILD)  # which has to stand above what it is made of
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--config-file", "site.toml"]
    ran = subprocess.run(command, cwd=BUILD, check=False)
    wrong = [*broken_links(BUILD / "site"), *foreign(BUILD / "site")]
    print(*wrong, sep="\n")
    pages = len(list((BUILD / "site").rglob("*.html")))
    print(f"{pages} pages in build/site, {len(wrong)} links or files that lead nowhere or elsewhere")
    return ran.returncode or int(bool(wrong) or not pages)


if __name__ == "__main__":
    sys.exit(main())
