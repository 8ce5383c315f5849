"""`eo-pv picture`: what is on a picture, and that nothing on it overlaps."""

import re
import struct
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from loaders.core.errors import SelectionError, SettingsError
from loaders.geo.geometry import area_m2
from loaders.read.published import Published
from loaders.report.creators import short_creators
from loaders.report.figure_file import METADATA
from loaders.report.picture import charts, picture
from loaders.report.picture.classes import dot_classes
from loaders.report.picture.frame import around_country
from loaders.report.picture.hexagons import hexagons
from loaders.report.picture.land import border_lines, country_names, find_country, read_land
from loaders.report.picture.map import dot_diameter_mm
from loaders.report.picture.palette import DARK, LIGHT, Theme
from loaders.report.picture.picture import draw_picture
from loaders.report.picture.plants import Plants, read_plants, selection
from loaders.report.picture.projection import WORLD, Projection, around
from loaders.report.picture.request import ENDINGS, Chart, ColourBy, Request
from loaders.report.picture.sheet import LEAST_POINTS, points, text_width_mm, wrapped

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def plants(drawn_tables: Published) -> Plants:
    return read_plants(drawn_tables, selection(None, None))


def drawn_text(path: Path) -> str:
    """The text of an SVG, its lines joined."""
    return " ".join(re.findall(r"<text[^>]*>([^<]*)</text>", path.read_text(encoding="utf-8")))


def test_a_map_states_number_projection_licences_and_that_rows_are_made_up(
    drawn_tables: Published, tmp_path: Path
) -> None:
    path = tmp_path / "germany.svg"
    drawn = draw_picture(Request(path, country="germany", title="Solar\u202e in\nGermany"), drawn_tables)
    text = drawn_text(path)
    assert (drawn.installations, drawn.synthetic) == (3, 3)
    assert text.startswith("Solar in Germany SYNTHETIC: bundled samples, no real installations")
    assert "below 1 MW (1)" in text
    assert "10 to 100 MW (1)" in text
    assert "100 MW or more (1)" in text
    assert "100 km" in text
    assert "3 solar installations, by the capacity of their panels" in text
    assert "Lambert azimuthal equal-area projection around 51°\N{NO-BREAK SPACE}N, 10.5°\N{NO-BREAK SPACE}E." in text
    assert "Data: CC-BY-4.0: a_north_2020*; CC0-1.0: b_south_2021*; ODbL-1.0: b_south_2021*." in text
    assert "* Licence not verified at its source. Borders: Natural Earth, public domain." in text


def test_a_map_of_the_world_leaves_out_placeholders_and_says_so(drawn_tables: Published, tmp_path: Path) -> None:
    path = tmp_path / "world.svg"
    draw_picture(Request(path, colour_by=ColourBy.CONFIDENCE), drawn_tables)
    text = drawn_text(path)
    assert "4 solar installations. 1 more have no position of their own. Equal Earth projection, equal-area." in text
    assert "low confidence (2)" in text
    assert " km " not in text.partition("Data:")[0]


def test_one_dataset_has_its_installations_only(drawn_tables: Published, tmp_path: Path) -> None:
    assert draw_picture(Request(tmp_path / "a.png", dataset="a_north_2020"), drawn_tables).installations == 2
    with pytest.raises(SettingsError, match="Did you mean a_north_2020"):
        draw_picture(Request(tmp_path / "a.png", dataset="a_nort_2020"), drawn_tables)


@pytest.mark.parametrize("chart", [each for each in Chart if each is not Chart.MAP])
def test_a_chart_has_the_licences_and_no_borders(drawn_tables: Published, tmp_path: Path, chart: Chart) -> None:
    path = tmp_path / "chart.svg"
    draw_picture(Request(path, chart), drawn_tables)
    assert "5 solar installations." in drawn_text(path)
    assert "Data: CC-BY-4.0: a_north_2020*" in drawn_text(path)
    assert "Borders" not in drawn_text(path)


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_same_tables_make_the_same_bytes(drawn_tables: Published, tmp_path: Path, ending: str) -> None:
    paths = [tmp_path / f"{name}{ending}" for name in ("a", "b")]
    for path in paths:
        draw_picture(Request(path, country="FR", dpi=72), drawn_tables)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert re.search(rb"20\d\d-\d\d-\d\d|CreationDate|matplotlib v", paths[0].read_bytes()) is None


def test_a_png_has_its_width_at_its_resolution(drawn_tables: Published, tmp_path: Path) -> None:
    path = tmp_path / "wide.png"
    draw_picture(Request(path, Chart.YEARS, width_mm=89, dpi=300), drawn_tables)
    assert struct.unpack(">I", path.read_bytes()[16:20])[0] == pytest.approx(89 / 25.4 * 300, abs=1)


def axis_texts(axes: Axes) -> list[Text]:
    """The labels of the axes and of the ticks in view, and the sums at the ends of bars."""
    ticks = [
        tick.label1
        for axis, limits in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim()))
        for tick in axis.get_major_ticks()
        if min(limits) <= tick.get_loc() <= max(limits)
    ]
    return [each for each in (*ticks, *axes.texts, axes.xaxis.label, axes.yaxis.label) if each.get_text()]


@pytest.mark.parametrize("width", [60, 89, 180, 340])
@pytest.mark.parametrize("chart", Chart)
def test_no_text_overlaps_another_or_leaves_the_sheet_and_all_is_6_points(
    drawn_tables: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chart: Chart, width: float
) -> None:
    figures: list[Figure] = []
    monkeypatch.setattr(picture, "write_figure", lambda draw, path, dpi: figures.append(draw()))
    request = Request(tmp_path / "a.png", chart, country="DE", title="A title of several words", width_mm=width)
    draw_picture(request, drawn_tables)
    (figure,) = figures
    figure.set_dpi(300)
    figure.draw_without_rendering()
    texts = [*figure.texts, *([] if chart is Chart.MAP else axis_texts(figure.axes[0]))]
    boxes = [each.get_window_extent() for each in texts]
    assert min(float(each.get_fontsize()) for each in texts) >= LEAST_POINTS
    overlaps = [
        (one.get_text(), other.get_text())
        for number, one in enumerate(texts)
        for place, other in enumerate(texts[:number])
        if boxes[number].padded(-0.5).overlaps(boxes[place].padded(-0.5))
    ]
    outside = [
        each.get_text()
        for each, box in zip(texts, boxes, strict=True)
        if box.x0 < 0 or box.x1 > figure.bbox.x1 or box.y0 < 0 or box.y1 > figure.bbox.y1
    ]
    assert (overlaps, outside) == ([], [])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("x.jpg",), "x.jpg: its ending names no format. Expected one of: .png, .svg, .pdf."),
        (("nowhere/x.png",), "nowhere/x.png: the folder "),
        (("data/x.png",), "below data/ are the files of the workflow"),
        (("x.png", "--country", "Germny"), "no country 'Germny'. Did you mean Germany (DE)?"),
        (("x.png", "--country", "fiji"), "no installation in FJ: nothing is drawn. Countries with installations: DE"),
        (
            ("x.png", "--dataset", "a_north_2020", "--country", "FR"),
            "no installation of that dataset in FR: nothing is drawn. Countries with installations: DE.",
        ),
        (("x.png", "--dataset", "a_north"), "there is no dataset 'a_north'. Did you mean a_north_2020?"),
    ],
)  # fmt: skip
def test_wrong_input_is_one_paragraph(arguments: tuple[str, ...], message: str, eo_pv: Run) -> None:
    code, output, errors = eo_pv("picture", *arguments)
    assert (code, output) == (1, "")
    assert message in " ".join(errors.split())


def test_the_command_names_the_file_and_what_is_made_up(eo_pv: Run, tmp_path: Path) -> None:
    code, output, _ = eo_pv("picture", str(tmp_path / "map.svg"), "--country", "DE", "--dark")
    assert code == 0
    assert output.splitlines()[:2] == [
        "3 installations",
        "SYNTHETIC: 3 of them are made up, from the bundled samples",
    ]
    assert DARK.paper in (tmp_path / "map.svg").read_text()


def test_without_boundaries_the_command_says_what_to_run(drawn_tables: Published, tmp_path: Path) -> None:
    paths = type(drawn_tables.paths)(tmp_path, "sample")
    with pytest.raises(Exception, match=r"admin_boundaries\.parquet is missing\. Run `make all`\."):
        read_land(paths)


def test_classes_hold_every_installation_once(plants: Plants) -> None:
    for colour_by in ColourBy:
        classes = dot_classes(plants, colour_by, LIGHT)
        assert np.sum([each.members for each in classes], axis=0).tolist() == [1] * len(plants)
    labels = {each.label: int(each.members.sum()) for each in dot_classes(plants, ColourBy.SIZE, LIGHT)}
    assert labels == {
        "capacity unknown": 1,
        "below 1 MW": 1,
        "1 to 10 MW": 1,
        "10 to 100 MW": 1,
        "100 MW or more": 1,
    }


def test_bars_count_countries_by_confidence_and_datasets_by_company(plants: Plants) -> None:
    bars = charts.country_bars(plants, {"DE": "Germany", "FR": "France"})
    assert bars == [("Germany", 1, 2), ("France", 0, 1), ("no country", 0, 1)]
    assert charts.dataset_bars(plants, {"a_north_2020": "north"}) == [("b_south_2021", 1, 3), ("north", 1, 1)]


def test_hexagons_sum_capacities_and_are_of_one_area() -> None:
    x, y = np.array([0.0, 40.0, 1000.0, 55.0]), np.array([0.0, 0.0, 0.0, 90.0])
    cells = hexagons((x, y), np.array([5.0, 6.0, 100.0, np.nan]), 100)
    centres = sorted(zip(cells.x.tolist(), cells.y.round(1).tolist(), cells.classes.tolist(), strict=True))
    assert centres == [(0, 0, 2), (50, 86.6, 0), (1000, 0, 3)]
    assert cells.labels == ["below 1 MW", "1 MW to 10 MW", "10 MW to 100 MW", "100 MW or more"]


def test_the_frame_of_a_country_leaves_out_what_is_far_and_empty() -> None:
    main, near, far = shapely.box(0, 0, 100, 100), shapely.box(105, 0, 110, 10), shapely.box(900, 0, 910, 10)
    parts = np.array([far, main, near])
    nothing, five = np.array([]), np.array([5.0])
    assert around_country(parts, nothing, nothing).east < 130
    assert around_country(parts, np.array([905.0]), five).east > 910  # an installation on the far island
    assert 117 < around_country(parts, np.array([117.0]), five).east < 140  # one at sea, near the coast
    assert around_country(parts, np.array([500.0]), five).east < 130  # one at sea, far away


def test_borders_do_not_follow_the_antimeridian(drawn_tables: Published) -> None:
    land = read_land(drawn_tables.paths)
    lines = border_lines(land.shapes[land.countries == "FJ"])
    at_edge = [
        (start, end)
        for line in lines
        for start, end in pairwise(line.coords)
        if abs(start[0]) == abs(end[0]) == 180  # both ends of a piece
    ]
    assert at_edge == []
    assert len(lines) == 3


def test_names_of_countries_are_found_in_any_case(drawn_tables: Published) -> None:
    names = country_names(read_land(drawn_tables.paths))
    assert names == {"DE": "Germany", "FJ": "Fiji", "FR": "France"}
    assert [find_country(text, names) for text in ("de", "FRANCE", " Fiji ")] == ["DE", "FR", "FJ"]
    with pytest.raises(SelectionError, match="Expected a code of ISO 3166-1, such as DE"):
        find_country("XQ", names)


@pytest.mark.parametrize(
    ("projection", "west", "south"), [(WORLD, 10, 50), (around(10, 51), 10, 50), (WORLD, 177, -18)]
)
def test_the_projections_keep_areas(projection: Projection, west: float, south: float) -> None:
    square = np.array([shapely.box(west, south, west + 1, south + 1)])
    (drawn,) = projection.shapes(square)
    assert drawn.area == pytest.approx(float(area_m2(square)[0]), rel=2e-3)


def test_what_lies_behind_the_horizon_is_not_drawn() -> None:
    here, antipode = shapely.box(9, 50, 11, 52), shapely.box(-171, -52, -169, -50)
    assert len(around(10, 51).shapes(np.array([here, antipode]))) == 1


def test_dots_become_smaller_with_their_number_and_never_vanish() -> None:
    diameters = [dot_diameter_mm(count, 180) for count in (1, 300, 10_000, 10_000_000)]
    assert diameters == sorted(diameters, reverse=True)
    assert diameters[-1] == pytest.approx(0.3)
    assert dot_diameter_mm(10_000_000, 60) == 0.25


def test_text_is_wrapped_by_its_width() -> None:
    lines = wrapped("one two three four five", 7, 20)
    assert " ".join(lines) == "one two three four five"
    assert all(text_width_mm(line, 7, "normal") <= 20 for line in lines)
    assert wrapped("", 7, 20) == []
    assert wrapped("5°\N{NO-BREAK SPACE}N", 7, 1) == ["5°\N{NO-BREAK SPACE}N"]
    assert (len(lines), points(60), points(180)) == (2, 6, 7)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_text_has_aa_contrast_and_marks_stand_out_from_land(theme: Theme) -> None:
    text = [_contrast(colour, theme.paper) for colour in (theme.ink, theme.muted, theme.warning)]
    assert min(text) >= 4.5
    steps = [_contrast(one, other) for one, other in pairwise(theme.ramp)]
    assert min(steps) > 1.3
    assert max(_contrast(colour, theme.land) for colour in theme.ramp) >= 4.5


def test_a_chart_refuses_the_colours_of_a_map() -> None:
    with pytest.raises(SelectionError, match="--colour-by year is for a map, and --chart sizes has bars of one colour"):
        Request(Path("x.png"), Chart.SIZES, ColourBy.YEAR).require_map_for_colours()
    Request(Path("x.png"), Chart.MAP, ColourBy.YEAR).require_map_for_colours()


def test_creators_are_cited_by_the_first_family_name() -> None:
    assert short_creators(["Kruitwagen, Lucas", "Story, Kyle"]) == "Kruitwagen et al."
    assert (short_creators(["Kruitwagen, Lucas"]), short_creators([])) == ("Kruitwagen", "")


def test_the_formats_are_those_of_the_writer() -> None:
    assert tuple(METADATA) == ENDINGS


def _contrast(one: str, other: str) -> float:
    """The contrast of WCAG 2."""
    low, high = sorted(map(_luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))
