from collections.abc import Callable
from pathlib import Path

import pytest

from loaders.core.paths import ProjectPaths

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def project(published_paths: ProjectPaths) -> Path:
    return published_paths.root


def test_a_file_and_its_note_are_named_with_rows_and_sizes(eo_pv: Run, tmp_path: Path) -> None:
    path = tmp_path / "germany.csv"
    code, output, errors = eo_pv(
        *("export", str(path), "--country", "de,FR", "--bbox", "-10,40,20,60", "--where", "capacity_mw > 1"),
        *("--columns", "name, capacity_mw"),
    )
    assert (code, errors) == (0, "")
    assert output.splitlines()[:2] == [
        "curated_pv_installations: 3 rows, 2 columns",
        "SYNTHETIC: 3 of these rows are made up, from the bundled samples",
    ]
    assert f"{path}  (1" in output.replace("\n", "")
    assert path.read_text(encoding="utf-8-sig").splitlines()[0] == "name,capacity_mw"
    assert (tmp_path / "germany.csv.licence.md").is_file()


def test_a_table_for_a_model_says_what_it_leaves_out(eo_pv: Run, tmp_path: Path) -> None:
    code, output, _ = eo_pv("export", str(tmp_path / "generators.csv"), "--for", "pypsa")
    assert code == 0
    assert "Left out: 1 without a stated capacity, 1 not operating\n" in output


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("x.csv", "--bbox", "1,2,x,4"), 1, "The box '1,2,x,4' is not four numbers."),
        (("x.csv", "--where", "capcity > 5"), 1, "no column 'capcity'. Did you mean capacity_mw?"),
        (("x.csv", "--country", "Germany"), 1, "'Germany' is no country code."),
        (("x.txt",), 1, "x.txt: its ending names no format."),
        (("data/x.csv",), 1, "below data/ are the files of the workflow"),
        (("x.csv", "--for", "pypsa", "--columns", "name"), 2, "--for pypsa has a table and columns of its own"),
        (("x.csv", "--for", "calliope"), 2, "calliope"),
    ],
)
def test_wrong_input_is_one_paragraph(arguments: tuple[str, ...], code: int, message: str, eo_pv: Run) -> None:
    found, output, errors = eo_pv("export", *arguments)
    assert (found, output) == (code, "")
    assert message in " ".join(errors.split())
