"""Captures a branch's failure as a value, so that the other branches continue, also in other processes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hamilton.lifecycle.api import NodeExecutionMethod

from loaders.core.errors import EoPvError, SourceError
from loaders.core.foreign_errors import translate_error

BRANCH = "target_datasets"  # every node of a dataset's branch has its dataset as input


@dataclass(frozen=True, slots=True)
class FailedBranch:
    """Value of the nodes of a failed dataset."""

    key: str
    error: EoPvError


class FailuresAsValues(NodeExecutionMethod):
    """Runs nodes; returns a dataset's error that the user can fix, which later nodes pass on."""

    def run_to_execute_node(self, *, node_callable: Any, node_kwargs: dict[str, Any], **_: Any) -> Any:
        """The value of a node, or the failure of its dataset."""
        if BRANCH not in node_kwargs:
            return node_callable(**node_kwargs)
        for value in node_kwargs.values():
            if isinstance(value, FailedBranch):
                return value
        key = node_kwargs[BRANCH].key
        try:
            return node_callable(**node_kwargs)
        except EoPvError as error:
            return FailedBranch(key, error)
        except Exception as error:
            if explanation := translate_error(error, (Path("data"),)):
                return FailedBranch(key, SourceError(f"{key}: {explanation}"))
            raise
