"""Which records are matched, which installations are published, and how what is left out is counted."""

from tests.warehouse.conftest import Warehouse
from tests.warehouse.elsewhere import A, B, C, D

RECORDS = "select record_id, left_out from curated.curated_pv_records where split_part(source_id, '/', 1) = $world"
INSTALLATION = """
    select record_ids, status, status_dataset, capacity_mw
    from curated.curated_pv_installations
    where len(list_filter(record_ids, lambda name: contains(name, $world))) > 0
"""


def test_a_refused_application_does_not_take_the_only_counterpart_of_a_plant(warehouse: Warehouse) -> None:
    assert warehouse.rows(INSTALLATION, {"world": ":refused/"}) == [
        ([f"{A}:refused/1", f"{D}:refused/3"], "operating", D, None)
    ]
    assert dict(warehouse.rows(RECORDS, {"world": "refused"}))[f"{D}:refused/2"] == "status rejected"


def test_a_plant_that_the_later_dataset_calls_closed_is_left_out_with_all_its_records(warehouse: Warehouse) -> None:
    assert warehouse.rows(INSTALLATION, {"world": ":closed/"}) == []
    assert dict(warehouse.rows(RECORDS, {"world": "closed"})) == {
        f"{A}:closed/1": "status retired",
        f"{B}:closed/2": "status retired",
    }


def test_the_later_dataset_that_states_a_status_gives_it(warehouse: Warehouse) -> None:
    ((_, *reopened, _),) = warehouse.rows(INSTALLATION, {"world": ":reopened/"})
    assert reopened == ["operating", C]
    ((_, *silent, _),) = warehouse.rows(INSTALLATION, {"world": ":silent/"})
    assert silent == ["operating", A]


def test_a_farm_with_an_extension_under_construction_operates_with_what_is_built(warehouse: Warehouse) -> None:
    assert warehouse.rows(INSTALLATION, {"world": ":extended/"}) == [
        ([f"{A}:extended/1", f"{A}:extended/2"], "operating", A, 5)
    ]


def test_what_is_left_out_is_counted_by_dataset_and_reason(warehouse: Warehouse) -> None:
    rows = warehouse.rows(
        "select dataset_key, records_left_out, capacity_left_out_mw, left_out from curated.curated_pv_dataset_summary "
        "where starts_with(dataset_key, 'a_') or starts_with(dataset_key, 'd_') or starts_with(dataset_key, 'p_') "
        "order by dataset_key"
    )
    assert rows == [
        (A, 1, None, {"status retired": 1}),
        (D, 1, None, {"status rejected": 1}),
        ("p_first_2021", 0, None, {}),
    ]
