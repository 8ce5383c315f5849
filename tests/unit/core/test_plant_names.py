"""Names of plants: what tells them apart, and how much alike they are."""

import pytest

from loaders.core.plant_names import NameParts, name_parts, similarity


@pytest.mark.parametrize(
    ("name", "words", "numbers"),
    [
        ("Topaz Solar Farm", "topaz", ()),
        ("Walton II Solar, LLC", "walton", ("2",)),
        ("Walton 2 Solar", "walton", ("2",)),
        ("SoINCPower5", "soincpower", ("5",)),
        ("SoINCPower 5", "soincpower", ("5",)),
        ("Summer Solar A2 LLC", "summer", ("2", "a")),
        ("Summer Solar C2", "summer", ("2", "c")),
        ("Park Farm", "park farm", ()),
        ("The Solar Farm", "solar farm", ()),
        ("Énergie Sœur (Résidence)", "sœur residence", ()),
        ("Manor Farm 5 MW", "manor", ()),
        ("Manor Farm (resubmission)", "manor", ()),
        ("White River Solar (CA)", "white river", ()),
        ("Phase Three, Bluebell", "bluebell", ("3",)),
        ("V Solar", "v", ()),
        ("IX", "ix", ()),
        ("007 Solar", "solar", ("7",)),
        ("L.L.C.", "llc", ()),
        ("青海太阳能 2", "青海太阳能", ("2",)),
        ("?!", "", ()),
    ],
)
def test_a_name_is_its_words_and_its_running_numbers(name: str, words: str, numbers: tuple[str, ...]) -> None:
    assert name_parts(name) == NameParts(words, numbers)


@pytest.mark.parametrize(
    ("a", "b", "least", "most"),
    [
        ("white river", "white river", 1, 1),
        ("river white", "white river", 1, 1),
        ("soinc power", "soincpower", 1, 1),
        ("bluebell", "blubell", 0.9, 0.99),
        ("bluebell", "manor", 0, 0.4),
        ("park farm", "park", 0.6, 0.89),
        ("manor", "manor lodge", 0.6, 0.89),
    ],
)
def test_names_are_alike_by_their_words_whatever_order_and_spaces(a: str, b: str, least: float, most: float) -> None:
    assert least <= similarity([a], [b])[0] <= most


def test_many_pairs_are_compared_pair_by_pair() -> None:
    assert similarity(["a", "abc"], ["a", "xyz"]).tolist() == [1.0, 0.0]
