"""A dataset that fails becomes a value, so that the others go on, in another process too, and nothing forgets it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hamilton.lifecycle.api import NodeExecutionMethod

from loaders.core.errors import EoPvError, SourceError
from loaders.core.foreign_errors import explained

BRANCH = "target_datasets"  # every node of a dataset's branch has its dataset as input


@dataclass(frozen=True, slots=True)
class FailedBranch:
    """What stands in the place of what a dataset's node would have returned."""

    key: str
    error: EoPvError


class FailuresAsValues(NodeExecutionMethod):
    """Runs nodes; a dataset's error that its user can mend is returned, and passed on by the nodes that follow."""

    def run_to_execute_node(self, *, node_callable: Any, node_kwargs: dict[str, Any], **_: Any) -> Any:
        """The value of a node, or why its dataset has none."""
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
            if explanation := explained(error, (Path("data"),)):
                return FailedBranch(key, SourceError(f"{key}: {explanation}"))
            raise
