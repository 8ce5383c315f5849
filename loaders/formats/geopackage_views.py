"""Views in a GeoPackage: layers that run the publisher's SQL, which may never end."""

import sqlite3
from contextlib import closing
from pathlib import Path

from loaders.core.escape import sql_name

MAX_ROWS = 20_000_000
MAX_STEPS = 2_000_000_000  # of SQLite's virtual machine; about half a minute
STEPS_PER_CALLBACK = 1_000_000
EXPORT_ADVICE = "export it as a table, say with QGIS"
VIEWS_QUERY = """
    select name from sqlite_master join gpkg_contents on lower(table_name) = lower(name)
    where type = 'view' order by name
"""


def view_fault(path: Path) -> str:
    """Why a layer that is a view cannot be read; empty if all views end.

    SQLite runs them here with its built-in functions only, and with a limit of steps.
    """
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
        steps = iter(range(MAX_STEPS // STEPS_PER_CALLBACK))
        database.set_progress_handler(lambda: next(steps, None) is None, STEPS_PER_CALLBACK)
        try:
            database.execute("pragma trusted_schema = off")
            views = [name for (name,) in database.execute(VIEWS_QUERY)]
        except sqlite3.Error:
            return ""  # a missing or damaged table: GDAL reports it
        for view in views:
            try:
                query = f"select count(*) from (select 1 from {sql_name(view)} limit {MAX_ROWS + 1})"  # noqa: S608 (quoted)
                ((rows,),) = database.execute(query)
            except sqlite3.Error as error:
                return f"its layer {view!r} is a view that cannot be read ({error}); {EXPORT_ADVICE}"
            if rows > MAX_ROWS:
                return f"its layer {view!r} is a view of more than {MAX_ROWS:,} rows; {EXPORT_ADVICE}"
    return ""
