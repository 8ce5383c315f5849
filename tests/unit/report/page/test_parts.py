"""Parts of the page that need no tables: formats, overlap matrix, changes, recorded quality, facts of a run."""

import json
from pathlib import Path

import pytest

from loaders.core.paths import ProjectPaths
from loaders.report.page import formats
from loaders.report.page.changes import changes
from loaders.report.page.charts import Bars, bar_chart
from loaders.report.page.overlap import bias_shade, overlap_matrix, shade
from loaders.report.page.plots import as_csv
from loaders.report.page.quality import matching_quality
from loaders.report.page.run_facts import write_run_facts
from loaders.report.web.script_files import read_script_file
from loaders.settings.params import Settings
from tests.unit.report.page.world import BUILD, HOSTILE


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (0.0, "0.000"), (0.1234, "0.123"), (4587.0, "4,587"), (12.34, "12.3"), (-2.5, "−2.50")],
)
def test_a_quantity_has_three_digits_that_count(value: float | None, text: str) -> None:
    assert formats.quantity(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "100"),
        (0.99999, "> 99.9"),
        (0.9996, "99.96"),
        (0.998, "99.8"),
        (0.83, "83"),
        (0.0004, "< 0.1"),
        (0.0, "0"),
    ],
)
def test_a_share_is_100_or_0_per_cent_only_where_it_is_exactly_that(value: float, text: str) -> None:
    assert formats.share(value) == f"{text}\xa0%"


def test_a_long_text_of_a_publisher_is_cut() -> None:
    assert formats.short("x" * 10_000) == "x" * 200 + "…"


def test_a_cell_of_the_matrix_compares_the_column_with_the_row() -> None:
    rows = [
        {
            "dataset_a": "a",
            "dataset_b": "b",
            "installations": 2,
            "iou_median": 0.8,
            "area_bias": 0.25,
            "capacity_bias": None,
        }
    ]
    (aa, ab), (ba, bb) = overlap_matrix(rows, {"a": 4, "b": 3})
    assert (aa.matched, aa.is_diagonal, bb.matched) == (4, True, 3)
    assert (ab.matched, ab.share, ab.iou, ab.area_bias) == (2, 0.5, 0.8, 0.25)
    assert (ba.matched, ba.iou) == (0, None)
    assert (ab.shade, ab.iou_shade, ab.area_shade, ab.capacity_shade) == (3, 4, 3, 0)


def test_shades_go_from_nothing_to_five() -> None:
    assert [shade(share) for share in (0, 0.001, 0.2, 0.99, 1)] == [0, 1, 2, 5, 5]
    assert [bias_shade(bias) for bias in (None, 0.005, -0.02, 0.5, -3)] == [0, 0, 1, 5, 5]


def test_a_chart_is_compiled_to_vega_with_the_same_numbers_as_its_table() -> None:
    data = [{"category": HOSTILE, "part": part, "value": value, "rank": value} for part, value in (("x", 1), ("y", 2))]
    chart = bar_chart("sizes", "Sizes", "All.", Bars("size", "installations", data, ("x", "y")))
    assert chart.rows == [[HOSTILE, 1, 2]]
    values = next(each["values"] for each in chart.spec["data"] if "values" in each)
    assert [(value["category"], value["value"]) for value in values] == [(HOSTILE, 1), (HOSTILE, 2)]
    assert "vega/v6.json" in chart.spec["$schema"]
    assert as_csv(chart).splitlines() == ["size,x,y,installations", f'"{HOSTILE.replace(chr(34), chr(34) * 2)}",1,2,3']


def test_a_chart_without_rows_is_empty() -> None:
    assert bar_chart("years", "Years", "All.", Bars("year", "installations", [])).rows == []


def test_changes_are_what_differs_between_two_builds() -> None:
    now = BUILD | {"installations": 6, "datasets": {"a_north_2020": {"installations": 5, "only_here": 1}, "c": {}}}
    assert changes(BUILD, now) == {
        "totals": [{"name": "installations", "before": 4, "now": 6}],
        "datasets": [
            {
                "name": "a_north_2020",
                "installations_before": 3,
                "installations_now": 5,
                "only_here_before": 1,
                "only_here_now": 1,
            }
        ],
        "added": ["c"],
        "removed": ["b_south_2021"],
    }


def test_a_figure_that_an_older_build_did_not_count_is_no_change() -> None:
    before = {name: value for name, value in BUILD.items() if name != "confirmed"}
    assert changes(before, BUILD)["totals"] == []


def test_facts_of_a_run_are_a_file_of_their_own(tmp_path: Path) -> None:
    paths = ProjectPaths(tmp_path, "doi")
    paths.last_asked("farms").parent.mkdir(parents=True)
    paths.last_asked("farms").write_text('{"asked_at": "2026-11-29T10:00:00+00:00"}', encoding="utf-8")
    paths.build_metrics.write_text(json.dumps(BUILD), encoding="utf-8")
    paths.former_build_metrics.write_text(json.dumps(BUILD | {"records": 6}), encoding="utf-8")
    settings = Settings.model_validate({"datasets": {"farms": {"key": "farms", "source": {"path": "farms.geojson"}}}})
    file = write_run_facts(settings, paths)
    facts = json.loads(read_script_file(file))
    assert file == paths.report_folder / "run.js"
    assert facts["asked"] == {"farms": "2026-11-29T10:00:00+00:00"}
    assert facts["changes"]["totals"] == [{"name": "records", "before": 6, "now": 7}]
    assert facts["commit"] is None


def test_the_recorded_quality_has_each_truth_with_its_parts(tmp_path: Path) -> None:
    score = {"true": 10, "found": 10, "right": 9, "precision": 0.9, "recall": 0.9}
    file = tmp_path / "matching_quality.json"
    recorded = {
        "real": {
            "score": score,
            "parts": [{"name": "a · b", **score}],
            "decoys": [{"name": "d", "records": 100, "matched": 2}],
            "records": 500,
            "date": "2026-11-29",
            "version": "0.1.0",
        }
    }
    file.write_text(json.dumps(recorded), encoding="utf-8")
    (measured,) = matching_quality(file)
    assert (measured.key, measured.records, measured.score.precision) == ("real", 500, 0.9)
    assert [part.name for part in measured.parts] == ["a · b"]
    assert (measured.false_matches, measured.decoys) == (2, 100)
    assert matching_quality(tmp_path / "none.json") == []


def test_the_bundled_quality_is_measured_on_every_truth() -> None:
    assert [measured.key for measured in matching_quality()] == ["samples", "world", "hard_world", "real"]
