"""Commands `report` and `summary`: the results of a run."""

from pathlib import Path

from loaders.cli.console import AsJson, app, display_path, list_files, open_project, print_json
from loaders.core.errors import BuildError
from loaders.core.paths import ProjectPaths
from loaders.core.progress import Activity
from loaders.core.terminal import Verbosity, err, out, verbosity
from loaders.settings.params import Settings

MAX_WARNINGS = 3  # on the terminal


@app.command()
def report() -> None:
    """Write the report of the last build: a page, a map, and a table in Markdown."""
    from loaders.report.docs.first_page import write_first_page
    from loaders.report.page.run_facts import write_run_facts
    from loaders.report.web.vega import NO_CHARTS, can_compile_charts
    from loaders.report.write import write_report

    settings, paths = open_project()
    with paths.timed("report", "report"), Activity("writing the report"):
        files = write_report(settings, paths)
        write_run_facts(settings, paths)
        write_first_page(settings, paths)
    if not can_compile_charts():
        err.warn(NO_CHARTS)
    list_files(files, paths)


@app.command()
def summary(as_json: AsJson = False) -> None:
    """Show the results of the last run: a table of the datasets, and the files."""
    settings, paths = open_project()
    if as_json:
        files = _result_files(paths)
        from loaders.report.summary import joint_seconds, read_figures, summarise
        from loaders.report.summary_table import as_document

        rows, figures = summarise(settings, paths), read_figures(paths)
        document = {"ok": True, "errors": [], **as_document(settings, rows, figures, joint_seconds(paths))}
        print_json(document | {"files": [display_path(path, paths) for path in files]})
    else:
        show_results(settings, paths)


def show_results(settings: Settings, paths: ProjectPaths) -> None:
    """Print the summary and where the files are.

    Raises:
        BuildError: one is missing.
    """
    files = _result_files(paths)
    show_summary(settings, paths)
    out.print(_tables_line(paths))
    out.print(f"Database: {display_path(paths.database, paths)} · Report: {display_path(paths.report_page, paths)}")
    if verbosity() is Verbosity.VERBOSE:
        list_files(files, paths)


def show_summary(settings: Settings, paths: ProjectPaths) -> None:
    """Print the table, the result, warnings, and where the notes are."""
    from loaders.report.summary import joint_seconds, read_figures, summarise
    from loaders.report.summary_sentences import banner, headline, missing, notes, warnings
    from loaders.report.summary_table import as_table

    rows, figures = summarise(settings, paths), read_figures(paths)
    location = display_path(paths.report(), paths)
    out.print(as_table(rows, location))
    for sentence in missing(figures):
        out.print(sentence, style="red")
    for sentence in (*banner(rows), headline(figures)):
        out.print(sentence)
    caveats = warnings(rows, figures)
    for warning in caveats[:MAX_WARNINGS]:
        out.print(warning, style="yellow")
    further = [(len(caveats[MAX_WARNINGS:]), "more warning"), (len(notes(rows, figures)), "note")]
    counts = [f"{count:,} {noun}{'s' * (count > 1)}" for count, noun in further if count]
    if counts:
        out.print(f"{' and '.join(counts)}: {location}")
    if seconds := joint_seconds(paths):
        in_all = sum(row.seconds or 0 for row in rows) + sum(seconds.values())
        build = f", of it {seconds['build']:,.1f} s for the build" if "build" in seconds else ""
        out.print(f"Time of the steps, each as it last ran: {in_all:,.1f} s{build}")


def _result_files(paths: ProjectPaths) -> list[Path]:
    """The tables and the report.

    Raises:
        BuildError: one is missing.
    """
    if not paths.curated.exists():
        raise BuildError(f"No table of origin {paths.origin} is built yet. Run `make all`.")
    files = [*sorted(paths.curated.iterdir()), paths.database, paths.report(), paths.report_page]
    if missing := [path for path in files if not path.exists()]:
        raise BuildError(
            f"{display_path(missing[0], paths)} is missing although nothing that it is made from has changed. "
            f"Make it again with `make all`."
        )
    return files


def _tables_line(paths: ProjectPaths) -> str:
    """Where the tables are, in one line."""
    names = sorted(path.name for path in paths.curated.iterdir())
    others = [name for name in names if not name.endswith(".parquet")]
    content = ", ".join([f"{len(names) - len(others)} Parquet files", *others])
    return f"Tables: {display_path(paths.curated, paths)}/ ({content})"
