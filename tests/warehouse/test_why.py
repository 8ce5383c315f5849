"""`eo-pv why`: the evidence in words, tables and a picture."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from loaders.__main__ import app
from loaders.core.errors import BuildError
from loaders.report.why.evidence import Case, read_case
from loaders.report.why.picture import draw
from loaders.report.why.table import override_line, pairs_table, records_table, sentences
from tests.warehouse.conftest import Warehouse
from tests.warehouse.elsewhere import A, B, C, D


@pytest.fixture
def case(warehouse: Warehouse) -> Callable[..., Case]:
    """The case of these records."""
    return lambda *names: read_case(warehouse.paths.database, names)


@pytest.fixture
def why(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The command, in the project of the warehouse."""
    monkeypatch.chdir(warehouse.paths.root)
    return lambda *arguments: CliRunner().invoke(app, ["why", *arguments])


def test_a_record_stands_for_its_installation_and_the_other_way_round(case: Callable[..., Case]) -> None:
    evidence = case(f"{B}:blocks/1")
    assert [row["record_id"] for row in evidence.members] == [f"{A}:blocks/w", *(f"{B}:blocks/{n}" for n in range(3))]
    assert {pair["match_rule"] for pair in evidence.matched_pairs} == {"part_of_whole"}
    assert case(evidence.installations[0]["installation_id"]).members == evidence.members


def test_two_records_hang_together_by_the_fewest_pairs(case: Callable[..., Case]) -> None:
    evidence = case(f"{B}:blocks/0", f"{B}:blocks/2")
    assert [(pair["record_id_a"], pair["record_id_b"]) for pair in evidence.shortest_path()] == [
        (f"{A}:blocks/w", f"{B}:blocks/0"),
        (f"{A}:blocks/w", f"{B}:blocks/2"),
    ]
    assert sentences(evidence)[1].startswith(f"{B}:blocks/0 and {B}:blocks/2 are one installation. {A}:blocks/w and")


WHY = {
    (f"{A}:touching/1", f"{B}:touching/2"): "are two installations: they only touch.",
    (f"{A}:hardly/1", f"{B}:hardly/2"): "are two installations: they share 15.0 % of the smaller outline.",
    (f"{A}:other/1", f"{D}:other/2"): "are two installations: their capacities contradict each other.",
    (f"{A}:lump/1", f"{C}:lump/w"): "are two installations: 2 outlines fill only 10 % of the larger one.",
    (f"{A}:vote/1", f"{C}:vote/w"): "are two installations: 2 datasets draw it apart, 1 as one.",
    (f"{A}:denied/1", f"{B}:denied/2"): "are two installations: override: two owners (Bo).",
    (f"{A}:apart/1", f"{C}:lump/w"): "are two installations: they were not even compared: nothing of them is near the",
    (f"{A}:said/1", f"{B}:said/2"): "said/2: override: moved in 2022 (Ada).",
    (f"{A}:chain/4", f"{B}:chain/5"): "are two installations: shared_ground, but split: the installation would be too",
}


@pytest.mark.parametrize("names", WHY, ids=lambda names: names[0].split("/")[0].split(":")[1])
def test_two_records_are_one_or_two_for_a_reason_in_words(case: Callable[..., Case], names: tuple[str, str]) -> None:
    assert WHY[names] in sentences(case(*names))[-1] + " "


def test_the_line_that_overrules_a_case_says_the_opposite(case: Callable[..., Case]) -> None:
    ending = '"your reason","your name"'
    assert override_line(case(f"{B}:equal/2", f"{A}:equal/1"), "doi") == (
        f"doi,different,{A}:equal/1,{B}:equal/2,{ending}"
    )
    assert override_line(case(f"{A}:apart/1", f"{B}:apart/2"), "doi") == f"doi,same,{A}:apart/1,{B}:apart/2,{ending}"
    assert override_line(case(f"{A}:apart/1"), "doi") is None


def test_the_tables_show_the_evidence(case: Callable[..., Case]) -> None:
    evidence = case(f"{A}:nested/1")
    assert pairs_table(evidence, evidence.matched_pairs, "joined by").rows[0][1:] == (
        *("0.250", "1.000", "0.0", "0.25", "-", "-"),
        "part_of_whole",
    )
    assert {("5.000", "DC")} <= {row[-4:-2] for row in records_table(case(f"{A}:inside/1")).rows}


def test_a_picture_is_the_same_bytes_every_time(case: Callable[..., Case], tmp_path: Path) -> None:
    cases = [case(f"{A}:lump/1", f"{C}:lump/w"), case(f"{A}:edge/1"), case(f"{D}:stack/0")]
    for name in ("one.png", "two.png"):
        draw(cases, tmp_path / name, columns=2)
    content = (tmp_path / "one.png").read_bytes()
    assert content.startswith(b"\x89PNG")
    assert len(content) > 20_000
    assert content == (tmp_path / "two.png").read_bytes()


def test_the_command_shows_all_of_it(why: Callable[..., Result], tmp_path: Path) -> None:
    result = why(f"{A}:shifted/1", f"{C}:shifted/3", "--picture", str(tmp_path / "why.png"))
    assert result.exit_code == 0
    assert "confidence high, licence CC-BY-NC-4.0." in " ".join(result.output.split())
    assert f"doi,different,{A}:shifted/1,{C}:shifted/3," in result.output
    assert (tmp_path / "why.png").exists()


def test_a_record_that_is_not_there_is_answered_with_the_nearest(case: Callable[..., Case]) -> None:
    with pytest.raises(BuildError, match=f"no record or installation '{A}:touching/11'. Did you mean '{A}:touching/1'"):
        case(f"{A}:touching/11")


def test_without_a_warehouse_there_is_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="Run `make all`"):
        read_case(tmp_path / "none.duckdb", ("a:1",))
