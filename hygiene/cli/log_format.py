"""Lines of the log on a command line; apart, so that logging is loaded only where lines are asked for."""

import logging

from hygiene.cli.flags import with_flags
from hygiene.errors import Note

__all__ = ["FlagFormatter"]


class FlagFormatter(logging.Formatter):
    """Records as they are told, options by their flags."""

    def format(self, record: logging.LogRecord) -> str:
        """A record as a line."""
        return with_flags(record.msg) if isinstance(record.msg, Note) else super().format(record)
