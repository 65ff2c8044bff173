"""The site of the pages: all of them are in it, every link leads somewhere, and nothing comes from elsewhere."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
_SPEC = importlib.util.spec_from_file_location("make_site", ROOT / "docs" / "make_site.py")
make_site = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(make_site)


@pytest.fixture
def write_page(tmp_path):
    def _write(name, body):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, encoding="utf-8")

    return _write


def test_every_page_and_notebook_is_laid_out_and_blocks_have_languages_that_are_known(tmp_path):
    pages = {
        path.relative_to(tmp_path).as_posix(): path.read_text("utf-8") for path in make_site.lay_out(tmp_path)
    }

    assert {
        "index.md",
        "docs/files.md",
        "docs/reference/options.md",
        "notebooks/01_look_at_a_list.md",
    } <= set(pages)
    assert '```python title="our_rules.py"' in pages["docs/how-to/rules.md"]
    assert "data:image/png;base64," in pages["notebooks/02_predict_and_import.md"]
    assert "`--format [text|json|github]`" in pages["docs/reference/options.md"]
    assert "](../notebooks/index.md)" in pages["docs/index.md"]


def test_every_page_has_its_place_in_the_contents(tmp_path):
    contents = (ROOT / "docs" / "site.toml").read_text(encoding="utf-8")

    pages = [path.relative_to(tmp_path).as_posix() for path in make_site.lay_out(tmp_path)]

    assert [page for page in pages if f'"{page}"' not in contents] == []


@pytest.mark.parametrize(
    ("link", "broken"),
    [
        ("other.html", False),
        ("other.html#there", False),
        ("#here", False),
        (".", True),
        ("other.html#gone", True),
        ("gone.html", True),
        ("#gone", True),
        ("https://example.com/gone", False),
        ("mailto:ann@example.com", False),
    ],
)
def test_a_link_is_followed_to_its_page_and_place(write_page, tmp_path, link, broken):
    write_page("a.html", f'<h1 id="here">x</h1><a href="{link}">x</a>')
    write_page("other.html", '<a name="there"></a>')

    assert make_site.broken_links(tmp_path) == ([f"a.html: {link}"] if broken else [])


@pytest.mark.parametrize(
    "page",
    [
        '<script src="https://cdn.example/x.js"></script>',
        '<link rel="stylesheet" href="//cdn.example/x.css">',
        '<img src="http://cdn.example/x.png">',
    ],
)
def test_what_comes_from_elsewhere_is_found(write_page, tmp_path, page):
    write_page(
        "a.html",
        page + '<link rel="canonical" href="https://here.example/"><img src="data:image/png;base64,">',
    )

    assert len(make_site.foreign(tmp_path)) == 1


@pytest.mark.parametrize(
    "style", ["@import 'https://cdn.example/x.css';", "a { background: url(//cdn.example/x.png) }"]
)
def test_what_styles_load_from_elsewhere_is_found(write_page, tmp_path, style):
    write_page("a.css", style + "b { background: url(own.png) }")

    assert len(make_site.foreign(tmp_path)) == 1


@pytest.mark.slow
def test_the_site_is_made_and_leads_nowhere_wrong():
    pytest.importorskip("zensical")

    ran = subprocess.run(
        [sys.executable, ROOT / "docs" / "make_site.py"], capture_output=True, text=True, check=False
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert " 0 links or files that lead nowhere" in ran.stdout
