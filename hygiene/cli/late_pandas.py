"""Late pandas: runs that need no frame do not load it.

Arrow loads pandas as soon as it makes an array of a list (pyarrow 26: to see whether it is handed a Series), which
takes a fifth of a second. Where it does not find it then, it looks again when something asks it for pandas.
"""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder

__all__ = ["spare_pandas"]


class _Nowhere(MetaPathFinder):
    """Finds no pandas."""

    def find_spec(self, name: str, _path: Sequence[str] | None, _target: object = None) -> None:
        if name == "pandas":
            raise ModuleNotFoundError(name=name)


def spare_pandas() -> None:
    """Load Arrow, and let it look for pandas in vain; `hygiene.arrow.text.tell_arrow` lets it look again."""
    if "pandas" in sys.modules or "pyarrow" in sys.modules:
        return
    import pyarrow as pa

    nowhere = _Nowhere()
    sys.meta_path.insert(0, nowhere)
    try:
        pa.array([])
    finally:
        sys.meta_path.remove(nowhere)
