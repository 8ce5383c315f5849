import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from loaders.acquire.lock import Lock, LockedFile, write_lock
from loaders.core.errors import BuildError
from loaders.core.files import write_json
from loaders.core.paths import ProjectPaths
from loaders.report.summary import DatasetSummary, joint_seconds, summarise, total
from loaders.report.summary_sentences import banner, headline, notes, sentences, warnings
from loaders.report.summary_table import as_document, as_markdown, as_table
from loaders.settings.params import Settings, read_settings
from tests.unit.core.test_fitted_table import shown
from tests.unit.report.json_reference import undocumented

NORTH = DatasetSummary("north", 1200, 1100, 100, 2.55, 5.0, "MIT", 1.5, is_synthetic=True)
AREA = "2 of 2 stated areas are more than twice, or less than half, what the outlines enclose"
SOUTH = DatasetSummary("south", 34, 34, 0, None, None, "not stated ?")
UNREAD = ("not", "stated", "?")
FIGURES: dict[str, Any] = {
    "records": 1134,
    "installations": 900,
    "high_confidence": 123,
    "area_km2": 2.25,
    "energy": {"installations": 0, "energy_gwh": None, "providers": [], "is_upper_bound": False, "missing": {}},
    "datasets": {},
    "left_out": {},
    "overrides": {"applied": 0, "left_out_lines": [], "stale": []},
}


@pytest.fixture
def settings(project: Path) -> Settings:
    return read_settings(project / "params.yaml")


def _loaded(paths: ProjectPaths, key: str, origin: str) -> None:
    records = {"read": 3, "kept": 2, "rejected": 1, "flagged": 2}
    areas = {"area_km2": 1.25, "area_stated": 2, "flags": {"stated_area_disagrees": 2}}
    counts = {"records": records, "capacity_mw": None, **areas}
    write_json(counts, paths.metrics(key))
    shared = {"installations": 2, "only_here": 1}
    write_json({**FIGURES, "datasets": dict.fromkeys(("a_north_2020", "b_south_2021"), shared)}, paths.build_metrics)
    write_lock(Lock(key, origin, {}, (LockedFile("farms.geojson", 1, f"md5:{0:032}"),)), paths.lock(key))


def test_each_dataset_is_one_row_of_what_its_load_counted(settings: Settings, paths: ProjectPaths) -> None:
    _loaded(paths, "a_north_2020", "sample")
    _loaded(paths, "b_south_2021", "path")
    paths.step_times("a_north_2020").parent.mkdir()
    paths.step_times("a_north_2020").write_text('{"fetch": 0.5, "load": 1.25}')
    north = DatasetSummary("a_north_2020", 3, 2, 1, 1.25, None, "not stated ?", 1.75, True, None, AREA, 2, 2, 1)
    assert summarise(settings, paths) == [
        replace(north, alias="north"),
        replace(north, name="b_south_2021", alias="south", seconds=None, is_synthetic=False),
    ]


def test_the_time_is_that_of_every_step_of_a_dataset_and_of_the_steps_that_all_share(
    settings: Settings, paths: ProjectPaths
) -> None:
    _loaded(paths, "a_north_2020", "sample")
    _loaded(paths, "b_south_2021", "path")
    steps = {"prefetch": 30.0, "resolve": 1.0, "fetch": 0.5, "load": 1.25}
    for name, seconds in {"a_north_2020": steps, "build": {"build": 60.5}, "boundaries": {"load": 2.0}}.items():
        paths.step_times(name).parent.mkdir(exist_ok=True)
        paths.step_times(name).write_text(json.dumps(seconds))
    assert summarise(settings, paths)[0].seconds == 32.75
    assert joint_seconds(paths) == {"boundaries": 2.0, "build": 60.5}


def test_a_dataset_that_the_tables_were_built_without_is_named_with_the_reason(
    settings: Settings, paths: ProjectPaths
) -> None:
    _loaded(paths, "a_north_2020", "sample")
    reason = "zenodo.org does not answer."
    figures = {**FIGURES, "missing_datasets": {"b_south_2021": reason}}
    write_json(figures, paths.build_metrics)
    rows = summarise(settings, paths)
    assert [row.is_missing for row in rows] == [False, True]
    assert re.split("  +", printed(rows, 80)[4]) == ["south (missing)", *["-"] * 8]
    assert sentences(rows, figures)[:2] == [
        f"b_south_2021 is missing: {reason}",
        "SYNTHETIC, bundled samples: all datasets. No record is a real installation.",
    ]
    assert "| b_south_2021 (missing) | - | - |" in as_markdown(rows, figures, "eo-pv")
    document = as_document(settings, rows, figures, {})
    assert (document["missing"], document["datasets"][1]["is_missing"]) == (
        [f"b_south_2021 is missing: {reason}"],
        True,
    )


def test_records_that_the_licence_does_not_allow_are_no_rejected_ones(settings: Settings, paths: ProjectPaths) -> None:
    _loaded(paths, "a_north_2020", "sample")
    _loaded(paths, "b_south_2021", "path")
    left = {"CC-BY-ND-4.0": {"records": 2, "licence_kind": "no_derivatives"}}
    write_json({**FIGURES, "left_out": {"a_north_2020": left}}, paths.build_metrics)
    row, other = summarise(settings, paths)
    assert (row.read, row.kept, row.rejected, row.not_allowed) == (3, 2, 1, 2)
    assert (row.area_km2, row.flagged, row.installations, other.not_allowed) == (None, None, None, 0)
    assert notes([row], {**FIGURES, "left_out": {"a_north_2020": left}})[0] == (
        "a_north_2020: not allowed, 2 records: their licence (CC-BY-ND-4.0) is no derivatives, which licences.allow in "
        "params.yaml does not list."
    )


def test_the_banner_follows_the_records_and_not_the_lock(settings: Settings, paths: ProjectPaths) -> None:
    _loaded(paths, "a_north_2020", "sample")
    _loaded(paths, "b_south_2021", "path")
    metrics = json.loads(paths.metrics("a_north_2020").read_text())
    write_json(metrics | {"is_synthetic": False}, paths.metrics("a_north_2020"))
    write_json(metrics | {"is_synthetic": True}, paths.metrics("b_south_2021"))
    assert [row.is_synthetic for row in summarise(settings, paths)] == [False, True]


def test_figures_of_an_older_version_ask_for_a_new_build(settings: Settings, paths: ProjectPaths) -> None:
    _loaded(paths, "a_north_2020", "sample")
    _loaded(paths, "b_south_2021", "path")
    write_json(
        {"confirmed" if name == "high_confidence" else name: FIGURES[name] for name in FIGURES}, paths.build_metrics
    )
    with pytest.raises(BuildError, match=r"an older version of eo-pv built the tables\. Run `make all`"):
        summarise(settings, paths)


def test_a_dataset_that_is_not_loaded_is_refused_by_name(settings: Settings, paths: ProjectPaths) -> None:
    _loaded(paths, "a_north_2020", "path")
    with pytest.raises(BuildError, match=r"b_south_2021: not loaded yet\. Run `make all`"):
        summarise(settings, paths)


def test_the_total_adds_what_is_known_and_nothing_else() -> None:
    assert total([NORTH, SOUTH]) == DatasetSummary("all records", 1234, 1134, 100, 2.55, 5.0, "", 1.5)
    assert total([SOUTH]).area_km2 is None


def test_unknown_is_a_dash_and_not_a_zero() -> None:
    assert printed([SOUTH], None)[1].split() == [
        "south",
        "34",
        "34",
        *("0", "0", "-", "-", "-", "-"),
        *UNREAD,
        "-",
        "south",
    ]
    assert printed([DatasetSummary("zero", 0, 0, 0, 0.0, 0.0)], None)[1].split()[7:9] == ["0.0", "0.0"]


def test_the_report_is_this_table_without_times() -> None:
    assert as_markdown([NORTH, SOUTH], FIGURES, "eo-pv").splitlines()[-5:] == [
        "| dataset | read | kept | rejected | flagged | installations | only here | area km² | capacity MW | licence |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        "| north | 1,200 | 1,100 | 100 | 0 | - | - | 2.5 | 5.0 | MIT |",
        "| south | 34 | 34 | 0 | 0 | - | - | - | - | not stated ? |",
        "| all records | 1,234 | 1,134 | 100 | 0 | - | - | 2.5 | 5.0 |  |",
    ]


def test_made_up_records_are_called_synthetic_by_dataset() -> None:
    assert banner([NORTH, SOUTH])[0].startswith(f"SYNTHETIC, bundled samples: {NORTH.name}.")
    assert banner([NORTH])[0].startswith("SYNTHETIC, bundled samples: all datasets.")
    assert banner([SOUTH]) == []


def test_a_question_mark_is_explained_only_where_there_is_one() -> None:
    noted = [any("question mark" in note for note in notes([row], FIGURES)) for row in (NORTH, SOUTH)]
    assert noted == [False, True]


def test_a_column_that_a_file_lacks_is_a_note() -> None:
    row = replace(NORTH, missing_columns=("'x_id' of columns.source_id is not in a.csv; 'n' was used",))
    assert notes([row], FIGURES) == [f"{NORTH.name}: 'x_id' of columns.source_id is not in a.csv; 'n' was used."]


def test_doubts_and_overrides_without_effect_are_warnings() -> None:
    row = replace(SOUTH, licence_doubt="the settings say MIT, the repository GPL", area_doubt=AREA)
    stale = {"applied": 1, "left_out_lines": [3], "stale": [{"line": 7, "gone": ["a:1", "b:2"]}]}
    assert warnings([NORTH, row], {**FIGURES, "warnings": {"no_cell_has_more_sun": 1}, "overrides": stale}) == [
        "Warning: no cell has more sun, except in 1 row (dbt/models).",
        "south: the settings say MIT, the repository GPL.",
        f"south: {AREA}.",
        "overrides.csv, line 7: a:1 and b:2 are not among the records; the line has no effect. Remove it, or look for "
        "the new identifier with `eo-pv why`.",
        "overrides.csv, line 3: not applied, a record of it is left out.",
    ]
    assert warnings([NORTH], FIGURES) == []


def test_what_publishers_say_is_text_in_the_report() -> None:
    hostile = "<script>alert(1)</script> [a](javascript:b) | `x` _y_ *z*"
    row = replace(NORTH, licence=hostile, licence_doubt=f"the repository says “{hostile}”")
    left = {hostile: {"records": 5, "licence_kind": "unknown"}}
    missing = {"energy": FIGURES["energy"] | {"missing": {f"pvgis: {hostile}": 1}}}
    text = as_markdown([row], FIGURES | missing | {"left_out": {"south": left}}, "Summary")
    html = MarkdownIt("gfm-like", {"linkify": False}).render(text)
    assert not re.search("<(script|a|em|strong)\\b", html)
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt; [a](javascript:b)") == 4


def test_the_report_says_how_many_installations_the_records_are() -> None:
    assert headline(FIGURES) == (
        "1,134 records are 900 installations, 2.2 km² of outlines; 123 of them have high confidence: two "
        "independent inventories or more have them."
    )
    assert sentences([NORTH], FIGURES)[1] == headline(FIGURES)


def test_the_report_says_what_installations_may_give_and_why_some_have_no_energy() -> None:
    energy = {"installations": 850, "energy_gwh": 1234.56, "providers": ["clearsky"], "is_upper_bound": True}
    missing = {"neither capacity nor outline": 49, "pvgis: Location over the sea": 1}
    assert notes([], {**FIGURES, "energy": energy | {"missing": missing}}) == [
        "850 installations may give 1,234.6 GWh a year (irradiance: clearsky, an upper bound: the sky has clouds).",
        "Without an energy: 49 (neither capacity nor outline).",
        "Without an energy: 1 (pvgis: Location over the sea).",
    ]


def test_the_report_counts_records_at_a_placeholder_position() -> None:
    assert notes([], FIGURES | {"placeholders": {"a_north_2020": 1200, "b_south_2021": 5}}) == [
        "At a placeholder position: 1,205 records (a_north_2020: 1,200, b_south_2021: 5). They are matched by "
        "identifier or name only; without another record, they have no place and no energy.",
    ]


def test_the_report_says_what_was_left_out_and_why() -> None:
    left = {"CC-BY-NC-4.0": {"records": 1200, "licence_kind": "non_commercial"}}
    silent = {"not stated": {"records": 1, "licence_kind": "unknown"}}
    assert notes([], {**FIGURES, "left_out": {"a_north_2020": left, "b_south_2021": silent}}) == [
        "a_north_2020: not allowed, 1,200 records: their licence (CC-BY-NC-4.0) is non commercial, which "
        "licences.allow in params.yaml does not list.",
        "b_south_2021: not allowed, 1 record: its licence (not stated) is unknown, which licences.allow in params.yaml "
        "does not list.",
    ]


def test_the_report_counts_what_status_and_technology_leave_out() -> None:
    reasons = {"status planned": 290, "status rejected": 609, "technology csp": 1}
    left = {"records": 900, "all_records": 2092, "capacity_mw": 8480.54, "all_capacity_mw": 17172.0, "reasons": reasons}
    figures = {**FIGURES, "records": 2034, "left_out_records": {"gbr_repd_2020": left}}
    assert headline(figures) == headline(FIGURES)
    assert notes([], figures | {"left_out_installations": {"construction": 24, "retired": 1}}) == [
        "gbr_repd_2020: 900 of 2,092 records, and 8,480.5 of 17,172.0 MW, are in no installation, since include_status "
        "and include_technology in params.yaml do not list what they are (status planned: 290, status rejected: 609, "
        "technology csp: 1).",
        "Left out by their status: 25 installations (construction: 24, retired: 1).",
    ]


NUMBERS = (
    "read",
    "kept",
    "rejected",
    "not allowed",
    "flagged",
    "installations",
    "only here",
    "area km²",
    "capacity MW",
)
BIG = [
    DatasetSummary(
        *("global_harmonized_large_solar_farms_2020", 1_234_567, 1_134_567, 100_000, 12_345.6, 99_371.4),
        licence="ODbL-1.0 (1,134,567), CC-BY-NC-4.0 (98,765), public-domain (5,432), not stated (1) ?",
        seconds=4321.5,
        flagged=76_543,
        installations=700_700,
        only_here=654_321,
        alias="dunnett",
        not_allowed=65_432,
    ),
    DatasetSummary("my_farms_and_those_of_my_neighbours_2026", 700, 70, 7, None, 0.0, "CC0-1.0", 0.1),
    replace(SOUTH, alias="kruitwagen"),
]


def printed(rows: list[DatasetSummary], width: int | None) -> list[str]:
    return shown(as_table(rows, "data/sample/report/summary.md"), width)


@pytest.mark.parametrize("width", [60, 80, 100, 120, None])
@pytest.mark.parametrize("rows", [[NORTH, SOUTH], BIG], ids=["small", "big"])
def test_the_printed_figures_are_those_of_the_tables(rows: list[DatasetSummary], width: int | None) -> None:
    lines = printed(rows, width)
    assert max(map(len, lines)) <= (width or 10_000)
    expected = [as_document_row(row) for row in [*rows, total(rows)]]
    left_out = " ".join(lines).partition("Not shown: ")[2].partition(". All: ")[0].split(", ")
    names = [name for name in NUMBERS if name not in left_out and (name != "not allowed" or rows == BIG)]
    assert {"kept", "installations", "capacity MW"} <= set(names)
    assert width is None or width < 80 or "read" in names
    assert [[row[name] for name in names] for row in expected] == [
        figures[: len(names)] for figures in table_figures(lines)
    ]


def as_document_row(row: DatasetSummary) -> dict[str, str]:
    """What the table says of a dataset, spelt out here once more."""
    counts = (row.read, row.kept, row.rejected, row.not_allowed, row.flagged, row.installations, row.only_here)
    quantities = ("-" if value is None else f"{value:,.1f}" for value in (row.area_km2, row.capacity_mw))
    return dict(zip(NUMBERS, [*("-" if count is None else f"{count:,}" for count in counts), *quantities], strict=True))


def table_figures(lines: list[str]) -> list[list[str]]:
    """The numbers of each row, read from what was printed: a row's first line is the one with numbers."""
    body = [line for line in lines if not line.startswith(("─", "Not shown", "data/"))]
    found = [re.findall(r"(?<= )(?:[\d,]+(?:\.\d+)?|-)(?= |$)", line.rstrip()) for line in body]
    return [figures for figures in found if len(figures) > 2]


def test_a_narrow_terminal_says_what_it_leaves_out_and_where_that_is() -> None:
    assert " ".join(printed(BIG, 80)).endswith("All: data/sample/report/summary.md, --json.")
    assert not any("Not shown" in line for line in printed(BIG, None))
    assert printed(BIG, None)[1].endswith("global_harmonized_large_solar_farms_2020")


def test_the_document_has_numbers_and_nulls(settings: Settings) -> None:
    document = as_document(settings, BIG, FIGURES | {"licences": {BIG[0].name: {"ODbL-1.0": 5}}}, {"build": 3.5})
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert undocumented(document, document["datasets"][0]) == set()
    assert document["datasets"][0] == {
        **{"dataset": BIG[0].name, "alias": "dunnett", "read": 1_234_567, "kept": 1_134_567, "rejected": 100_000},
        **{"not_allowed": 65_432, "flagged": 76_543, "installations": 700_700, "only_here": 654_321},
        **{"area_km2": 12_345.6, "capacity_mw": 99_371.4, "seconds": 4321.5},
        "licence": "ODbL-1.0 (1,134,567), CC-BY-NC-4.0 (98,765), public-domain (5,432), not stated (1)",
        **{"licence_is_verified": False, "records_by_licence": {"ODbL-1.0": 5}, "not_allowed_by_licence": {}},
        **{"is_synthetic": False, "is_missing": False},
    }
    assert (document["datasets"][1]["area_km2"], document["datasets"][1]["alias"]) == (None, None)
    assert (document["total"]["read"], document["total"]["installations"]) == (1_235_301, None)
    assert (document["origin"], document["seconds"], document["warnings"]) == ("sample", {"build": 3.5}, [])
