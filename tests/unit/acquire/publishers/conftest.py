"""The publishers, which all tests of a module share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.publishers import Publishers


@pytest.fixture(scope="module")
def standin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publishers]:
    with Publishers(tmp_path_factory.mktemp("publishers")) as web:
        yield web


@pytest.fixture
def web(standin: Publishers, monkeypatch: pytest.MonkeyPatch) -> Publishers:
    """The publishers with nothing published, and this process pointed at them."""
    fresh = Publishers(Path())
    for name in ("dois", "zenodo", "figshare", "sciencebase", "dataverse", "osf", "plain"):
        getattr(standin, name).__dict__.update(
            {key: value for key, value in vars(getattr(fresh, name)).items() if key != "_dois"}
        )
    standin.heal()
    standin.forget()
    for key, value in standin.environment().items():
        monkeypatch.setenv(key, value)
    return standin
