"""The call: what it takes, and what cannot be had of partitions."""

from collections.abc import Sequence
from os import PathLike as PathLike_
from typing import TYPE_CHECKING

from hygiene.arguments import takes
from hygiene.columns.frames import check_paths
from hygiene.errors import UsageError
from hygiene.options import PathLike, ScaleOptions, resolve
from hygiene.scale.files import open_files
from hygiene.scale.result import ScaledLeads
from hygiene.scale.survey import survey
from hygiene.scale.tasks import check_dask, check_frame

if TYPE_CHECKING:
    import dask.dataframe as dd

__all__ = ["clean"]

#: Options that are for leads on one machine, for which Dask has its own words.
_ELSEWHERE = ("memory", "jobs")
#: Options that are for files.
_OF_FILES = (
    "encoding",
    "delimiter",
    "header_row",
    "no_header",
    "sheet",
    "visible_rows",
    "limits",
)


@takes(ScaleOptions)
def clean(leads: "dd.DataFrame | PathLike | Sequence[PathLike]", options: ScaleOptions) -> ScaledLeads:
    """Give every row of a Dask frame its verdict, by whatever computes Dask's graphs: a `Client`'s cluster, if any.

    Rows count from 1 in the order of the partitions, or as the column `order` says. Lists are read, and
    domains looked up once, by this process. `memory`, `jobs` and `likely` are refused, and so are options of files for
    a frame.

    Args:
        leads: The leads: a Dask frame that gives the same rows in the same order each time it is computed, or one
            or several files that every worker sees under these names, each of which is a partition.
        options: As below.

    Raises:
        InputError: a partition or a list cannot be read, or `order` does not number the rows.
        ResolverError: no name server answered at all.
        UsageError: it is no Dask frame, Dask is not installed, or an argument cannot be had of partitions.
    """
    if isinstance(leads, str | PathLike_ | list | tuple):
        check_dask()
        _check_reach(options, _ELSEWHERE)
        opened = open_files(check_paths(leads), options)
        found = survey(opened.frame, resolve(options), order=options.order, headers=opened.headers)
        return ScaledLeads(found, files=opened.files, notes=opened.notes)
    check_frame(leads)
    _check_reach(options, (*_ELSEWHERE, *_OF_FILES))
    return ScaledLeads(survey(leads, resolve(options), columns=options.columns, order=options.order))


def _check_reach(options: ScaleOptions, elsewhere: Sequence[str]) -> None:
    """Refuse what looks beyond a partition, and what partitions do not have."""
    for name in elsewhere:
        if getattr(options, name) not in (None, False):
            msg = f"{name} is for files on one machine; a Dask frame is read and computed as Dask is told."
            raise UsageError(msg)
    if options.policy is not None and options.policy.needs:
        msg = (
            "the policy's needed_fields are not predicted of partitions; leave the rule out, or predict from the "
            "written parts with hygiene.clean."
        )
        raise UsageError(msg)
    if options.likely:
        msg = (
            "likely=True compares rows of all partitions; clean the written parts with hygiene.clean instead."
        )
        raise UsageError(msg)
    schema = options.schema
    built = schema.to_schema() if isinstance(schema, type) and hasattr(schema, "to_schema") else schema
    columns = getattr(built, "columns", {}).values()
    if getattr(built, "unique", None) or any(column.unique for column in columns):
        msg = "the schema asks for unique values, which a partition cannot show; duplicates are found without it."
        raise UsageError(msg)
