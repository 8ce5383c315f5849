from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from loaders.add.draft import Guess
from loaders.add.guess_columns import source_id
from loaders.add.guess_names import identifier_warnings, identifiers, name, operator
from loaders.add.inspection import NOT_STATED, Inspection

TEXT = ["Park Farm", "East Mead"]


def _inspection(columns: Mapping[str, Sequence[str | None]]) -> Inspection:
    rows = len(next(iter(columns.values())))
    types = dict.fromkeys(columns, "text")
    return Inspection("CSV", (), rows, NOT_STATED, {}, columns, types, np.full(rows, np.nan))


def _value(guess: Guess | None) -> Any:
    return guess.value if guess else None


@pytest.mark.parametrize(
    "column", ["p_name", "Site Name", "plant_name", "name", "NAME", "Project name", "repd_site_name", "plantName"]
)
def test_a_column_with_the_name_of_a_plant_is_recognised(column: str) -> None:
    assert _value(name(_inspection({"id": ["1", "2"], column: TEXT}))) == column


@pytest.mark.parametrize(
    "column", ["county_name", "Owner Name", "operator_name", "file_name", "unit name", "name_id", "rename", "state"]
)
def test_other_names_are_no_name_of_a_plant(column: str) -> None:
    assert name(_inspection({column: TEXT})) is None


def test_a_name_that_is_a_number_or_blank_is_no_name() -> None:
    assert name(_inspection({"name": ["1", "2"]})) is None
    assert name(_inspection({"name": [None, None]})) is None


def test_the_name_that_says_of_what_is_preferred_then_the_fuller_one() -> None:
    found = name(_inspection({"name": TEXT, "plant_name": ["Park Farm", None], "site_name": TEXT}))
    assert found is not None
    assert found.value == "site_name"
    assert found.reason == "a name of the installation, by the name of its column; other candidates: name, plant_name"


def test_words_for_unknown_are_no_names() -> None:
    found = name(_inspection({"p_name": ["Park Farm", "unknown", "N/A", None]}))
    assert _value(found) == {"column": "p_name", "null_values": ["N/A", "unknown"]}


@pytest.mark.parametrize(
    "column", ["Operator (or Applicant)", "operator", "operator_name", "Betreiber", "plantOperator"]
)
def test_an_operator_is_recognised(column: str) -> None:
    assert _value(operator(_inspection({"owner": TEXT, column: TEXT}))) == column


@pytest.mark.parametrize(
    "column", ["owner", "Grid Operator", "operator_id", "transmission_system_operator", "operating"]
)
def test_an_owner_and_the_operator_of_a_grid_are_no_operator(column: str) -> None:
    assert operator(_inspection({column: TEXT})) is None


def test_identifiers_are_recognised_by_unambiguous_names_alone() -> None:
    columns = {"case_id": ["400001", "400002"], "p_name": TEXT, "eia_id": ["60001", "-9999"]}
    assert _value(identifiers(_inspection(columns))) == {
        "eia_plant": {"column": "eia_id", "null_values": [-9999]},
        "uspvdb_case": "case_id",
    }
    register = {"Old Ref ID": ["A1", "A2"], "Ref ID": ["1", "2"], "Operator (or Applicant)": TEXT}
    assert _value(identifiers(_inspection(register))) == {"repd": "Ref ID"}
    assert _value(identifiers(_inspection({"gppd_idnr": ["BRA1", "BRA2"]}))) == {"gppd": "gppd_idnr"}


@pytest.mark.parametrize("column", ["case_id", "Ref ID", "plant_id", "osm_id", "id"])
def test_an_identifier_that_others_may_mean_otherwise_is_not_drafted(column: str) -> None:
    assert identifiers(_inspection({column: ["12", "13"]})) is None


def test_an_object_of_openstreetmap_needs_its_type() -> None:
    columns = {"osm_objtype": ["way", "node"], "osm_id": ["12", "13"]}
    setting = {"column": ["osm_objtype", "osm_id"], "join": "/"}
    assert _value(identifiers(_inspection(columns))) == {"osm": setting}
    assert _value(identifiers(_inspection({"@id": ["way/12", None, "relation/3"]}))) == {"osm": "@id"}
    assert identifiers(_inspection({**columns, "osm_objtype": ["W", "N"]})) is None


@pytest.mark.parametrize(
    ("columns", "setting"),
    [
        ({"GEM phase ID": ["G1", "G2"], "GEM location ID": ["L1", "L2"]}, {"gem_location": "GEM location ID"}),
        ({"EinheitMastrNummer": ["SEE1", "SEE2"]}, {"mastr": "EinheitMastrNummer"}),
        ({"Plant Code": ["1", "2"], "Utility ID": ["7", "8"]}, {"eia_plant": "Plant Code"}),
        ({"Plant Code": ["1", "2"]}, None),
        ({"plant:wikidata": ["Q1", None]}, {"wikidata": "plant:wikidata"}),
        ({"@type": ["way", "node"], "@id": ["12", "13"]}, {"osm": {"column": ["@type", "@id"], "join": "/"}}),
        ({"id": ["way/12", "relation/3"]}, {"osm": "id"}),
        ({"CodCEG": ["UFV.RS.SP.1", "UFV.RS.SP.2"]}, {"ceg": "CodCEG"}),
    ],
)
def test_identifiers_of_public_registers_are_recognised(
    columns: dict[str, list[str | None]], setting: dict[str, Any] | None
) -> None:
    value = _value(identifiers(_inspection(columns)))
    assert {name: value[name] for name in setting} == setting if setting else value is None


def test_numbers_of_openstreetmap_without_their_type_are_pointed_at() -> None:
    (message,) = identifier_warnings(_inspection({"osm_id": ["12", "13"]}))
    assert message.startswith("osm_id may hold numbers of OpenStreetMap, but no column says whether they are of a node")
    assert identifier_warnings(_inspection({"osm_id": ["way/12"]})) == []


@pytest.mark.parametrize(
    ("column", "values", "is_doubtful"), [("osm_id", ["12", "13"], True), ("@id", ["way/12", "node/13"], False)]
)
def test_a_number_of_openstreetmap_is_a_doubtful_identifier(column: str, values: list[str], is_doubtful: bool) -> None:
    guess = source_id(_inspection({column: values}))
    assert guess is not None
    assert (guess.value, guess.is_doubtful) == (column, is_doubtful)
