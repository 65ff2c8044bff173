"""The notebooks: they run without a warning, say what they said, and hold nothing of this machine."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))


def test_there_are_four_in_order():
    assert [path.name[:2] for path in PATHS] == ["01", "02", "03", "04"]


@pytest.mark.slow
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_it_runs_and_its_outputs_are_in_step(path):
    command = [sys.executable, NOTEBOOKS / "refresh.py", "--check", path]

    ran = subprocess.run(command, capture_output=True, text=True, check=False)

    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_it_has_prose_a_picture_and_no_place_of_this_machine(path):
    notebook = nbformat.read(path, as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]

    assert sum(cell.cell_type == "markdown" for cell in notebook.cells) >= 3
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert not any(output.output_type == "error" or output.get("name") == "stderr" for output in outputs)
    words = "".join(str(output.get("data", {}).get("text/plain", "")) for output in outputs)
    assert not re.search(r"/(home|root|tmp|work|Users)/|[A-Z]:\\\\", words)


def test_an_output_out_of_step_is_seen(tmp_path):
    import importlib.util

    spec = importlib.util.spec_from_file_location("refresh", NOTEBOOKS / "refresh.py")
    refresh = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(refresh)
    notebook = nbformat.read(PATHS[1], as_version=4)
    before = refresh.told(notebook)
    next(cell for cell in notebook.cells if cell.get("outputs")).outputs[0].data["text/plain"] = (
        "something else"
    )

    assert refresh.told(notebook) != before
