"""Commands `report` and `summary`: the results of a run."""

from loaders.cli.console import app, display_path, list_files, open_project
from loaders.core.errors import BuildError
from loaders.core.terminal import out


@app.command()
def report() -> None:
    """Write the report of the last build in Markdown."""
    from loaders.core.files import write_text
    from loaders.report.summary import as_markdown, read_figures, summarise

    settings, paths = open_project()
    rows, figures = summarise(settings, paths), read_figures(paths)
    write_text(as_markdown(rows, figures, f"eo-pv: origin {settings.origin}"), paths.report())
    list_files([paths.report()], paths)


@app.command()
def summary() -> None:
    """Show the results of the last run: a table of the datasets, and the files."""
    from loaders.report.summary import as_table, findings, notes, read_figures, summarise

    settings, paths = open_project()
    rows = summarise(settings, paths)
    out.print(as_table(rows))
    for note in (*notes(rows), *findings(read_figures(paths))):
        out.print(note)
    files = [*sorted(paths.curated.iterdir()), paths.database, paths.report()]
    if missing := [path for path in files if not path.exists()]:
        raise BuildError(
            f"{display_path(missing[0], paths)} is missing although nothing that it is made from has changed. "
            f"Make it again with `make all`."
        )
    list_files(files, paths)
