from pathlib import Path

import duckdb
import pytest

from loaders.cli.acquire import check
from loaders.core.errors import SettingsError
from tests.unit.conftest import Run

NORTH, SOUTH = "a_north_2020", "b_south_2021"


@pytest.mark.parametrize(("folder", "tool"), [("a{b}", "DVC"), ("why?", "DuckDB")])
def test_check_refuses_a_folder_that_a_tool_cannot_work_in(
    folder: str, tool: str, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / folder).mkdir()
    (project / "params.yaml").rename(project / folder / "params.yaml")
    monkeypatch.chdir(project / folder)
    with pytest.raises(SettingsError, match=f"{tool} cannot work below a folder"):
        check()


def test_the_steps_of_a_dataset_each_say_what_they_made(eo_pv: Run, project: Path) -> None:
    size = f"{(project / 'north.geojson').stat().st_size:,}"
    assert eo_pv("resolve", "north")[:2] == (0, f"{NORTH}: 1 file(s), {size} bytes, from path\n")
    assert eo_pv("fetch", "north")[:2] == (0, f"{NORTH}: data/sample/raw/{NORTH}\n")
    code, output, _ = eo_pv("load", NORTH)
    assert (code, output.splitlines()[0]) == (0, f"{NORTH}: 3 read, 3 kept")
    assert f"data/sample/loaded/{NORTH}.parquet" in output


def test_a_command_works_from_a_folder_below(eo_pv: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "deep/er").mkdir(parents=True)
    monkeypatch.chdir(project / "deep/er")
    assert eo_pv("resolve", "north")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["load", "nroth"], "Error: params.yaml: there is no dataset 'nroth'. Did you mean north?"),
        (["fetch", "north"], f"Error: {NORTH}: {NORTH}.json is missing. Run `eo-pv resolve {NORTH}`."),
        (["report"], f"Error: {NORTH}: not loaded yet. Run `make all`."),
        (["load", "north"], f"Error: {NORTH}: "),
        (["ingest", "--datasets", "sout"], "Error: params.yaml: there is no dataset 'sout'. Did you mean south?"),
    ],
)
def test_an_error_that_users_can_fix_is_one_paragraph_and_exit_code_1(
    eo_pv: Run, arguments: list[str], message: str
) -> None:
    code, out, err = eo_pv(*arguments)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert err.startswith(message)
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "arguments",
    [
        ["load"],
        ["lod", "north"],
        ["load", "north", "south"],
        ["ingest"],
        ["ingest", "--all", "--datasets", "north"],
        ["ingest", "--all", "--executor", "daks"],
        ["ingest", "--all", "--sequential", "--executor", "dask"],
    ],
)
def test_wrong_usage_is_exit_code_2(eo_pv: Run, arguments: list[str]) -> None:
    assert eo_pv(*arguments)[0] == 2


def test_outside_of_a_project_the_command_says_so(eo_pv: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project.anchor)
    code, _, err = eo_pv("resolve", "north")
    assert (code, err.startswith("Error: No params.yaml in ")) == (1, True)


def test_ingest_lists_the_table_of_each_dataset_and_keeps_the_accounting_in_another_schema(
    eo_pv: Run, project: Path
) -> None:
    code, out, _ = eo_pv("ingest", "--all", "--sequential")
    assert (code, out.splitlines()) == (0, [f"{NORTH}: raw_data.{NORTH}", f"{SOUTH}: raw_data.{SOUTH}"])
    with duckdb.connect(project / "data/sample/eo_pv_data.duckdb", read_only=True) as connection:
        names, meta = (
            [name for (name,) in connection.execute(f"SHOW TABLES FROM {schema}").fetchall()]
            for schema in ("raw_data", "raw_meta")
        )
        counts = [connection.execute(f"SELECT count(*) FROM raw_data.{name}").fetchall() for name in names]  # noqa: S608
    assert names == [NORTH, SOUTH, "doi_pv_features"]
    assert counts == [[(3,)], [(1,)], [(4,)]]
    assert meta == [
        "dataset_accounting",
        "dataset_terms",
        "hamilton_runs",
        "overrides",
        "rejected_records",
        "settings",
    ]


def test_update_says_what_changed_and_then_that_nothing_did(eo_pv: Run, project: Path) -> None:
    eo_pv("resolve", "north")
    size = (project / "north.geojson").stat().st_size
    with (project / "north.geojson").open("a") as stream:
        stream.write("\n")
    message = f"{NORTH}: north.geojson changed ({size:,} → {size + 1:,} bytes)\n"
    assert eo_pv("update", "north")[:2] == (0, message)
    assert eo_pv("update", "north")[:2] == (0, f"{NORTH}: nothing changed\n")


@pytest.mark.parametrize("name", ["farms[old].geojson", "farms[/b].geojson"])
def test_a_name_with_brackets_is_shown_whole(eo_pv: Run, project: Path, name: str) -> None:
    path = project / "in" / name
    path.parent.mkdir(parents=True)
    path.write_text("{}")
    (project / "params.yaml").write_text("datasets:\n  farms:\n    source: {path: in}\n")
    code, out, _ = eo_pv("update", "farms")
    assert (code, out) == (0, f"farms: {name} is new (2 bytes)\n")


def test_a_file_that_is_not_there_fails_the_check_but_not_the_other_datasets(eo_pv: Run, project: Path) -> None:
    (project / "north.geojson").unlink()
    code, _, message = eo_pv("check")
    assert (code, eo_pv("check", "--keep-going")[0]) == (1, 0)
    assert message.startswith(f"Error: {NORTH}: expected {project / 'north.geojson'}, found nothing there.")
    assert message.count("Error: ") == 1


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("read: {crs: UTM32}", "farms: datasets.farms.read.crs in params.yaml is 'UTM32', unknown to PROJ."),
        (
            "read: {encoding: utf-9}",
            "farms: datasets.farms.read.encoding in params.yaml is 'utf-9', which is no encoding",
        ),
        ("columns: {installed: {column: a, pattern: M/YYYY}}", "farms: 'M/YYYY' is no pattern of a date."),
    ],
)
def test_what_the_reader_will_not_know_fails_the_check(eo_pv: Run, project: Path, line: str, message: str) -> None:
    (project / "params.yaml").write_text(f"datasets:\n  farms:\n    source: {{path: north.geojson}}\n    {line}\n")
    code, _, err = eo_pv("check")
    assert (code, err.startswith(f"Error: {message}"), err.count("Error: ")) == (1, True, 1), err


def test_the_check_repeats_which_columns_the_last_load_missed(eo_pv: Run, project: Path) -> None:
    metrics = project / "data" / "sample" / "metrics" / f"{NORTH}.json"
    metrics.parent.mkdir(parents=True)
    metrics.write_text("{\"missing_columns\": [\"'x_id' of columns.source_id is not in a.csv; 'n' was used\"]}")
    code, _, err = eo_pv("check")
    assert (code, err) == (0, f"{NORTH}: 'x_id' of columns.source_id is not in a.csv; 'n' was used.\n")


def test_settings_that_cannot_be_meant_fail_the_check(eo_pv: Run, project: Path) -> None:
    (project / "params.yaml").write_text("datsets: {}\n")
    code, _, message = eo_pv("check")
    assert code == 1
    assert "datsets is not a setting. Did you mean datasets?" in message


def test_a_place_that_cannot_be_written_is_one_paragraph_not_a_traceback(eo_pv: Run, project: Path) -> None:
    (project / "data").write_text("a file where a folder should be")
    code, _, message = eo_pv("resolve", "north")
    assert code == 1
    assert message.startswith(f"Error: {project / 'data'}")
    assert "Check who may read and write there" in message


def test_several_words_follow_one_option_as_they_follow_none(eo_pv: Run) -> None:
    tables = f"{NORTH}: raw_data.{NORTH}\n{SOUTH}: raw_data.{SOUTH}\n"
    assert eo_pv("ingest", "--datasets", "north", "south", "--max-mb", "50")[:2] == (0, tables)
    assert eo_pv("ingest", "south", "--sequential")[:2] == (0, tables.splitlines(keepends=True)[1])


def test_a_dataset_that_fails_is_named_next_to_the_tables_of_the_others(eo_pv: Run, project: Path) -> None:
    text = (project / "params.yaml").read_text()
    (project / "params.yaml").write_text(text.replace("column: mw", "column: kw"))
    code, out, err = eo_pv("ingest", "--all")
    assert (code, out) == (1, f"{NORTH}: raw_data.{NORTH}\n")
    assert err.startswith("Error: 1 of 2 datasets failed; the rest is stored:\n")
    assert f"  {SOUTH}: the file has no column 'kw'" in err


def test_no_parquet_and_another_database_if_it_is_wanted_so(eo_pv: Run, project: Path) -> None:
    assert eo_pv("ingest", "--all", "--no-geoparquet", "--no-cache", "--database", "w.duckdb")[0] == 0
    assert (project / "w.duckdb").exists()
    assert not (project / "data/sample/loaded").exists()


def test_what_is_stored_is_written_down_for_dbt(eo_pv: Run, project: Path) -> None:
    code, _, err = eo_pv("sources")
    assert (code, err) == (
        1,
        "Error: No pipeline has stored anything yet. Run `make all`, or `eo-pv ingest --all`.\n",
    )
    assert not (project / "data/sample/eo_pv_data.duckdb").exists()
    assert eo_pv("ingest", "--all")[0] == 0
    code, out, _ = eo_pv("sources")
    assert (code, out.split()[0]) == (0, "dbt/sources/doi_datasets_sources.yml")
    assert f"- name: {SOUTH}" in (project / "dbt/sources/doi_datasets_sources.yml").read_text()


def test_what_is_stored_in_a_lake_is_written_down_too(eo_pv: Run, project: Path) -> None:
    with (project / "params.yaml").open("a") as file:
        file.write("warehouse: ducklake\n")
    assert eo_pv("ingest", "--all")[0] == 0
    assert eo_pv("sources")[0] == 0
    assert "row_count: 3" in (project / "dbt/sources/doi_datasets_sources.yml").read_text()
    assert not (project / "data/sample/eo_pv_data.duckdb").exists()
    assert (project / "data/sample/lake.sqlite").exists()
