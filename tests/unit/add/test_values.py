from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from loaders.add.guess_area import area
from loaders.add.guess_capacity import capacity
from loaders.add.guess_columns import column_settings, row_warnings, source_id
from loaders.add.guess_dates import installation_date
from loaders.add.guess_technology import technology_filter
from loaders.add.inspect_csv import CsvTable, read_table
from loaders.add.values import Marks, find_marks, null_values
from loaders.core.errors import ReadError
from tests.unit.add.made_inspections import made_inspection


@pytest.mark.parametrize(
    ("values", "comma_separates", "marks"),
    [
        (["1.5", "20"], True, Marks()),
        (["302,219", "38.5", "1,302,219"], True, Marks(".", ",")),
        (["302,219", "166,320"], True, Marks(".", ",")),
        (["12,5", "8,125"], False, Marks(",")),
        (["1.234,5", "12.000,25"], False, Marks(",", ".")),
        (["1 234,5", "7,25"], False, Marks(",", " ")),
        (["1'234.5", "7.25"], False, Marks(".", "'")),
        (["n/a", "1,5", "2,5"], False, Marks(",")),
        (["1\u00a0234,5", "1\u202f234,5"], False, Marks(",", " ")),
        (["1\u2019234.5", "7.25"], False, Marks(".", "'")),
    ],
)
def test_marks_are_those_by_which_most_values_are_numbers(
    values: list[str], comma_separates: bool, marks: Marks
) -> None:
    assert find_marks([values], comma_separates=comma_separates) == marks


@pytest.mark.parametrize(("text", "number"), [("1,302.5", 1302.5), ("13,02.5", None), ("-1e3", -1000.0), ("1-2", None)])
def test_a_number_is_grouped_by_three_digits_or_not_at_all(text: str, number: float | None) -> None:
    assert Marks(".", ",").parse(text) == number


def test_what_stands_for_unknown_is_found_among_the_values() -> None:
    assert null_values(["5", "-9999", "-1.0", "N/A", None, "-", "-3"]) == [-9999, -1, "-", "N/A"]
    assert null_values(["5", "-9999", "-99", "-1"], negatives=True) == [-9999]


def test_areas_in_hectares_are_recognised_by_the_outlines() -> None:
    guess = area(made_inspection([10_000.0, 20_000.0, 30_000.0], size_area=["1", "2.1", "2.9"]))
    assert guess is not None
    assert guess.value == {"column": "size_area", "unit": "ha"}
    assert guess.is_doubtful is False


def test_areas_that_fit_no_unit_are_reported_with_their_factor() -> None:
    guess = area(made_inspection([100.0, 200.0, 300.0], Area=["300", "800", "1500"]))
    assert guess is not None
    assert guess.value == {"column": "Area", "unit": "m2"}
    assert "disagree with the outlines: 4 times as large" in guess.reason
    assert guess.is_doubtful is True


@pytest.mark.parametrize(
    ("factor", "message"),
    [
        (1 / 4047, "no unit of the settings fits: it seems to be in acres"),
        (10.764, "no unit of the settings fits: it seems to be in square feet"),
        (1e-10, "no unit fits: it is the area in the plane of the file's CRS (square degrees, or distorted)"),
        (4.0, "no unit fits: nearly all are 4 times the outlines, as pixels are, or a distorted projection"),
    ],
)
def test_an_area_that_no_unit_fits_is_no_setting_but_a_line_that_says_why(factor: float, message: str) -> None:
    drawn = [10_000.0, 20_000.0, 30_000.0]
    inspection = made_inspection(drawn, Shape_Area=[str(factor * area) for area in drawn])
    inspection = replace(inspection, planar_area=np.array(drawn) * 1e-10)
    settings, why = column_settings(inspection, inspection)
    assert "area" not in settings
    assert f"columns.area: Shape_Area looks like an area, but {message}" in why[0]


def test_an_area_far_from_the_outlines_is_no_setting() -> None:
    guess = area(made_inspection([100.0, 200.0, 300.0], Area=["3000", "7400", "15000"]))
    assert guess is not None
    assert (
        guess.reason == "Area looks like an area, but no unit fits: in the nearest it is 37 times the outlines (median)"
    )


def test_megawatts_of_roofs_are_not_taken() -> None:
    guess = capacity(made_inspection(capacity_mw=["5", "6", "7"], mounting=["roof", "roof", "ground"]), None)
    assert guess is not None
    assert guess.value is None
    assert guess.reason.endswith("in MW, which its name says, the median is 6, and most are on roofs")


def test_areas_that_only_their_median_fits_are_a_doubt() -> None:
    guess = area(made_inspection([100.0, 100.0, 100.0, 100.0, 100.0], Area=["1", "2", "100", "9000", "8000"]))
    assert guess is not None
    assert guess.is_doubtful is True


@pytest.mark.parametrize(
    ("columns", "name", "unit"),
    [
        ({"area_pixels": ["15", "16"], "area_meters": ["166", "177"]}, "area_meters", "m2"),
        ({"area": ["15", "16"], "area_ha": ["1.6", "1.7"]}, "area_ha", "ha"),
        ({"Shape_Area": ["1e-6", "2e-6"], "size_area": ["1.6", "1.7"]}, "size_area", "ha"),
    ],
)
def test_a_column_that_names_its_unit_or_that_the_outlines_confirm_is_preferred(
    columns: dict[str, list[str]], name: str, unit: str
) -> None:
    drawn = None if "Shape_Area" not in columns else [16_000.0, 17_000.0]
    guess = area(made_inspection(drawn, **columns))
    assert guess is not None
    assert (guess.value["column"], guess.value["unit"]) == (name, unit)


@pytest.mark.parametrize("name", ["area_error", "area_rank", "area_code", "area_density", "pixel_count"])
def test_numbers_about_an_area_are_no_area(name: str) -> None:
    assert area(made_inspection(**{name: ["15", "16"]})) is None


@pytest.mark.parametrize("name", ["area_pixels", "area_px", "acres", "Area (sq ft)", "area_deg2", "area_acres"])
def test_an_area_in_another_unit_is_no_setting_but_a_line_that_says_why(name: str) -> None:
    inspection = made_inspection(**{name: ["15", "16"]})
    assert column_settings(inspection, inspection) == (
        {},
        [f"columns.area: {name} looks like an area, but by its name it is in no unit of m2, ha, km2"],
    )


@pytest.mark.parametrize(
    ("columns", "unit"),
    [
        ({"capacity": ["5", "6"], "capacity_kw": ["5000", "6000"]}, "kW"),
        ({"power": ["5", "6"], "MWp": ["5", "6"]}, "MWp"),
    ],
)
def test_a_capacity_that_names_its_unit_is_preferred(columns: dict[str, list[str]], unit: str) -> None:
    guess = capacity(made_inspection(**columns), None)
    assert guess is not None
    assert guess.value["unit"] == unit


def test_a_capacity_that_no_unit_fits_is_no_setting_but_a_line_that_says_why() -> None:
    guess = capacity(made_inspection([1e12, 2e12], power=["2", "2"]), None)
    assert guess is not None
    assert (guess.value, "no unit fits: in the nearest, GW, the median is 0.0015 W/m2" in guess.reason) == (None, True)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            ["33.500,0", "1.200,5"],
            "State read.decimal and read.thousands (they seem to be decimal: ',' and thousands: '.')",
        ),
        (["33,5", "1,25"], "(they seem to be decimal: ',')"),
        (["5 MW", "12 MW"], "a number has no unit"),
        (["about 12", "ca. 5", "small"], "a number has no unit"),
    ],
)
def test_a_capacity_that_cannot_be_read_is_reported(values: list[str], message: str) -> None:
    (line,) = column_settings(
        *[made_inspection(capacity_kw=list(values), lon=["1.5", "2.5", "3.5"][: len(values)])] * 2
    )[1]
    assert line.startswith(f"capacity_kw looks like a capacity, but its values cannot be read: '{values[0]}'")
    assert message in line


@pytest.mark.parametrize(
    ("values", "is_open"),
    [
        (["33.500", "950"], True),
        (["33.500", "0.950"], False),
        (["33.500", "1200"], False),
        (["33.500", "1.250"], False),
    ],
)
def test_a_mark_that_may_stand_between_thousands_is_a_doubt(values: list[str], is_open: bool) -> None:
    guess = capacity(made_inspection(capacity_kw=values), None)
    assert guess is not None
    assert (guess.is_doubtful, "33.500 may be thousands" in guess.reason) == (is_open, is_open)


def test_names_in_words_are_no_capacity_that_cannot_be_read() -> None:
    assert column_settings(*[made_inspection(power_class=["small", "large"], area=["Kent", "Essex 2"])] * 2)[1] == []


def test_an_area_that_is_not_in_the_unit_of_its_name_is_not_taken() -> None:
    guess = area(made_inspection([100.0, 200.0], area_ha=["100", "200"]))
    assert guess is not None
    assert (guess.value, guess.is_doubtful) == (None, True)
    assert "in ha, which its name says, it is 1e+04 times the outlines (median); in m2 it would be 1.00" in guess.reason


@pytest.mark.parametrize("name", ["area_dunam", "area_pix", "area_mu", "surface_tsubo"])
def test_an_area_in_a_unit_that_the_settings_do_not_have_is_not_taken(name: str) -> None:
    guess = area(made_inspection([100.0, 200.0], **{name: ["0.1", "0.2"]}))
    assert guess is not None
    assert guess.value is None


@pytest.mark.parametrize(
    ("name", "unit", "basis"),
    [
        ("capacity_mw", "MW", None),
        ("Power_kW", "kW", None),
        ("capacity_repd_MWp", "MWp", None),
        ("p_cap_dc_mw", "MW", "dc"),
        ("Installed Capacity (MWelec)", "MW", None),
        ("MWac", "MW", "ac"),
    ],
)
def test_the_unit_and_the_basis_of_a_capacity_are_read_in_its_name(name: str, unit: str, basis: str | None) -> None:
    guess = capacity(made_inspection(**{name: ["5", "6", "7"]}), None)
    assert guess is not None
    assert (guess.value["unit"], guess.value.get("basis")) == (unit, basis)


@pytest.mark.parametrize(("values", "unit"), [(["0.5", "1"], "MW"), (["500", "1000"], "kW"), (["5e5", "1e6"], "W")])
def test_the_unit_of_a_capacity_is_what_gives_plants_a_usual_density(values: list[str], unit: str) -> None:
    guess = capacity(made_inspection([10_000.0, 20_000.0], capacity=list(values)), None)
    assert guess is not None
    assert (guess.value["unit"], guess.is_doubtful) == (unit, False)
    assert "50 W/m2" in guess.reason


@pytest.mark.parametrize(
    ("columns", "area_unit", "capacity_unit"),
    [
        ({"area": ["30", "40"], "capacity_kw": ["5", "6"]}, "m2", "kW"),
        ({"area": ["30", "40"], "Leistung_kWp": ["5", "6"]}, "m2", "kWp"),
        ({"area": ["30", "40"], "capacity_mw": ["15", "16"]}, "ha", "MW"),
        ({"area": ["30", "40"], "capacity": ["5", "6"]}, "m2", "kW"),
        ({"area": ["30", "40"], "capacity": ["15", "16"]}, "ha", "MW"),
        ({"area": ["68000", "71000"], "capacity": ["3.5", "3.6"]}, "m2", "MW"),
        ({"area": ["30", "40"], "mounting": ["roof", "roof"]}, "m2", None),
        ({"capacity": ["5", "6"], "mounting": ["roof", "roof"]}, None, "kW"),
        ({"Bruttoleistung": ["5", "6"]}, None, "kW"),
        ({"TotalPower": ["5", "6"]}, None, "kW"),
        ({"capacity": ["5", "6"]}, None, "MW"),
    ],
)
def test_units_without_outlines_are_those_of_panels_or_of_plants(
    columns: dict[str, list[str]], area_unit: str | None, capacity_unit: str | None
) -> None:
    inspection = made_inspection(**columns)
    stated_area = area(inspection)
    stated_capacity = capacity(inspection, stated_area)
    assert (stated_area and stated_area.value["unit"]) == area_unit
    assert (stated_capacity and stated_capacity.value["unit"]) == capacity_unit


def test_a_capacity_that_would_exceed_all_plants_in_the_world_is_in_kilowatt() -> None:
    guess = capacity(replace(made_inspection(capacity=["8", "30"]), features=1_000_000), None)
    assert guess is not None
    assert (guess.value["unit"], guess.is_doubtful) == ("kW", True)
    assert "in MW, all records together would have 19,000 GW, more than the world has" in guess.reason


@pytest.mark.parametrize(
    ("areas_m2", "column", "message"),
    [
        (
            [30.0, 40.0],
            "capacity_mw",
            "in MW, which its name says, the median is 1.58e+05 W/m2; in kW it would be 158 W/m2",
        ),
        ([3e4, 4e4], "capacity_kw", "in kW, which its name says, the median is 0.158 W/m2; in MW it would be 158 W/m2"),
    ],
)
def test_a_capacity_in_a_unit_that_the_outlines_contradict_is_not_taken(
    areas_m2: list[float], column: str, message: str
) -> None:
    guess = capacity(made_inspection(areas_m2, **{column: ["5", "6"]}), None)
    assert guess is not None
    assert (guess.value, guess.reason) == (None, f"{column} looks like a capacity, but {message}")


def test_a_unit_by_an_area_whose_unit_is_a_guess_is_doubtful() -> None:
    inspection = made_inspection(area=["30", "40"], capacity=["5", "6"])
    guess = capacity(inspection, area(inspection))
    assert guess is not None
    assert (guess.is_doubtful, "by an area whose unit is a guess as well" in guess.reason) == (True, True)


@pytest.mark.parametrize(
    "name",
    ["year_of_capacity_data", "capacity_factor", "storage_capacity_mw", "generation_gwh_2013", "Turbine Capacity"],
)
def test_numbers_about_something_else_are_no_capacity(name: str) -> None:
    assert capacity(made_inspection(**{name: ["5", "6"]}), None) is None


def test_values_at_which_a_load_would_stop_are_reported() -> None:
    guess = capacity(made_inspection(mw=["5", "6", "7", "8", "about 3", "-7", "n/a", "-9999", "9", "10"]), None)
    assert guess is not None
    assert guess.value["null_values"] == [-9999, "n/a"]
    assert "it holds 'about 3', '-7': add to null_values" in guess.reason
    assert guess.is_doubtful is True


@pytest.mark.parametrize(
    ("values", "pattern"),
    [
        (["2016", "2017"], None),
        (["20160601", "20170731"], None),
        (["2016-06", "<2017-05-01"], None),
        (["01/05/2007", "20/12/2019"], "DD/MM/YYYY"),
        (["05/01/2007", "12/20/2019"], "MM/DD/YYYY"),
        (["1.5.2007", "20.12.2019"], "DD.MM.YYYY"),
        (["2014/10/01", "2015/02/28"], "YYYY/MM/DD"),
    ],
)
def test_the_way_dates_are_written_is_found(values: list[str], pattern: str | None) -> None:
    guess = installation_date(made_inspection(install_date=list(values)))
    assert guess is not None
    assert guess.value == ({"column": "install_date", "pattern": pattern} if pattern else "install_date")
    assert guess.is_doubtful is False


@pytest.mark.parametrize(
    ("columns", "setting"),
    [
        ({"built_before": ["2020-05-01 08:16:58.363 +00"], "built_after": [None]}, {"before": "built_before"}),
        (
            {"constructed_after": ["2019"], "constructed_before": ["2020"]},
            {"after": "constructed_after", "before": "constructed_before"},
        ),
        ({"date_after": ["2019"], "built_before": ["2020"]}, {"after": "date_after"}),
        ({"year": ["2019"], "built_before": ["2020"]}, {"before": "built_before"}),
        ({"commissioning_year": ["2019"], "built_before": ["2020"]}, "commissioning_year"),
        ({"first_seen": ["2020"]}, {"before": "first_seen"}),
        ({"detection_date": ["1.5.2020", "20.5.2020"]}, {"before": "detection_date", "pattern": "DD.MM.YYYY"}),
        ({"year": ["2020"], "first_seen": ["2020"]}, {"before": "first_seen"}),
        (
            {"construction_after": ["2019"], "construction_before": ["2020"]},
            {"after": "construction_after", "before": "construction_before"},
        ),
        ({"retired_before": ["2020"]}, None),
        ({"built_before_or_after": ["2020"]}, None),
    ],
)
def test_dates_that_bound_the_date_of_building_are_its_ends(
    columns: dict[str, list[str | None]], setting: object
) -> None:
    guess = installation_date(made_inspection(**columns))
    assert (guess.value if guess else None) == setting


@pytest.mark.parametrize(
    "values", [["2005", "2007.278571", "2010"], ["2007.5", "2008.5", "2006"], ["2007.5", "2008.0"]]
)
def test_years_with_fractions_are_plain_dates(values: list[str]) -> None:
    guess = installation_date(made_inspection(commissioning_year=list(values)))
    assert guess is not None
    assert (guess.value, guess.is_doubtful) in [
        ("commissioning_year", False),
        ({"column": "commissioning_year", "pattern": "YYYY.MM"}, False),
    ]


def test_days_that_may_be_months_are_a_doubt() -> None:
    guess = installation_date(made_inspection(install_date=["01/05/2007", "02/06/2008"]))
    assert guess is not None
    assert (guess.is_doubtful, "MM/DD/YYYY fits as well" in guess.reason) == (True, True)


@pytest.mark.parametrize(
    ("name", "values", "is_said"),
    [
        ("commissioning_date", ["May 2010", "Q3 2016"], True),
        ("install_date", ["01.05.10", "31.12.09"], True),
        ("install_date", ["43831", "43832"], True),
        ("operational", ["yes", "no"], False),
        ("installed", ["2010", "2011"], False),
        ("img_date", ["May 2010"], False),
    ],
)
def test_an_installation_date_that_cannot_be_read_is_reported(name: str, values: list[str], is_said: bool) -> None:
    inspection = made_inspection(**{name: values})
    start = f"{name} looks like the date of installation, but its values cannot be read: '{values[0]}'"
    assert [line.startswith(start) for line in column_settings(inspection, inspection)[1]] == [True] * is_said


def test_the_date_of_building_is_preferred_to_other_dates() -> None:
    guess = installation_date(
        made_inspection(year=["2001", "2002"], img_date=["2011", "2012"], commissioning_year=["2003", "2004"])
    )
    assert guess is not None
    assert guess.value == "commissioning_year"


@pytest.mark.parametrize("name", ["year_of_capacity_data", "Record Last Updated", "p_img_date", "status_year"])
def test_other_dates_are_not_when_it_was_built(name: str) -> None:
    assert installation_date(made_inspection(**{name: ["2001", "2002"]})) is None


def test_an_identifier_is_one_that_every_record_has_alone() -> None:
    inspection = made_inspection(
        old_id=["1", "1", "2"], wepp_id=["1", None, "3"], gppd_idnr=["a", "b", "c"], fid=["1", "2", "3"]
    )
    guess = source_id(inspection)
    assert guess is not None
    assert (guess.value, guess.is_doubtful) == ("gppd_idnr", False)


def test_a_grid_is_no_identifier() -> None:
    assert source_id(made_inspection(grid=["1", "2"], Solar_Grid=["3", "4"])) is None


def test_rows_of_other_fuels_are_left_out() -> None:
    fuels: list[str | None] = ["Solar", "Wind", "Solar PV", "Solar thermal", None] * 3
    guess = technology_filter(made_inspection(name=[f"Solar {row}" for row in range(15)], primary_fuel=fuels))
    assert guess is not None
    assert guess.value == {"primary_fuel": ["Solar", "Solar PV"]}
    assert "'Solar thermal' as well, as heat" in guess.reason


SOLAR_AND_MORE: dict[str, list[str | None]] = {
    "links": ["https://example.org/placas-solares.html", "https://example.org/boe.pdf", None] * 4,
    "names": ["Solar Park Kent", "Wind Park Kent", "Solar Park Essex"] * 4,
    "mounting": ["Solar roof", "ground", "roof"] * 4,
    "free text": ["solar " * 20, "wind " * 20, "coal"] * 4,
    "a status": ["solar built", "planned", "solar planned"] * 4,
}


@pytest.mark.parametrize("case", SOLAR_AND_MORE)
@pytest.mark.parametrize("name", ["observacio", "install_type"])
def test_a_column_is_no_filter_because_some_values_hold_the_word_solar(case: str, name: str) -> None:
    column = SOLAR_AND_MORE[case]
    is_kind = case in {"names"} and name == "install_type"
    assert (technology_filter(made_inspection(**{name: column})) is not None) == is_kind


@pytest.mark.parametrize("name", ["primary_fuel", "Energieträger", "x"])
def test_a_filter_says_how_many_rows_it_leaves_out(name: str) -> None:
    guess = technology_filter(made_inspection(**{name: ["Solar", "Kohle", "Wind", None, "Wind"] * 3}))
    assert guess is not None
    assert (guess.value, guess.is_doubtful) == ({name: ["Solar"]}, True)
    assert guess.reason == "12 of the 15 records looked at (80.0 %) are left out: 'Wind' (6), 'Kohle' (3), blank (3)"


def test_a_column_that_is_solar_throughout_is_no_filter() -> None:
    assert (
        technology_filter(
            made_inspection(tech=["Photovoltaics", "PV", "PV"] * 4, status=["built", "planned", "built"] * 4)
        )
        is None
    )


@pytest.mark.parametrize(
    ("name", "values", "is_said"),
    [
        ("primary_fuel", ["Coal", "Nuclear", "Coal"], True),
        ("fuel", ["Coal"], True),
        ("technology", ["CSP", "Solar thermal"], True),
        ("technology", ["mono", "poly"], False),
        ("storage_type", ["Battery", "Battery"], False),
        ("other_fuel", ["Oil", "Gas"], False),
        ("fuel", ["Solar", "Coal"], False),
    ],
)
def test_a_file_of_other_technologies_is_reported_to_hold_no_photovoltaics(
    name: str, values: list[str], is_said: bool
) -> None:
    inspection = made_inspection(**{name: values})
    message = row_warnings(inspection, inspection, technology_filter(inspection))
    assert bool(message) == is_said
    if is_said:
        assert message[0].startswith(
            f"{name} holds no photovoltaics in the {len(values)} records looked at: '{values[0]}' ("
        )


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        (
            {"Status": ["31", "35"]},
            "Status may state a status, but no word explains its values: '31' (1), '35' (1). All",
        ),
        (
            {"retirement_year": ["2020", None]},
            "retirement_year is filled in for 1 of the 2 records looked at (50.0 %): plants",
        ),
        ({"decommissioned": ["no", "0"]}, None),
        (
            {"is_operational": ["true", "false"]},
            "is_operational says no for 1 of the 2 records looked at (50.0 %): they count",
        ),
        (
            {"solar": ["1", "0"]},
            "solar says no for 1 of the 2 records looked at (50.0 %): they count as installations as well",
        ),
        ({"fully_built": ["yes", None]}, None),
        ({"planned_retirement_year": ["2040", None]}, None),
        ({"nbInstallations": ["1", "14"]}, "nbInstallations is more than 1 for 1 of the 2 records looked at (50.0 %)"),
        ({"SubCategory": ["subcat_1", "subcat_2"]}, "SubCategory holds codes: 'subcat_1' (1), 'subcat_2' (1). If some"),
        (
            {"fuel": ["Solar", "Sonstige"]},
            "fuel holds more than photovoltaics: 'Solar' (1), 'Sonstige' (1). None of it",
        ),
        ({"technology": ["Solar", "Photovoltaics"]}, None),
    ],
)
def test_rows_that_may_be_no_plants_are_reported(columns: dict[str, list[str | None]], message: str | None) -> None:
    inspection = made_inspection(**columns)
    warnings = row_warnings(inspection, inspection, technology_filter(inspection))
    assert [line.startswith(message or "") for line in warnings] == ([True] if message else [])


@pytest.mark.parametrize(
    ("name", "values", "taken"),
    [
        ("propietario", ["SolarCo", "WindCo"], None),
        ("via", ["Solar Way", "Wind Street"], None),
        ("Bemerkung", ["neben Solarpark", "an Windpark"], None),
        ("asset", ["Solar farm", "Onshore wind"], ["Solar farm"]),
        ("filiere", ["Solaire", "Eolien"], ["Solaire"]),
        ("发电类型", ["光伏", "风电"], ["光伏"]),
        ("fonte", ["Fotovoltaico", "Idroelettrico"], ["Fotovoltaico"]),
        ("fonte", ["UFV", "EOL"], ["UFV"]),
    ],
)
def test_technologies_are_recognised_in_other_languages_and_from_names(
    name: str, values: list[str], taken: list[str] | None
) -> None:
    guess = technology_filter(made_inspection(**{name: values * 3}))
    assert (guess and guess.value) == (taken and {name: taken})


@pytest.mark.parametrize(
    ("lower", "upper"),
    [("install_year_min", "install_year_max"), ("not_before", "not_after"), ("built_earliest", "built_latest")],
)
def test_two_ends_of_a_date_are_pointed_at_and_neither_is_taken_for_the_date(lower: str, upper: str) -> None:
    inspection = made_inspection(**{lower: ["2001", "2002"], upper: ["2003", "2004"]})
    settings, notes = column_settings(inspection, inspection)
    assert "installed" not in settings
    assert notes == [
        f"{lower} and {upper} look like the ends between which plants were built: if they are, add columns.installed "
        f"{{after: {lower}, before: {upper}}} (a day given as after is excluded)"
    ]


def test_of_dates_that_cannot_be_read_the_odd_ones_are_shown() -> None:
    inspection = made_inspection(year_built=["2005", "2006", "c. 2014", "2015?"])
    assert "its values cannot be read: 'c. 2014', '2015?'; say how" in column_settings(inspection, inspection)[1][0]


@pytest.mark.parametrize("other", ["non-solar", "Kein PV", "not solar"])
def test_a_kind_that_says_it_is_not_solar_is_not(other: str) -> None:
    guess = technology_filter(made_inspection(category=["pv_ground", other] * 2))
    assert guess is not None
    assert guess.value == {"category": ["pv_ground"]}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_of_a_table_is_found(delimiter: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(delimiter.join(row) for row in (["id", "lon", "lat"], ["1", "2", "3"], ["4", "5", "6"])))
    table = read_table(path, "a.csv", 10)
    assert (table.delimiter, table.rows, table.columns) == (
        delimiter,
        2,
        {"id": ["1", "4"], "lon": ["2", "5"], "lat": ["3", "6"]},
    )


@pytest.mark.parametrize(
    ("encoding", "message"), [("utf-8", None), ("utf-8-sig", None), ("cp1252", "cp1252"), ("utf-16", "utf-16")]
)
def test_the_encoding_is_one_that_decodes_the_whole_file(encoding: str, message: str | None, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("id,name\n" + "1,plain\n" * 200_000 + "2,Köln\n", encoding=encoding)
    table = read_table(path, "a.csv", 10)
    assert (table.rows, list(table.columns)) == (200_001, ["id", "name"])
    assert (table.reading["encoding"].value if message else table.reading.get("encoding")) == message


def _reading(table: CsvTable) -> dict[str, object]:
    return {name: guess.value for name, guess in table.reading.items()}


def test_columns_without_a_name_are_left_out_or_numbered_and_names_that_occur_twice_too(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,,lat,id,,\n1,,2,3,x,\n4,,5,6,,\n")
    assert read_table(tmp_path / "a.csv", "a.csv", 10).columns == {
        "id": ["1", "4"],
        "lat": ["2", "5"],
        "id_2": ["3", "6"],
        "column_5": ["x", None],
    }


@pytest.mark.parametrize(
    ("before", "line"),
    [
        ("", None),
        ("\n\n", None),
        (";;;\n", None),
        ("Solar plants of 2020\n", 2),
        ("sep=;\n", 2),
        ("Source;the ministry;;\n\nDate;2020;;\n", 4),
        ("# a remark\n# of two; lines; with; marks\n", 3),
    ],
)
def test_the_header_is_the_first_line_with_as_many_values_as_the_rows(
    before: str, line: int | None, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text(f"{before}#id;lon;lat;mw\n1;2;3;4\n5;6;7;8\n9;10;11;12\n")
    table = read_table(tmp_path / "a.csv", "a.csv", 10)
    assert (list(table.columns), table.rows) == (["#id", "lon", "lat", "mw"], 3)
    assert _reading(table) == {"delimiter": ";"} | ({"header_line": line} if line else {})


@pytest.mark.parametrize(
    "text",
    [
        ",lon,lat\n0,10.5,50\n1,11.5,51\n",
        "id,lon,lat,,,\n1,10.5,50,a,b,c\n2,11.5,51,d,e,f\n",
        ",lon,lat,2015\n0,10.5,50,3\n1,11.5,51,5\n",
        "id,lon,lat,2015,2016\n1,10.5,50,3,4\n2,11.5,51,5,6\n",
        "id,lon,lat,mw\n,deg,deg,MW\n1,10.5,50,3\n2,11.5,51,5\n",
        "id,name\na,b\nc,d\n",
        "id,name,note\na,b,\nc,,\n",
    ],
)
def test_a_header_may_leave_columns_without_a_name_or_have_units_below_it(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(text)
    assert "header_line" not in read_table(tmp_path / "a.csv", "a.csv", 10).reading


@pytest.mark.parametrize("ends", ["\n", "\r", "\r\n"])
def test_lines_end_as_on_any_machine(ends: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(ends.join(["id,mw", '1,"two', 'lines"', "2,3", ""]).encode())
    table = read_table(tmp_path / "a.csv", "a.csv", 10)
    assert table.columns == {"id": ["1", "2"], "mw": [f"two{ends}lines", "3"]}


def test_quotation_marks_that_pair_hide_the_delimiters_between_them(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('id,"lon, lat"\n1,"2, 3"\n')
    assert read_table(tmp_path / "a.csv", "a.csv", 10).columns == {"id": ["1"], "lon, lat": ["2, 3"]}


def test_quotation_marks_that_do_not_pair_are_taken_for_text_and_that_is_a_doubt(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('id\tname\n1\t"The" farm\n2\tplain\n')
    table = read_table(tmp_path / "a.csv", "a.csv", 10)
    assert table.columns["name"] == ['"The" farm', "plain"]
    assert _reading(table) == {"delimiter": "\t", "quotes": False}
    assert table.reading["quotes"].is_doubtful


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_known_without_a_byte_order_mark(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("id,name\n1,Łódź\n".encode(encoding))
    table = read_table(tmp_path / "a.csv", "a.csv", 10)
    assert (table.columns["name"], _reading(table)) == (["Łódź"], {"encoding": encoding})


def test_of_a_table_with_thousands_of_columns_fewer_rows_are_kept_but_all_are_counted(tmp_path: Path) -> None:
    names = ",".join(f"c{number}" for number in range(10_000))
    (tmp_path / "a.csv").write_text(f"{names}\n" + f"1{',' * 9_999}\n" * 150)
    table = read_table(tmp_path / "a.csv", "a.csv", 5000)
    assert (len(table.columns), len(table.columns["c0"]), table.rows) == (10_000, 100, 150)


def test_the_rows_that_are_looked_at_come_from_all_over_a_table_in_their_order(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "n,fuel\n" + "".join(f"{n},{'Solar' if n < 800 else 'Coal'}\n" for n in range(1000))
    )
    columns = read_table(tmp_path / "a.csv", "a.csv", 100).columns
    numbers = [int(value or 0) for value in columns["n"]]
    assert (len(numbers), numbers == sorted(numbers), numbers[-1] > 900) == (100, True, True)
    assert 10 <= columns["fuel"].count("Coal") <= 30


def test_a_table_of_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("\n\n")
    with pytest.raises(ReadError, match="is empty"):
        read_table(tmp_path / "a.csv", "a.csv", 10)
