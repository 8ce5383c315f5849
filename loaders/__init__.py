"""eo-pv: published datasets of solar installations, brought to one record that means the same everywhere."""

from typing import Any

__all__ = ["run_doi_pipeline"]


def __getattr__(name: str) -> Any:
    """Import a pipeline when it is first asked for: Hamilton and GDAL take seconds to start."""
    if name == "run_doi_pipeline":
        from loaders.raw_pv_doi_ingest import run_doi_pipeline  # noqa: PLC0415 (start-up time)

        return run_doi_pipeline
    raise AttributeError(f"module 'loaders' has no attribute {name!r}")
