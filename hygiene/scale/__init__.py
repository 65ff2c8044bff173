"""Scale: the cleaning of leads beyond one machine, by Dask.

The passes are those of one machine, and so are the verdicts. A partition is examined where it lies; what
rows are to each other is found out from hashes of their keys alone; domains are looked up once, by the
process that calls. That process never holds the leads.
"""

from hygiene.scale.api import clean
from hygiene.scale.result import ScaledLeads

__all__ = ["ScaledLeads", "clean"]
