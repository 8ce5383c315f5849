import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt
from rich.console import Console

from loaders.acquire.lock import Lock, LockedFile, write_lock
from loaders.core.errors import BuildError
from loaders.core.files import write_json
from loaders.core.paths import ProjectPaths
from loaders.report.summary import DatasetSummary, as_markdown, as_table, findings, notes, summarise, total
from loaders.settings.params import Settings, read_settings

NORTH = DatasetSummary("north", 1200, 1100, 100, 2.55, 5.0, "MIT", 1.5, is_synthetic=True)
AREA = "2 of 2 stated areas are more than twice, or less than half, what the outlines enclose"
SOUTH = DatasetSummary("south", 34, 34, 0, None, None, "not stated ?")
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
    assert summarise(settings, paths) == [
        DatasetSummary("a_north_2020", 3, 2, 1, 1.25, None, "not stated ?", 1.75, True, None, AREA, 2, 2, 1),
        DatasetSummary("b_south_2021", 3, 2, 1, 1.25, None, "not stated ?", None, False, None, AREA, 2, 2, 1),
    ]


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
    assert SOUTH.cells() == ("south", "34", "34", "0", "0", "-", "-", "-", "-", "not stated ?", "-")
    assert DatasetSummary("zero", 0, 0, 0, 0.0, 0.0).cells()[7:9] == ("0.0", "0.0")


def test_the_report_is_this_table_without_times() -> None:
    assert as_markdown([NORTH, SOUTH], FIGURES, "eo-pv").splitlines()[-5:] == [
        "| dataset | read | kept | rejected | flagged | installations | only here | area km² | capacity MW | licence |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        "| north | 1,200 | 1,100 | 100 | 0 | - | - | 2.5 | 5.0 | MIT |",
        "| south | 34 | 34 | 0 | 0 | - | - | - | - | not stated ? |",
        "| all records | 1,234 | 1,134 | 100 | 0 | - | - | 2.5 | 5.0 |  |",
    ]


def test_made_up_records_are_called_synthetic_by_dataset() -> None:
    assert notes([NORTH, SOUTH])[0].startswith(f"SYNTHETIC, bundled samples: {NORTH.name}.")
    assert notes([NORTH])[0].startswith("SYNTHETIC, bundled samples: all datasets.")
    assert not any("SYNTHETIC" in note for note in notes([SOUTH]))


def test_a_question_mark_is_explained_only_where_there_is_one() -> None:
    assert [any("question mark" in note for note in notes([row])) for row in (NORTH, SOUTH)] == [False, True]


def test_a_column_that_a_file_lacks_is_a_note() -> None:
    row = replace(
        NORTH, is_synthetic=False, missing_columns=("'x_id' of columns.source_id is not in a.csv; 'n' was used",)
    )
    assert notes([row]) == [f"{NORTH.name}: 'x_id' of columns.source_id is not in a.csv; 'n' was used."]


def test_the_terminal_shows_rows_and_total() -> None:
    console = Console(width=150)
    with console.capture() as captured:
        console.print(as_table([NORTH, SOUTH]))
    lines = [line for line in captured.get().splitlines() if any(word in line for word in ("north", "all records"))]
    assert [line.replace("│", " ").split()[-7:] for line in lines] == [
        ["0", "-", "-", "2.5", "5.0", "MIT", "1.5"],
        ["100", "0", "-", "-", "2.5", "5.0", "1.5"],
    ]


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
    assert findings(FIGURES) == [
        "1,134 records are 900 installations, 2.2 km² of outlines; 123 of them have high confidence: two "
        "independent inventories or more have them."
    ]


def test_the_report_says_what_installations_may_give_and_why_some_have_no_energy() -> None:
    energy = {"installations": 850, "energy_gwh": 1234.56, "providers": ["clearsky"], "is_upper_bound": True}
    missing = {"neither capacity nor outline": 49, "pvgis: Location over the sea": 1}
    assert findings({**FIGURES, "energy": energy | {"missing": missing}})[1:] == [
        "850 installations may give 1,234.6 GWh a year (irradiance: clearsky, an upper bound: the sky has clouds).",
        "Without an energy: 49 (neither capacity nor outline).",
        "Without an energy: 1 (pvgis: Location over the sea).",
    ]


def test_the_report_counts_records_at_a_placeholder_position_and_rows_that_a_test_warns_of() -> None:
    doubts = {"placeholders": {"a_north_2020": 1200, "b_south_2021": 5}, "warnings": {"no_cell_has_more_sun": 1}}
    assert findings(FIGURES | doubts)[1:] == [
        "At a placeholder position: 1,205 records (a_north_2020: 1,200, b_south_2021: 5). They are matched by "
        "identifier or name only; without another record, they have no place and no energy.",
        "Warning: no cell has more sun, except in 1 row (dbt/models).",
    ]


def test_the_report_says_what_was_left_out_and_why() -> None:
    left = {"CC-BY-NC-4.0": {"records": 1200, "licence_kind": "non_commercial"}}
    silent = {"not stated": {"records": 1, "licence_kind": "unknown"}}
    assert findings({**FIGURES, "left_out": {"a_north_2020": left, "b_south_2021": silent}})[1:] == [
        "a_north_2020: left out, 1,200 records: their licence (CC-BY-NC-4.0) is non commercial, which licences.allow "
        "in params.yaml does not list.",
        "b_south_2021: left out, 1 record: its licence (not stated) is unknown, which licences.allow in params.yaml "
        "does not list.",
    ]


def test_the_report_counts_what_status_and_technology_leave_out() -> None:
    reasons = {"status planned": 290, "status rejected": 609, "technology csp": 1}
    left = {"records": 900, "all_records": 2092, "capacity_mw": 8480.54, "all_capacity_mw": 17172.0, "reasons": reasons}
    figures = {**FIGURES, "records": 2034, "left_out_records": {"gbr_repd_2020": left}}
    assert findings(figures | {"left_out_installations": {"construction": 24, "retired": 1}}) == [
        *findings(FIGURES),
        "gbr_repd_2020: 900 of 2,092 records, and 8,480.5 of 17,172.0 MW, are in no installation, since include_status "
        "and include_technology in params.yaml do not list what they are (status planned: 290, status rejected: 609, "
        "technology csp: 1).",
        "Left out by their status: 25 installations (construction: 24, retired: 1).",
    ]


def test_the_report_names_overrides_of_records_that_are_gone() -> None:
    stale = {"applied": 1, "left_out_lines": [3], "stale": [{"line": 7, "gone": ["a:1", "b:2"]}]}
    assert findings({**FIGURES, "overrides": stale})[1].startswith(
        "overrides.csv, line 7: a:1 and b:2 are not among the records; the line has no effect."
    )
    assert (
        findings({**FIGURES, "overrides": stale})[2]
        == "overrides.csv, line 3: not applied, a record of it is left out."
    )
