import gc

import pytest

from loaders.doi_datasets import RARE_COLLECTION, rare_collections


def _fail_to_load() -> None:
    with rare_collections():
        assert gc.get_threshold()[0] == RARE_COLLECTION
        raise ValueError("damaged")


def test_the_garbage_collector_is_as_before_once_a_load_has_failed() -> None:
    before = gc.get_threshold()
    with pytest.raises(ValueError, match="damaged"):
        _fail_to_load()
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)
