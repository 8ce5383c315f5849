"""Command `why`: explain why records are or are not one installation."""

from pathlib import Path
from typing import Annotated

import typer

from loaders.cli.console import AsJson, app, display_path, open_project, print_json
from loaders.core.terminal import out


@app.command()
def why(
    record: Annotated[
        str,
        typer.Argument(
            metavar="RECORD", help="A record_id (its dataset's alias will do), or an installation_id (pv_…)."
        ),
    ],
    other: Annotated[str | None, typer.Argument(metavar="OTHER", help="Another record_id.")] = None,
    picture: Annotated[Path | None, typer.Option(help="Also draw it, as PNG.")] = None,
    as_json: AsJson = False,
) -> None:
    """Explain why a record is in its installation, or why two records are one or two; and how to override that.

    Shows the records of the installation, the pairs that join them with their comparison features and rule, and the
    refused pairs with other records, each with the reason.
    """
    from loaders.report.why.document import as_document
    from loaders.report.why.evidence import read_case
    from loaders.report.why.identifiers import is_installation, with_key
    from loaders.report.why.table import override_line, override_reason, pairs_table, records_table, sentences

    settings, paths = open_project()
    keys = {dataset.alias: key for key, dataset in settings.datasets.items() if dataset.alias}
    names = tuple(with_key(name, keys) for name in (record, other) if name is not None)
    if len(names) == 2 and (names[0] == names[1] or any(map(is_installation, names))):
        raise typer.BadParameter(f"{record!r} and {other!r} are not two records; of installations, name one alone")
    case = read_case(paths.database, names)
    if picture:
        from loaders.report.why.picture import draw

        draw([case], picture)
    if as_json:
        print_json({"ok": True, "errors": [], **as_document(case, settings.origin)})
        return
    out.print(records_table(case))
    if case.matched_pairs:
        out.print(pairs_table(case, case.matched_pairs, "joined by"))
    if case.refused_pairs:
        out.print(pairs_table(case, case.refused_pairs, "refused because"))
    for sentence in sentences(case):
        out.print(sentence)
    if line := override_line(case, settings.origin):
        out.print(f"To overrule it, add to {settings.dedup.overrides}, and run `make all`:\n{line}", soft_wrap=True)
    if override := override_reason(case):
        out.print(f"{settings.dedup.overrides} speaks of this pair: {override}. To take it back, remove that line.")
    if picture:
        out.print(f"  {display_path(picture, paths) if picture.is_relative_to(paths.root) else picture}")
