"""Option `--scheduler` of commands that build."""

import os

import pytest

from loaders.cli.scheduler import SCHEDULER_VARIABLE, use_scheduler
from loaders.core.errors import SettingsError
from loaders.settings.params import Settings


def test_a_scheduler_is_for_dask_and_steps_inherit_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SCHEDULER_VARIABLE, "tcp://former:1")
    settings = Settings(datasets={})
    use_scheduler(None, settings)
    with pytest.raises(SettingsError, match=r"\(tcp://host:8786\) is for the executor dask, not for threads\. Write"):
        use_scheduler("tcp://host:8786", settings)
    assert os.environ[SCHEDULER_VARIABLE] == "tcp://former:1"
    use_scheduler("tcp://host:8786", settings.model_copy(update={"executor": "dask"}))
    assert os.environ[SCHEDULER_VARIABLE] == "tcp://host:8786"
