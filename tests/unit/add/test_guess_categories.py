from collections import Counter

import pytest

from loaders.add.guess_categories import mounting, status, technology, unsorted_status_warnings
from loaders.add.guess_technology import technology_filter
from loaders.add.vocabulary import MOUNTING, STATUS, TECHNOLOGY, Vocabulary
from tests.unit.add.made_inspections import made_inspection

STATUSES = {
    "operating": """Operational; operating; In Operation; In Service; Built; Completed; Commissioned; Active; Existing
        In Betrieb; En service; En funcionamiento; En operación; Operação; Em operação; In esercizio; In bedrijf
        I drift; 运行; 运转中 运行; (OP) Operating; (SB) Standby/Backup; Energized; online; Operating Project
        operating: planned retirement; In Service - Announced Withdrawal
        Recommissioned; 已建; Raccordé; w eksploatacji""",
    "construction": """Under Construction; In Construction; Construction; Construção; Em construção; Im Bau; In Bau
        En construction; En construcción; In costruzione; In aanbouw; Under bygging; w budowie; 在建; In Commissioning
        (V) Under construction, more than 50 percent complete
        (TS) Construction complete, but not yet in commercial operation""",
    "planned": """Planned; Proposed; Announced; Pre-construction; pre-permit permitted; Awaiting Construction
        Application Submitted; Planning Permission Granted; Appeal Lodged; Appeal Granted; Committed; Anticipated
        Publicly Announced; In Planung; Geplant; En projet; En proyecto; En tramitación; Construção não iniciada
        In progetto; Gepland; Planlagt; Beviljat tillstånd; Planowana; 拟建; not built; Not yet commissioned; on hold
        (T) Regulatory approvals received. Not under construction; (L) Regulatory approvals pending; in development
        (P) Planned for installation, but regulatory approvals not initiated; Secretary of State - Granted""",
    "retired": """Retired; Decommissioned; Dismantled; Mothballed; Closed; No longer operational; Out of service
        Stillgelegt; Endgültig stillgelegt; Vorübergehend stillgelegt; Außer Betrieb; Retirada; Desmantelada; Dismesso
        Hors service; Buiten bedrijf; Nedlagt; Wycofana z eksploatacji; 退役; Shut down; inactive; Not operational""",
    "rejected": """Application Refused; Application Withdrawn; Abandoned; Planning Permission Expired; Cancelled
        Shelved - inferred 2 y; Appeal Withdrawn; Secretary of State - Refusal; Canceled; Revogada; Rejected; Abgelehnt
        Avslag; 取消; No Application Made; Planned, then cancelled; Planned new indefinitely postponed, or canceled""",
    "": "Revised; Finished; No Application Required; Other; 7; n.n.; State; Kent; Geprüft",
}
MOUNTINGS = {
    "roof": "Roof; rooftop; Roof-mounted; Dachanlage; Gebäude; Toiture; Tejado; Tetto; Dak; Telhado; on a building",
    "ground": "Ground; ground-mounted; Open field; Freifläche; Freiflächenanlage; Au sol; Suelo; A terra; Markanlegg",
    "water": "Floating; floating pv; Schwimmend; Gewässer; Flottant; Flotante; Flytende; 水面",
    "other": "canopy; carport; Ombrière; Parking; Steckerfertige Erzeugungsanlage; canopy,rooftop; ground and roof",
    "": "fixed-tilt; greenfield; landfill; single; batteries; Kent; mounted",
}
TECHNOLOGIES = {
    "pv": "PV; Solar PV; Solar Photovoltaic; Photovoltaik; Fotovoltaica; thin-film; c-si; cpv; UFV; 光伏; mono",
    "csp": "CSP; Solar Thermal; Parabolic trough; concentrating; Solar Thermal with Energy Storage; 太阳能热发电",
    "": "Solar; non-solar; geothermal; Wind; ohne PV; Combined heat and power",
}


@pytest.mark.parametrize(
    ("vocabulary", "word", "text"),
    [
        (vocabulary, word, text)
        for vocabulary, words in ((STATUS, STATUSES), (MOUNTING, MOUNTINGS), (TECHNOLOGY, TECHNOLOGIES))
        for word, text in words.items()
    ],
)
def test_published_values_mean_our_words(vocabulary: Vocabulary, word: str, text: str) -> None:
    values = [value.strip() for line in text.splitlines() for value in line.split(";")]
    words = {value: next(iter(vocabulary.sort("status", Counter({value: 1})).words), "") for value in values}
    assert words == dict.fromkeys(values, word)


@pytest.mark.parametrize(
    ("name", "values", "setting"),
    [
        (
            "Development Status",
            ["Operational", "Refused", "Abandoned", "Operational"],
            {"operating": ["Operational"], "rejected": ["Abandoned", "Refused"]},
        ),
        ("estado", ["En funcionamiento", "Retirada"], {"operating": ["En funcionamiento"], "retired": ["Retirada"]}),
        ("what", ["operating", "planned"] * 2, {"operating": ["operating"], "planned": ["planned"]}),
        ("status", ["Operational", "operational"], {"operating": ["Operational"]}),
        ("state", ["Kent", "Planned Parenthood", "Essex"], None),
        ("site name", ["Closed Farm", "Planned Farm"] * 2, None),
        ("project_outcome", ["Operating", "Cancelled"] * 2, {"operating": ["Operating"], "rejected": ["Cancelled"]}),
        ("situação", ["Operação", "Revogada"], {"operating": ["Operação"], "rejected": ["Revogada"]}),
        ("EinheitBetriebsstatus", ["35", "37"], {"operating": ["35"], "retired": ["37"]}),
        ("Status", ["OP", "RE", "OT"], {"operating": ["OP"], "retired": ["RE"], "unknown": ["OT"]}),
        ("battery_status", ["Operational", "Planned"], None),
        ("review status", ["approved", "rejected"], None),
        ("NetzbetreiberpruefungStatus", ["Geprüft", "In Prüfung"], None),
    ],
)
def test_a_column_of_statuses_is_proposed_with_its_values_under_our_words(
    name: str, values: list[str], setting: dict[str, object] | None
) -> None:
    guess = status(made_inspection(**{name: values}))
    assert (guess.value if guess else None) == ({"column": name} | setting if setting else None)


def test_records_that_are_not_operating_are_a_doubt_with_their_share() -> None:
    guess = status(made_inspection(status=["Operational", "Refused", None, "n/a"]))
    assert guess is not None
    assert guess.value == {
        "column": "status",
        "operating": ["Operational"],
        "rejected": ["Refused"],
        "null_values": ["n/a"],
    }
    assert "1 of the 4 records looked at (25.0 %) are not operating, and count as installations only" in guess.reason
    assert guess.is_doubtful


def test_a_value_that_no_word_explains_is_unknown_and_a_doubt() -> None:
    guess = status(made_inspection(status=["Operational", "Revised", "Operational"]))
    assert guess is not None
    assert guess.value == {"column": "status", "operating": ["Operational"], "unknown": ["Revised"]}
    assert (guess.is_doubtful, "under unknown stands what no word explains: 'Revised' (1)" in guess.reason) == (
        True,
        True,
    )


def test_operating_plants_alone_are_no_doubt() -> None:
    guess = status(made_inspection(status=["Operational"] * 3))
    assert (guess and guess.is_doubtful) is False


def test_of_two_statuses_the_one_that_explains_most_records_in_fewest_values_is_taken() -> None:
    inspection = made_inspection(
        phase=["Operational", "Consented 1", "Consented 2"],
        status=["Operational", "Planned", "Planned"],
        step=[None] * 3,
    )
    guess = status(inspection)
    assert guess is not None
    assert guess.value["column"] == "status"


def test_a_status_without_known_values_is_pointed_at() -> None:
    assert unsorted_status_warnings(made_inspection(Status=["31", "35"])) == [
        "Status may state a status, but no word explains its values: '31' (1), '35' (1). All of them count as "
        "installations: if it does, add columns.status {column: Status, operating: [..], planned: [..], retired: [..], "
        "rejected: [..]}"
    ]


def test_concentrating_plants_among_photovoltaics_are_a_technology_and_no_filter() -> None:
    inspection = made_inspection(Technology=["PV", "Solar Thermal", "Assumed PV", "PV"])
    guess = technology(inspection)
    assert guess is not None
    assert guess.value == {"column": "Technology", "pv": ["PV", "Assumed PV"], "csp": ["Solar Thermal"]}
    assert (guess.is_doubtful, "1 of the 4 records looked at (25.0 %) are no photovoltaics" in guess.reason) == (
        True,
        True,
    )
    assert technology_filter(inspection) is None


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("fuel", ["Solar PV", "Wind"]),
        ("primary_fuel", ["Solar", "Solar"]),
        ("owner_type", ["PV developer", "utility"]),
        ("name", ["PV Kent", "PV Essex"]),
    ],
)
def test_a_column_with_other_fuels_or_without_photovoltaics_is_no_technology(name: str, values: list[str]) -> None:
    assert technology(made_inspection(**{name: values})) is None


@pytest.mark.parametrize(
    ("name", "values", "setting"),
    [
        (
            "Mounting Type for Solar",
            ["Ground", "Roof", "n/a", "Ground"],
            {"ground": ["Ground"], "roof": ["Roof"], "null_values": ["n/a"]},
        ),
        ("p_sys_type", ["ground", "rooftop"] * 2, {"ground": ["ground"], "roof": ["rooftop"]}),
        ("located", ["roof", "rood"], {"roof": ["rood", "roof"]}),
        ("land_cover", ["ground", "water"] * 2, None),
        ("p_type", ["greenfield", "landfill"] * 2, None),
        ("name", ["Ground", "Roof"] * 2, None),
    ],
)
def test_a_column_of_mountings_is_proposed(name: str, values: list[str], setting: dict[str, object] | None) -> None:
    guess = mounting(made_inspection(**{name: values}))
    assert (guess.value if guess else None) == ({"column": name} | setting if setting else None)
