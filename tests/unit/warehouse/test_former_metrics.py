from pathlib import Path

from loaders.core.paths import ProjectPaths
from loaders.warehouse.build import _keep_former_metrics


def test_metrics_of_the_build_before_are_kept_until_a_build_differs(tmp_path: Path) -> None:
    paths = ProjectPaths(tmp_path, "sample")
    paths.home.mkdir(parents=True)
    new = tmp_path / "new.json"
    new.write_text("2", encoding="utf-8")
    _keep_former_metrics(new, paths)
    assert not paths.former_build_metrics.exists()
    paths.build_metrics.write_text("1", encoding="utf-8")
    _keep_former_metrics(new, paths)
    paths.build_metrics.write_text("2", encoding="utf-8")
    _keep_former_metrics(new, paths)
    assert paths.former_build_metrics.read_text(encoding="utf-8") == "1"
    assert paths.former_build_metrics == paths.home / "times" / "build.former.json"
