"""The figures of the page, counted by hand in a world of four installations."""

from pathlib import Path

import pytest

from loaders.core.errors import BuildError
from loaders.core.paths import ProjectPaths
from loaders.report.page.chart_list import EXACT, SPAN, _countries, _density, _sizes, _years, size_label
from loaders.report.page.figures import Figures, read_figures
from loaders.report.page.flags import flags
from loaders.report.page.funnel import funnel
from loaders.report.page.verdict import licence_verdict
from loaders.settings.params import Settings
from tests.unit.report.page.world import BUILD, HOSTILE, write_world


@pytest.fixture
def world(tmp_path: Path) -> ProjectPaths:
    paths = ProjectPaths(tmp_path, "doi")
    write_world(paths)
    return paths


@pytest.fixture
def figures(world: ProjectPaths) -> Figures:
    return read_figures(world)


def test_the_big_figures_are_those_of_the_tables(figures: Figures) -> None:
    assert figures.headline == {
        "installations": 4,
        "outlines": 3,
        "confirmed": 2,
        "high_confidence": 1,
        "countries": 2,
        "without_country": 1,
        "area_km2": 1.03,
        "with_capacity": 2,
        "capacity_mw": 51.0,
        "panel_capacity_mw": 51.86,
        "estimated_from_area": 1,
        "synthetic": 1,
        "licence_not_verified": 1,
    }


def test_rows_are_synthetic_in_part_where_some_records_are(figures: Figures) -> None:
    assert figures.is_synthetic == "some"
    assert [row["dataset_key"] for row in figures.synthetic if row["synthetic"]] == ["b_south_2021"]


def test_each_loss_of_the_funnel_has_a_counted_reason(figures: Figures) -> None:
    metrics: list[dict[str, dict[str, int]]] = [{"rejected": {"no_area": 1, "filtered_out": 1}}, {"rejected": {}}]
    steps = funnel(figures, metrics, BUILD)
    assert [(step.count, dict(step.losses)) for step in steps] == [
        (
            11,
            {
                "filtered_out: its row is not one that `where` wants": 1,
                "no_area: its outline encloses no area": 1,
            },
        ),
        (9, {"licence CC-BY-ND-4.0, no derivatives": 2}),
        (7, {"status planned": 1}),
        (6, {}),
        (4, {}),
    ]
    assert [step.count - sum(step.losses.values()) for step in steps[:3]] == [step.count for step in steps[1:4]]


def test_countries_have_names_and_a_row_without_country(figures: Figures) -> None:
    assert [(row["name"], row["installations"]) for row in figures.countries] == [
        ("Germany", 2),
        ("FR", 1),
        ("without a country", 1),
    ]
    assert [list(row) for row in _countries(figures).rows] == [
        ["Germany", 1, 1],
        ["FR", 0, 1],
        ["without a country", 0, 1],
    ]


def test_sizes_are_bins_of_a_logarithmic_scale_without_gaps(figures: Figures) -> None:
    rows = [list(row) for row in _sizes(figures).rows]
    assert rows[0] == ["500 kW–1 MW", 0, 1]
    assert rows[1] == ["1–2 MW", 1, 0]
    assert rows[-1] == ["50–100 MW", 1, 0]
    assert len(rows) == 7


@pytest.mark.parametrize(
    ("index", "label"),
    [(0, "1–2 MW"), (2, "5–10 MW"), (9, "1–2 GW"), (8, "500 MW–1 GW"), (-3, "100–200 kW"), (-10, "500 W–1 kW")],
)
def test_the_label_of_a_bin_names_its_unit(index: int, label: str) -> None:
    assert size_label(index) == label


def test_a_year_counts_as_known_only_if_the_installation_began_in_it(figures: Figures) -> None:
    chart = _years(figures)
    assert chart.headings == ("year", EXACT, SPAN)
    assert [list(row) for row in chart.rows] == [["2019", 1, 0], ["2020", 0, 2]]


def test_power_density_is_capacity_over_the_outline_by_basis(figures: Figures) -> None:
    assert [list(row) for row in _density(figures).rows] == [["50–60", 1, 1, 0]]


def test_flags_have_examples_on_the_map_and_a_blank_name_is_the_id(figures: Figures) -> None:
    found = flags(figures)
    assert [(each.name, each.kind, each.number) for each in found] == [
        ("divided", "installation", 2),
        ("repaired", "record", 2),
    ]
    assert [(each.label, each.address) for each in found[0].examples] == [
        (f"Farm {HOSTILE}", "map.html#15/51.00000/9.00000/pv_1"),
        ("pv_3", "map.html#15/48.00000/2.00000/pv_3"),
    ]


def test_an_installation_counts_in_each_kind_of_licence_that_its_records_have(figures: Figures) -> None:
    licences = {"a_north_2020": "CC-BY-4.0", "b_south_2021": "CC-BY-NC-4.0", "c_east_2022": "ODbL-1.0"}
    datasets = {
        key: {"key": key, "source": {"path": "farms.geojson"}, "licence": name} for key, name in licences.items()
    }
    verdict = licence_verdict(figures, Settings.model_validate({"datasets": datasets}))
    assert [(sentence.partition(":")[0], sentence.partition(": ")[2].partition(" of ")[0]) for sentence in verdict] == [
        ("Not for commercial use as a whole", "25\xa0%"),
        ("Not cleared to be published as a whole", "25\xa0%"),
        ("Share what you make of it under the same licence", "25\xa0%"),
        ("Use and share it, if you credit the publishers", "50\xa0%"),
    ]


def test_a_missing_table_is_an_error_that_says_what_to_type(world: ProjectPaths) -> None:
    (world.curated / "curated_pv_yield.parquet").unlink()
    with pytest.raises(BuildError, match=r"^data/doi/curated/curated_pv_yield\.parquet is missing.*Run `make all`\.$"):
        read_figures(world)
