"""DVC's plots and metrics tell the same figures as the page."""

import csv
import json
from pathlib import Path

import yaml

from loaders.core.paths import ProjectPaths
from loaders.report.page.chart_list import charts
from loaders.report.page.content import Content
from loaders.report.page.figures import read_figures
from loaders.report.page.plots import METRICS, PLOTS, write_plots
from tests.unit.report.page.world import BUILD, write_world

ROOT = Path(__file__).parents[4]


def test_plots_and_metrics_hold_the_figures_of_the_charts(tmp_path: Path) -> None:
    paths = ProjectPaths(tmp_path, "doi")
    write_world(paths)
    figures = read_figures(paths)
    content = Content([], BUILD, figures, [], [], charts(figures, [], []))
    files = write_plots(content, paths)
    assert [path.name for path in files] == [METRICS, *(f"{name}.csv" for name in PLOTS)]
    metrics = json.loads(files[0].read_text(encoding="utf-8"))
    assert metrics.items() <= figures.headline.items()
    assert metrics["installations"] == 4
    with (paths.report_folder / "plots" / "countries.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["country"]: int(row["installations"]) for row in rows} == {
        "Germany": 2,
        "FR": 1,
        "without a country": 1,
    }


def test_dvc_draws_each_plot_by_columns_that_its_file_has(tmp_path: Path) -> None:
    paths = ProjectPaths(tmp_path, "doi")
    write_world(paths)
    figures = read_figures(paths)
    write_plots(Content([], BUILD, figures, [], [], charts(figures, [], [])), paths)
    stage = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]["report"]
    plots = {Path(name).stem: settings for each in stage["plots"] for name, settings in each.items()}
    assert sorted(plots) == sorted(PLOTS)
    for name, settings in plots.items():
        heading = (paths.report_folder / "plots" / f"{name}.csv").read_text(encoding="utf-8").partition("\n")[0]
        assert {settings["x"], settings["y"]} <= set(heading.split(","))
        assert (ROOT / ".dvc" / "plots" / f"{settings['template']}.json").is_file()
