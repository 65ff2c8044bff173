"""Earlier name of `hygiene.api`; goes with the next release."""

from hygiene.version import earlier_names

_CALLS = ("clean", "import_leads", "prepare", "read")

__getattr__ = earlier_names(__name__, dict.fromkeys(_CALLS, "hygiene"))
