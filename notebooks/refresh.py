"""Run every notebook here anew and write its outputs, or with --check say which ones are out of step.

    python notebooks/refresh.py [--check] [NOTEBOOK...]

What differs from run to run (ports, the bytes of a picture) is not compared.
"""

import argparse
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from nbclient import NotebookClient
from traitlets.config import Config

HERE = Path(__file__).parent
#: What each kernel runs before the first cell: a warning is an error, but for the kernel's own and its loop's.
STRICT = (
    "import warnings; warnings.simplefilter('error'); "
    "warnings.filterwarnings('ignore', module='ipykernel|tornado')"
)
#: Seconds for one cell.
PATIENCE_S = 120


def run(path: Path) -> nbformat.NotebookNode:
    """The notebook, executed in its folder by a fresh kernel."""
    notebook = nbformat.read(path, as_version=4)
    with TemporaryDirectory() as folder:
        # Through files rather than ports: nobody else on the machine can listen, and none can be taken.
        wires = {"transport": "ipc", "ip": f"{folder}/kernel"} if sys.platform != "win32" else {}
        client = NotebookClient(
            notebook,
            timeout=PATIENCE_S,
            kernel_name="python3",
            extra_arguments=[f"--IPKernelApp.exec_lines={STRICT}"],
            resources={"metadata": {"path": str(HERE)}},
            config=Config({"KernelManager": wires}),
        )
        client.execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return notebook


def told(notebook: nbformat.NotebookNode) -> list[Any]:
    """What the notebook's outputs say, without what differs from run to run."""
    return [[_shown(output) for output in cell.get("outputs", [])] for cell in notebook.cells]


def _shown(output: Any) -> dict[str, str]:
    data = output.get("data", {"text/plain": output.get("text", "")})
    return {
        kind: ""
        if kind.startswith("image/")
        else re.sub(r"127\.0\.0\.1:\d+|<Figure[^>]*>", "", "".join(text))
        for kind, text in data.items()
    }


def main(arguments: list[str] | None = None) -> int:
    """Refresh or check; the exit code is 1 where something is out of step."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument("notebooks", nargs="*", type=Path)
    given = parser.parse_args(arguments)
    stale = []
    for path in given.notebooks or sorted(HERE.glob("*.ipynb")):
        before = told(nbformat.read(path, as_version=4))
        after = run(path)
        if not given.check:
            path.write_text(nbformat.writes(after) + "\n", encoding="utf-8")
        elif told(after) != before:
            stale.append(path.name)
    for name in stale:
        print(f"{name}: its outputs are out of step; run python notebooks/refresh.py")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
