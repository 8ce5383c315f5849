"""Which records of two datasets observe the same installation, proved by their geometry."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import shapely
from shapely.geometry.base import BaseGeometry

from tests.samples.files import Record, Sample

COLUMNS = ("relation", "dataset_key_a", "source_id_a", "dataset_key_b", "source_id_b")
LEAST_SHARED = 0.5

Pair = tuple["Observation", "Observation"]


@dataclass(frozen=True, slots=True)
class Observation:
    """One record of one dataset, its geometry repaired."""

    key: str
    source_id: str
    observed: str
    shape: BaseGeometry


def truth(samples: Iterable[Sample]) -> str:
    """The pairs as CSV, sorted.

    Raises:
        ValueError: Geometry and intention disagree, so the samples would teach something false.
    """
    observations = [_observation(sample.key, record) for sample in samples for record in sample.records]
    _refuse_strangers(observations)
    rows = sorted({(relation(*pair), *_identity(pair)) for pair in _pairs(observations)})
    return "".join(f"{','.join(row)}\n" for row in (COLUMNS, *rows))


def relation(one: Observation, other: Observation) -> str:
    """How two observations of one installation lie to each other: the first of the four names that fits.

    Raises:
        ValueError: None of them fits.
    """
    # Shares of areas in square degrees are right here: both shapes lie at the same latitude.
    smaller, larger = sorted((one.shape, other.shape), key=lambda shape: shape.area)
    if smaller.geom_type == "Point" and larger.contains(smaller):
        return "point_in_polygon"
    if shapely.equals_identical(smaller, larger):
        return "equal"
    if larger.covers(smaller):
        return "nested"
    if smaller.area and smaller.intersection(larger).area / smaller.area > LEAST_SHARED:
        return "shifted"
    raise ValueError(f"{one.observed}: {_identity((one, other))} should lie on each other, and do not")


def _observation(key: str, record: Record) -> Observation:
    shape = shapely.geometry.shape(record.geometry)
    if not shape.is_valid:
        shape = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    return Observation(key, record.source_id, record.observed, shape)


def _pairs(observations: Iterable[Observation]) -> Iterator[Pair]:
    """Every two observations of one installation by two datasets, ordered by dataset."""
    by_installation = defaultdict(list)
    for observation in observations:
        by_installation[observation.observed].append(observation)
    for group in by_installation.values():
        ordered = sorted(group, key=lambda observation: observation.key)
        yield from ((one, other) for one, other in combinations(ordered, 2) if one.key != other.key)


def _refuse_strangers(observations: Sequence[Observation]) -> None:
    """Two different installations must not touch, in whatever dataset.

    Raises:
        ValueError: Two of them do.
    """
    shapes = [observation.shape for observation in observations]
    for left, right in shapely.STRtree(shapes).query(shapes, predicate="intersects").T:
        one, other = observations[left], observations[right]
        if one.observed != other.observed:
            raise ValueError(f"{one.observed} and {other.observed} intersect: {_identity((one, other))}")


def _identity(pair: Pair) -> tuple[str, str, str, str]:
    one, other = pair
    return one.key, one.source_id, other.key, other.source_id
