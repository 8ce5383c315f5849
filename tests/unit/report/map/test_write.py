import shutil
from pathlib import Path
from typing import Any

import pytest

from loaders.core.errors import BuildError
from loaders.core.paths import ProjectPaths
from loaders.report.map import write
from loaders.report.map.write import write_map_data
from loaders.settings.params import read_settings
from tests.unit.report.map.made_world import DATASETS, HOSTILE, column, content, document, numbers

POINT, LARGE, TINY, HOLED, ACROSS = range(5)  # their places along the curve, see test_numbers_follow_the_curve


def copied(paths: ProjectPaths, root: Path) -> ProjectPaths:
    """The same project without its report."""
    shutil.copytree(paths.root, root, ignore=shutil.ignore_patterns("report", ".work"))
    return ProjectPaths(root, paths.origin)


def all_files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def write_again(paths: ProjectPaths) -> Path:
    return write_map_data(read_settings(paths.root / "params.yaml"), paths)


def test_same_tables_are_the_same_bytes(map_paths: ProjectPaths, map_folder: Path, tmp_path: Path) -> None:
    paths = copied(map_paths, tmp_path / "again")
    assert all_files(write_again(paths)) == all_files(map_folder)
    assert list((paths.home / ".work").iterdir()) == []


def test_files_of_an_older_map_are_gone(map_paths: ProjectPaths, map_folder: Path, tmp_path: Path) -> None:
    paths = copied(map_paths, tmp_path / "again")
    old = paths.home / "report" / "map" / "tiles" / "99.js"
    old.parent.mkdir(parents=True)
    old.write_text("")
    assert sorted(all_files(write_again(paths))) == sorted(all_files(map_folder))


def test_failed_run_leaves_the_old_map(
    map_paths: ProjectPaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = copied(map_paths, tmp_path / "again")
    before = all_files(write_again(paths))

    def fails(folder: Path, name: str, content: bytes) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(write, "write_script_file", fails)
    with pytest.raises(OSError, match="No space left"):
        write_again(paths)
    assert all_files(paths.home / "report" / "map") == before
    assert not (paths.home / ".work" / "map").exists()  # the disk is full enough


def test_tables_of_an_older_version_are_to_be_made_again(map_paths: ProjectPaths, tmp_path: Path) -> None:
    paths = copied(map_paths, tmp_path / "again")
    (paths.curated / "curated_pv_pairs.parquet").unlink()
    with pytest.raises(BuildError, match=r"curated_pv_pairs of origin doi is missing.*Run `make all`\."):
        write_again(paths)


def test_numbers_follow_the_curve(map_folder: Path) -> None:
    details = document(map_folder, "details/0")
    assert [each["id"] for each in details] == ["pv_point", "pv_large", "pv_tiny", "pv_holed", "pv_across"]
    assert [round(lon, 3) for lon in column(map_folder, "lon", "<f4")] == [-60.0, 20.15, 20.0, 10.005, 179.997]


def test_meta_says_what_numbers_mean(map_folder: Path) -> None:
    meta = document(map_folder, "meta")
    assert (meta["origin"], meta["is_synthetic"], meta["count"], meta["chunk"]) == ("doi", "none", 5, 256)
    assert meta["countries"] == ["", "BR", "DE", "FJ"]
    assert meta["confidences"] == ["low", "medium", "high"]
    assert (meta["statuses"], meta["licences"]) == (["operating"], ["CC-BY-4.0"])
    assert meta["bounds"] == [-60.0, -16.995, 179.9975, 50.00499]
    assert meta["columns"]["datasets"] == {"type": "u32", "width": 2}
    assert meta["tiles"]["layers"]["sources"] == {"min_zoom": 13, "max_zoom": 13}
    assert [level["count"] for level in meta["hexagons"]] == [5, 5, 5, 5]
    assert [each["key"] for each in meta["datasets"]] == DATASETS
    assert meta["datasets"][0] == {
        "key": DATASETS[0],
        "label": "first",
        "title": "A title",
        "doi": "10.5281/zenodo.1",
        "url": "https://doi.org/10.5281/zenodo.1",
        "version": "v2",
        "licence": "CC-BY-4.0",
        "licence_verified": True,
        "is_synthetic": False,
        "records": 3,
        "installations": 3,
    }


def test_columns_are_arrays_by_number(map_folder: Path) -> None:
    assert column(map_folder, "country", "<u2") == [1, 0, 0, 2, 3]
    assert column(map_folder, "kind", "u1") == [1, 0, 0, 0, 0]
    assert column(map_folder, "confidence", "u1") == [0, 2, 0, 0, 0]
    assert column(map_folder, "dataset_count", "u1") == [1, 34, 1, 1, 1]
    assert column(map_folder, "year", "<u2") == [0, 2019, 0, 0, 0]
    assert str(column(map_folder, "capacity_mw", "<f4")) == "[nan, 10.5, nan, nan, nan]"
    assert round(column(map_folder, "size_mw", "<f4")[LARGE], 4) == 12.345
    all_datasets = [(1 << 32) - 1, 3]
    assert column(map_folder, "datasets", "<u4") == [1, 0, *all_datasets, 0, 2, 2, 0, 1, 0]


def test_hexagons_lie_in_their_parents_and_are_in_one_piece(map_folder: Path) -> None:
    finest = column(map_folder, "hex", "<u4")
    assert sorted(finest) == [0, 1, 2, 3, 4]
    for resolution in (3, 4, 5):
        assert sorted(numbers(map_folder, f"hexagons/{resolution}_parent", "<u4")) == [0, 1, 2, 3, 4]
    corners = numbers(map_folder, "hexagons/5", "<f4")
    across = corners[12 * finest[ACROSS] : 12 * finest[ACROSS] + 12 : 2]
    assert max(across) - min(across) < 1
    assert max(map(abs, across)) > 179.8


def test_details_hold_records_and_evidence_without_nulls(map_folder: Path) -> None:
    details = document(map_folder, "details/0")
    large, point = details[LARGE], details[POINT]
    assert (large["area_m2"], large["capacity_mw"], large["installed_to"]) == (123.46, 10.5, "2019-08-31")
    assert (large["bbox"], large["panel_capacity_mw"]) == ([20.0, 10.0, 20.3, 10.2], 12.345)
    assert (large["energy_mwh"], large["energy_is_upper_bound"]) == (20_000.0, True)
    assert [record["d"] for record in large["records"]] == list(range(34))
    assert large["records"][33]["source_id"] == f"{DATASETS[33]}/1"
    assert [(pair["is_joined"], pair.get("iou")) for pair in large["pairs"]] == [(True, 0.8765), (False, None)]
    assert [pair["reason"] for pair in point["pairs"]] == ["too far apart"]
    assert "country" not in large
    assert "area_m2" not in point
    assert "pairs" not in details[TINY]


def test_text_of_a_publisher_stays_text(map_folder: Path) -> None:
    assert document(map_folder, "details/0")[HOLED]["name"] == HOSTILE
    names = content(map_folder, "names").decode().split("\n")
    assert names == ["", "", "", HOSTILE.replace("\u2028", " "), ""]


def test_search_finds_installations_records_and_source_ids(map_folder: Path) -> None:
    assert document(map_folder, "meta")["ids_buckets"] == 1
    ids = document(map_folder, "ids/0")
    assert ids["pv_tiny"] == TINY
    assert ids[f"{DATASETS[33]}:9"] == TINY
    assert ids["7"] == [HOLED, ACROSS]  # of two publishers
    assert "10" not in ids  # a record that is left out
    assert list(ids) == sorted(ids)


def test_map_without_boundaries_has_no_land(map_folder: Path) -> None:
    assert document(map_folder, "land") == {"type": "FeatureCollection", "features": []}


def test_every_file_belongs_to_the_contract(map_folder: Path) -> None:
    folders: dict[str, Any] = {}
    for name in all_files(map_folder):
        folders.setdefault(name.rpartition("/")[0], []).append(name)
    assert {name: len(files) for name, files in folders.items()} == {
        "": 3, "columns": 14, "details": 1, "hexagons": 7, "ids": 1, "tiles": 2,
    }  # fmt: skip
