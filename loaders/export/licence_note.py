"""The licence and attribution of exactly the rows of an export."""

from loaders.core.escape import markdown
from loaders.read.published import Published
from loaders.warehouse.attribution import Contributed, attribution_md, citation_bib, contributing_locks
from loaders.warehouse.context_attribution import context_md

INTRODUCTION = """\
# Whose data {file} is made of

{rows:,} rows of `{table}`. Pass this note on with the file. Of each dataset, it counts the published records that these
rows are made of; the licences are summed up here, their texts count."""


def licence_note(tables: Published, file: str, table: str, rows: int, contributed: Contributed) -> str:
    """The note in Markdown: datasets, licences, consequences, and citations in BibTeX."""
    locks = contributing_locks(tables.settings, tables.paths, contributed)
    introduction = INTRODUCTION.format(file=markdown(file), rows=rows, table=table)
    note = attribution_md(tables.settings, locks, contributed, introduction)
    citations = citation_bib(tables.settings, locks, contributed)
    return f"{note}\n{context_md(tables.settings, tables.paths)}\n## To cite\n\n```bibtex\n{citations}```\n"
