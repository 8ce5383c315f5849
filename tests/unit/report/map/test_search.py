import json

import numpy as np
import pyarrow as pa

from loaders.report.map.search import bucket_files, fnv_1a


def test_identifiers_are_json_whatever_they_hold() -> None:
    ids = pa.array(["b", 'a"\\\n\x00é', "b", "c", "b", *["d"] * 30], pa.string())
    installations = np.array([3, 4, 1, 5, 3, *range(40, 10, -1)], np.uint32)
    ((number, content),) = bucket_files(ids, installations, 1)
    assert (number, content[:22].decode()) == (0, r'{"a\"\\\n\u0000é":4,"')
    assert json.loads(content) == {'a"\\\n\x00é': 4, "b": [1, 3], "c": 5, "d": list(range(11, 31))}


def test_each_file_of_identifiers_has_those_of_its_hash() -> None:
    ids = pa.array([f"pv_{k}" for k in range(50)], pa.string())
    files = dict(bucket_files(ids, np.arange(50, dtype=np.uint32), 7))
    found = {name: (number, i) for number, content in files.items() for name, i in json.loads(content).items()}
    assert sorted(files) == list(range(7))
    assert found == {f"pv_{k}": (bucket, k) for k, bucket in enumerate((fnv_1a(ids) % np.uint32(7)).tolist())}


def test_file_without_identifiers_is_an_empty_object() -> None:
    assert list(bucket_files(pa.array([], pa.string()), np.zeros(0, np.uint32), 1)) == [(0, b"{}")]
