"""Settings of the build: entity resolution, licences, boundaries."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints, field_validator

from loaders.settings.base import Positive, SettingsModel, Text, as_tuple
from loaders.settings.licences import Kind

Subtype = Literal["country", "region", "county"]
Share = Annotated[float, Field(gt=0, le=1)]
Distance = Annotated[float, Field(ge=0)]
Factor = Annotated[float, Field(gt=1)]
LATEST = "latest"
RELEASE = rf"^(\d{{4}}-\d{{2}}-\d{{2}}\.\d+|{LATEST})$"


def _release(value: object) -> object:
    """Null is the newest release, too."""
    return LATEST if value is None else value


class Dedup(SettingsModel):
    """Thresholds of entity resolution; `params.yaml` explains them in sentences.

    Attributes:
        priority: datasets whose outlines and values come first; the others follow in the order of `datasets`.
        overrides: file with manual decisions on single pairs, relative to the project's folder.
        identical_iou: from this intersection over union [1] on, two outlines are the same.
        shared_of_smaller: share of the smaller outline [1] that the other one must cover.
        part_area_ratio: below this ratio of areas [1], the smaller is a part of the larger.
        least_filled: share of the larger [1] that all outlines in it must cover together.
        smallest_part: least ratio of areas [1] of an only part and its whole.
        alike_m, alike_area_ratio: outlines that hardly overlap are the same if their centroids are this close [m] and
            their areas this much alike [1].
        near_m: farthest that a point may be from an outline, or from a point [m].
        near_with_capacity_m: the same for records whose sizes or names agree [m].
        reach_radii: the same for larger ones, in radii of a circle of their area [1].
        roof_mw: below this capacity [MW], near_with_capacity_m shrinks in proportion.
        same_name_m: the same for points whose names and capacities agree [m].
        name_similarity: from this similarity [0 to 1] on, two names agree.
        largest_misfit: points whose names do not agree match up to this misfit of distance and capacities [1].
        shifted_share: share of the smaller outline [1] that two outlines drawn with a positional shift have in common.
        identifier_km: records with one identifier contradict each other if they are farther apart [km].
        capacity_ratio: capacities agree from this ratio on, smaller over larger [1].
        capacity_ratio_inside: a ratio below this [1] contradicts a point inside an outline.
        largest_spread: how many times larger than that of its largest record the hull of an installation may be [1].
    """

    priority: Annotated[tuple[Text, ...], BeforeValidator(as_tuple)] = ()
    overrides: Text = "overrides.csv"
    identical_iou: Share = 0.999
    shared_of_smaller: Share = 0.5
    part_area_ratio: Share = 0.5
    least_filled: Share = 0.3
    smallest_part: Share = 0.01
    alike_m: Distance = 15.0
    alike_area_ratio: Share = 0.7
    near_m: Distance = 50.0
    near_with_capacity_m: Distance = 200.0
    reach_radii: Positive = 3.0
    roof_mw: Distance = 0.1
    same_name_m: Distance = 10_000.0
    name_similarity: Share = 0.9
    largest_misfit: Positive = 2.0
    shifted_share: Share = 0.2
    identifier_km: Positive = 5.0
    capacity_ratio: Share = 0.5
    capacity_ratio_inside: Share = 0.1
    largest_spread: Factor = 3.0


class Licences(SettingsModel):
    """The kinds of licences that may be published; records under others are left out.

    Attributes:
        allow: kinds of licences; `unknown` is a licence that is not stated.
    """

    allow: Annotated[tuple[Kind, ...], BeforeValidator(as_tuple), Field(min_length=1)] = (
        "permissive",
        "share_alike",
        "non_commercial",
        "unknown",
    )


class Boundaries(SettingsModel):
    """The source of countries and regions, and the distance from land that still counts.

    Attributes:
        source: overture: Overture Maps' divisions, of a locked release; naturalearth: the bundled extract at 1:110
            million, without regions. Samples always take the bundled one.
        release: of Overture Maps, by name, or the newest one; a lock pins it either way.
        subtypes: of the divisions to read; dependencies are countries of their own.
        nearest_land_km: the largest distance of a record from the land that it belongs to.
        s3_endpoint: address of the S3 service that holds the release; null is Amazon's.
        ca_cert_file: CA bundle in PEM, for a proxy that re-signs TLS.
    """

    source: Literal["naturalearth", "overture"] = "overture"
    release: Annotated[str, StringConstraints(pattern=RELEASE), BeforeValidator(_release)] = LATEST
    subtypes: Annotated[tuple[Subtype, ...], BeforeValidator(as_tuple), Field(min_length=1)] = ("country", "region")
    nearest_land_km: Positive = 50.0
    s3_endpoint: Annotated[str, StringConstraints(pattern=r"^https?://[^/\s@?#]+$")] | None = None
    ca_cert_file: Text | None = None

    def below(self, root: Path) -> Self:
        """The same settings with the CA bundle as an absolute path."""
        if not self.ca_cert_file:
            return self
        return self.model_copy(update={"ca_cert_file": str(root / Path(self.ca_cert_file).expanduser())})

    def of_release(self, name: str) -> Self:
        """The same settings with a release that is known by name."""
        return self.model_copy(update={"release": name})

    @field_validator("subtypes")
    @classmethod
    def _require_countries(cls, subtypes: tuple[Subtype, ...]) -> tuple[Subtype, ...]:
        if "country" not in subtypes:
            raise ValueError("country is missing, by which installations are counted; add it")
        return subtypes
