"""The fast loader of the settings gives what PyYAML's own gives, and survives what ends a process in libyaml."""

from pathlib import Path

import pytest
import yaml

from loaders.core.yaml_loader import compose, construct

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("name", ["params.yaml", "dvc.yaml", "mkdocs.yml", "dvc.lock"])
def test_the_files_of_the_project_have_the_values_of_the_parser_in_python(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert construct(compose(text)) == yaml.safe_load(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("a: yes\nb: 010\nc: 1:30\nd: 2024-01-02 03:04:05", None),
        ("a: &x [1, {b: 'c'}]\nd: *x\n<<: {e: f}", None),
        ("a: |\n  one\n  two\nb: \"\\u00e9\\n\"\nc: 'it''s'", None),
        ("a: 😀é # a comment", {"a": "😀é"}),
    ],
)
def test_a_text_has_the_values_of_the_parser_in_python(text: str, value: object) -> None:
    document = construct(compose(text))
    assert document == yaml.safe_load(text)
    assert value is None or document == value


@pytest.mark.parametrize("text", ["a:\tb", "a: [1", "a: b: c", "a: *b", "- a\n---\n- b", "a: \x07", "a: \ud800"])
def test_a_text_that_is_no_yaml_has_the_error_of_the_parser_in_python(text: str) -> None:
    with pytest.raises(yaml.YAMLError) as expected:
        yaml.safe_load(text)
    with pytest.raises(yaml.YAMLError) as found:
        compose(text)
    assert (type(found.value), str(found.value)) == (type(expected.value), str(expected.value))


@pytest.mark.parametrize("depth", [1_000, 100_000])
def test_a_text_that_is_nested_too_deep_is_an_error_and_not_the_end_of_the_process(depth: int) -> None:
    with pytest.raises(RecursionError):
        compose("[" * depth + "]" * depth)


@pytest.mark.parametrize(
    ("text", "error"), [("a: !!python/name:os.remove x", yaml.YAMLError), ("a: 2024-13-45", ValueError)]
)
def test_an_unsafe_tag_and_an_impossible_date_are_refused(text: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        construct(compose(text))
