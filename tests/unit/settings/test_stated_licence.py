from collections.abc import Callable

import pytest
from pydantic import ValidationError

from loaders.settings.params import Dataset
from loaders.settings.stated_licence import licence_terms

BY_ROW = {"column": "Source", "values": {"OSM": "ODbL", "TZSAM": "CC-BY-NC-4.0", "GRW": "unknown"}}


@pytest.mark.parametrize(
    ("licence", "text", "names"),
    [
        (None, "not stated", {"not stated"}),
        ("unknown", "not stated", {"not stated"}),
        (" ", "not stated", {"not stated"}),
        ("CC BY 4.0", "CC-BY-4.0", {"CC-BY-4.0"}),
        ("ask the ministry", "ask the ministry", {"ask the ministry"}),
        (
            BY_ROW,
            "by Source: ODbL-1.0, CC-BY-NC-4.0, not stated",
            {"ODbL-1.0", "CC-BY-NC-4.0", "not stated"},
        ),
        (
            {"column": "Source", "values": {"OSM": "ODbL-1.0"}, "otherwise": "MIT"},
            "by Source: ODbL-1.0, else MIT",
            {"ODbL-1.0", "MIT"},
        ),
    ],
)
def test_a_licence_is_one_name_or_one_by_the_values_of_a_column(
    dataset: Callable[..., Dataset], licence: object, text: str, names: set[str]
) -> None:
    stated = dataset(licence=licence).licence
    assert (stated.text, set(licence_terms(stated))) == (text, names)


@pytest.mark.parametrize(
    ("licence", "message"),
    [
        (4, "it is 4; expected the SPDX name of a licence"),
        ("", "it is empty; expected the SPDX name of a licence"),
        ({"column": "Source"}, "give one licence, or a column and the licences of its values"),
        ({"values": {"OSM": "ODbL-1.0"}}, "give one licence, or a column and the licences of its values"),
        (
            {"column": "Source", "values": {"OSM": "ODbL-1.0", "osm ": "CC-BY-4.0"}},
            "values 'OSM' and 'osm ' are the same in any case, under ODbL-1.0 and CC-BY-4.0; keep one",
        ),
        ({"column": "Source", "values": {1: "ODbL-1.0", 1.5: "MIT", "1": "unknown"}}, "ODbL-1.0 and unknown; keep one"),
    ],
)
def test_half_a_licence_is_refused(dataset: Callable[..., Dataset], licence: object, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        dataset(licence=licence)
