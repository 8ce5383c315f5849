"""The contract for dbt: `python -m loaders.report.contract_docs` writes what the models refer to."""

from pathlib import Path

from loaders.contract import RECORD, Field
from loaders.harmonise.quality_flags import FLAGS

PLACE = Path(__file__).parents[2] / "dbt" / "models" / "docs" / "contract.md"
NOTE = (
    "<!-- Written by `python -m loaders.report.contract_docs` from loaders/contract.py and "
    "loaders/harmonise/quality_flags.py. -->"
)


def dbt_docs() -> str:
    """Each column of the canonical record as a block for dbt's docs."""
    return "\n".join([NOTE, *(_block(field) for field in RECORD)])


def _block(field: Field) -> str:
    lines = [field.meaning]
    if field.name == "quality_flags":
        lines += ["", *(f"- `{name}`: {meaning}" for name, meaning in FLAGS.items())]
    text = "\n".join(lines)
    return f"\n{{% docs {field.name} %}}\n{text}\n{{% enddocs %}}\n"


if __name__ == "__main__":
    PLACE.write_text(dbt_docs(), encoding="utf-8")
