"""A matplotlib figure that a notebook shows by itself, whichever backend is set there."""

import io

from matplotlib.figure import Figure

__all__ = ["Picture"]


class Picture(Figure):
    """A figure that is shown as PNG, which also survives where a notebook is only looked at."""

    def _repr_png_(self) -> bytes:
        file = io.BytesIO()
        self.savefig(file, format="png", dpi=100)
        return file.getvalue()
