"""Earlier name of `hygiene.emulator.demo`; goes with the next release."""

from hygiene.version import earlier_names

__getattr__ = earlier_names(__name__, dict.fromkeys(("read_zone", "sample_zone"), "hygiene.emulator"))
