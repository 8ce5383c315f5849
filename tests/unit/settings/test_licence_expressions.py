"""Names and expressions of SPDX in settings: known, normalised, and refused with the nearest name."""

import pytest

from loaders.settings.licence_expressions import alternatives
from loaders.settings.licences import terms
from loaders.settings.stated_licence import name_problem


@pytest.mark.parametrize(
    ("stated", "name", "kind"),
    [
        ("cc-by-4.0 AND odbl-1.0", "CC-BY-4.0 AND ODbL-1.0", "share_alike"),
        ("CC0-1.0 AND public-domain", "CC0-1.0 AND public-domain", "permissive"),
        ("CC-BY-NC-4.0 OR MIT", "CC-BY-NC-4.0 OR MIT", "permissive"),
        ("MIT AND (CC-BY-NC-4.0 OR ODbL-1.0)", "CC-BY-NC-4.0 AND MIT OR MIT AND ODbL-1.0", "share_alike"),
        ("CC-BY-4.0 AND OGL-UK-3.0", "CC-BY-4.0 AND OGL-UK-3.0", "unknown"),
        ("ogl-uk-3.0", "OGL-UK-3.0", "unknown"),
        ("LicenseRef-ministry", "LicenseRef-ministry", "unknown"),
    ],
)
def test_all_licences_of_an_expression_apply_and_of_a_choice_the_most_permissive(
    stated: str, name: str, kind: str
) -> None:
    found = terms(stated)
    assert (found.name, found.kind) == (name, kind)


def test_an_expression_asks_for_what_all_its_licences_ask_for_and_for_each_thing_once() -> None:
    found = terms("CC-BY-4.0 AND CC-BY-SA-4.0")
    assert found.obligations == (*terms("CC-BY-4.0").obligations, terms("CC-BY-SA-4.0").obligations[1])
    assert found.title == "Read as CC-BY-4.0 and CC-BY-SA-4.0"
    assert (found.is_share_alike, terms("ODbL-1.0 OR MIT").is_share_alike) == (True, False)


@pytest.mark.parametrize(
    ("stated", "problem"),
    [
        ("CC-BY-4", "'CC-BY-4' is no licence that SPDX lists (https://spdx.org/licenses). Did you mean CC-BY-4.0?"),
        ("ODbL-1.1", "'ODbL-1.1' is no licence that SPDX lists (https://spdx.org/licenses). Did you mean ODbL-1.0?"),
        ("MIT AND CC-BT-4.0", "'CC-BT-4.0' is no licence that SPDX lists"),
        ("zzzzzz", "'zzzzzz' is no licence that SPDX lists (https://spdx.org/licenses). Write `unknown` if none is "),
        ("(MIT AND", "'(MIT AND' is no licence expression; write names with AND, OR or WITH between them"),
    ],
)
def test_a_name_that_spdx_does_not_list_is_refused_with_the_nearest_one(stated: str, problem: str) -> None:
    assert name_problem(stated).startswith(problem)


@pytest.mark.parametrize(
    "stated",
    [
        *("CC-BY-4.0", "CC BY 4.0", "cc-zero", "public-domain", "unknown", "not stated", "OGL-UK-3.0", "GPL-3.0"),
        *("GPL-3.0-only WITH Classpath-exception-2.0", "LicenseRef-ours", "MIT AND LicenseRef-ours"),
        *("ask the ministry", "https://creativecommons.org/licenses/by/4.0/legalcode", "许可"),
    ],
)
def test_names_expressions_and_statements_in_words_are_accepted(stated: str) -> None:
    assert name_problem(stated) == ""


@pytest.mark.parametrize(
    "text",
    ["", "(", ") OR (", "AND", "MIT MIT AND", "a" * 201, " AND ".join(["(A OR B)"] * 12), "https://a.org", "{{ x }}"],
)
def test_what_is_no_expression_has_no_alternatives(text: str) -> None:
    assert alternatives(text) == []
