"""Writes dbt's doc blocks and the reference pages of the docs: `python -m loaders.report.contract_docs`."""

from pathlib import Path

from loaders.contract import RECORD, Field
from loaders.core.files import write_text
from loaders.harmonise.quality_flags import FLAGS
from loaders.report.reference_docs import REFERENCE, columns_md, flags_md

DOCS_FILE = Path(__file__).parents[2] / "dbt" / "models" / "docs" / "contract.md"
HEADER = (
    "<!-- Written by `python -m loaders.report.contract_docs` from loaders/contract.py and "
    "loaders/harmonise/quality_flags.py. -->"
)


def dbt_docs() -> str:
    """A dbt doc block for each column of the canonical record."""
    return "\n".join([HEADER, *(_block(field) for field in RECORD)])


def _block(field: Field) -> str:
    lines = [field.meaning]
    if field.name == "quality_flags":
        lines += ["", *(f"- `{name}`: {meaning}" for name, meaning in FLAGS.items())]
    text = "\n".join(lines)
    return f"\n{{% docs {field.name} %}}\n{text}\n{{% enddocs %}}\n"


if __name__ == "__main__":
    write_text(dbt_docs(), DOCS_FILE)
    write_text(columns_md(), REFERENCE / "columns.md")  # of the doc blocks above
    write_text(flags_md(), REFERENCE / "flags.md")
