import pytest

from loaders.settings.licences import disagreement, spdx, terms
from loaders.settings.merged_licences import consequences

AS_STATED = {
    "CC-BY-4.0": [
        "CC BY 4.0",  # figshare
        "cc-by-4.0",  # Zenodo
        "CC-BY-4.0",
        "  CC\u00a0BY\n4.0 ",
        "Creative Commons Attribution 4.0 International",  # DataCite
        "Creative Commons Attribution 4.0 International Public License",
        "Attribution 4.0 International (CC BY 4.0)",
        "https://creativecommons.org/licenses/by/4.0/legalcode",
        "http://creativecommons.org/licenses/by/4.0/legalcode.de",
        "https://creativecommons.org/licenses/by/4.0/deed.en",
        "creativecommons.org/licenses/by/4.0",
        "https://spdx.org/licenses/CC-BY-4.0.html",
    ],
    "CC-BY-3.0": ["CC BY 3.0", "Creative Commons Attribution 3.0 Unported"],
    "CC-BY-SA-4.0": ["CC BY-SA 4.0", "Creative Commons Attribution Share Alike 4.0 International"],
    "CC-BY-SA-3.0": ["cc-by-sa-3.0", "https://creativecommons.org/licenses/by-sa/3.0/"],
    "CC-BY-NC-4.0": [
        "Creative Commons Attribution Non Commercial (CC-BY-NC) 4.0",  # DataCite
        "http://creativecommons.org/licenses/by-nc/4.0/legalcode",
    ],
    "CC-BY-NC-3.0": ["CC BY-NC 3.0"],
    "CC-BY-NC-SA-4.0": ["Attribution-NonCommercial-ShareAlike 4.0 International", "cc-by-nc-sa-4.0"],
    "CC-BY-ND-4.0": ["CC BY-ND 4.0", "Creative Commons Attribution-NoDerivatives 4.0 International"],
    "CC-BY-ND-3.0": ["Creative Commons Attribution-NoDerivs 3.0 Unported"],
    "CC-BY-NC-ND-4.0": ["CC BY-NC-ND 4.0"],
    "CC0-1.0": [
        "CC0",
        "cc-zero",
        "CC0-1.0",
        "CC0 1.0 Universal",
        "CC0 1.0 Universal (CC0 1.0) Public Domain Dedication",
        "Creative Commons Zero v1.0 Universal",
        "https://creativecommons.org/publicdomain/zero/1.0/legalcode",
    ],
    "ODbL-1.0": [
        "ODbL",
        "odbl-1.0",
        "ODC-ODbL-1.0",
        "Open Data Commons Open Database License v1.0",
        "ODC Open Database License (ODbL)",
        "https://opendatacommons.org/licenses/odbl/1-0/",
    ],
    "ODC-By-1.0": [
        "ODC-By-1.0",
        "Open Data Commons Attribution License v1.0",
        "https://opendatacommons.org/licenses/by/1-0/",
    ],
    "PDDL-1.0": ["PDDL-1.0", "odc-pddl", "Open Data Commons Public Domain Dedication & License 1.0"],
    "CDLA-Permissive-2.0": [
        "cdla-permissive-2.0",
        "Community Data License Agreement Permissive 2.0",
        "https://cdla.dev/permissive-2-0/",
    ],
    "MIT": ["MIT", "The MIT License", "https://opensource.org/licenses/MIT"],
    "public-domain": [
        "public-domain",
        "U.S. Public Domain",
        "usgs public domain",
        "other-pd",  # Zenodo
        "https://creativecommons.org/publicdomain/mark/1.0/",
    ],
}
NO_LICENCE = {
    "nothing": None,
    "an empty text": " ",
    "that it can be read": "Open Access",
    "that it can be read, as an address": "info:eu-repo/semantics/openAccess",
    "no version, so that it may be any": "CC BY",
    "a version that is not known here": "CC BY 2.5",
    "a national version": "CC BY 3.0 DE",
    "a national version, as an address": "https://creativecommons.org/licenses/by/3.0/de/",
    "two licences": "CC BY + CC0",
    "two variants": "CC BY 4.0, CC BY-SA 4.0",
    "two versions": "CC BY 3.0 or 4.0",
    "a contradiction": "CC BY-SA-ND 4.0",
    "a denial": "not CC0",
    "a denial in another script": "не CC BY 4.0",
    "another CDLA": "CDLA-Sharing-1.0",
    "the older CDLA": "CDLA-Permissive-1.0",
    "a licence of programs": "GPL-3.0",
    "a word with a licence in it": "permit",
    "only a number": "4.0",
}


@pytest.mark.parametrize(
    ("stated", "expected"), [(stated, name) for name, texts in AS_STATED.items() for stated in (name, *texts)]
)
def test_a_licence_is_known_however_it_is_stated(stated: str, expected: str) -> None:
    assert spdx(stated) == expected


@pytest.mark.parametrize("stated", NO_LICENCE.values(), ids=NO_LICENCE.keys())
def test_what_is_not_clearly_one_licence_is_none(stated: str | None) -> None:
    assert spdx(stated) is None


@pytest.mark.parametrize(
    ("licence", "kind"),
    [
        ("CC0-1.0", "permissive"),
        ("CC BY 4.0", "permissive"),
        ("public-domain", "permissive"),
        ("ODbL", "share_alike"),
        ("CC BY-SA 4.0", "share_alike"),
        ("CC BY-NC-SA 4.0", "non_commercial"),
        ("CC BY-NC-ND 4.0", "no_derivatives"),
        ("Open Access", "unknown"),
        (None, "unknown"),
    ],
)
def test_the_strictest_condition_is_the_kind(licence: str | None, kind: str) -> None:
    assert terms(licence).kind == kind


@pytest.mark.parametrize("name", AS_STATED)
def test_terms_are_of_the_licence_that_was_meant(name: str) -> None:
    found = terms(name)
    assert found.name == name
    assert spdx(found.title) == name
    assert found.obligations
    assert (spdx(found.url) if found.url else "public-domain") == name


def test_each_condition_of_a_licence_is_a_sentence() -> None:
    found = terms("cc-by-nc-sa-4.0")
    assert found.title == "Creative Commons Attribution-NonCommercial-ShareAlike 4.0 International"
    assert found.url == "https://creativecommons.org/licenses/by-nc-sa/4.0/"
    assert found.obligations == (
        "Credit the authors, link to the licence and say what was changed.",
        "Do not use the data, or what is made of them, commercially.",
        "Share what is adapted from the data only under this licence, or one that it accepts in its place.",
    )


def test_a_waiver_asks_for_nothing() -> None:
    assert terms("cc-zero").obligations == ("It asks for nothing; citing the authors is good practice.",)


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_where_nobody_states_a_licence_the_authors_are_to_be_asked(nothing: str | None) -> None:
    found = terms(nothing)
    assert (found.name, found.obligations) == (
        "not stated",
        ("Nobody states a licence: ask the authors before passing the data on.",),
    )


def test_a_licence_that_is_not_known_keeps_its_own_words() -> None:
    found = terms("GPL-3.0")
    assert (found.name, found.obligations) == (
        "GPL-3.0",
        ("This licence is not known here: read it, or ask the authors, before passing the data on.",),
    )


@pytest.mark.parametrize(
    ("settings", "stated", "expected"),
    [
        ("ODbL-1.0", "CC0", "the settings say ODbL-1.0, the repository says CC0-1.0"),
        ("CC-BY-4.0", "CC BY-SA 4.0", "the settings say CC-BY-4.0, the repository says CC-BY-SA-4.0"),
        (None, "cc-by-4.0", "the settings state no licence, the repository says CC-BY-4.0; add it"),
        (
            "ODbL-1.0",
            "see\nreadme",
            "the settings say ODbL-1.0, the repository says “see readme”, which names no licence that is known here",
        ),
        (
            None,
            "Open Access",
            "the settings state no licence, the repository says “Open Access”, which names no licence that is known "
            "here; read it at the source",
        ),
        ("our own", "MIT", "the settings say “our own”, the repository says MIT"),
    ],
)
def test_settings_and_repository_disagree(settings: str | None, stated: str, expected: str) -> None:
    assert disagreement(settings, stated) == expected


@pytest.mark.parametrize(
    ("settings", "stated"),
    [
        ("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/legalcode"),
        ("CC-BY-4.0", None),
        ("CC-BY-4.0", " "),
        (None, None),
        ("GPL-3.0", " GPL-3.0 "),
    ],
)
def test_settings_and_repository_agree(settings: str | None, stated: str | None) -> None:
    assert disagreement(settings, stated) is None


def _follows(*licences: str | None) -> list[str]:
    """For datasets a, b, c with these licences."""
    return consequences({terms(licence): [name] for licence, name in zip(licences, "abc", strict=False)})


def test_permissive_parts_may_be_published_together() -> None:
    assert _follows("CC0", "CC BY 4.0", "MIT") == [
        "All parts have permissive licences: a merged table may be published, if what they ask for goes with it."
    ]


def test_share_alike_decides_the_licence_of_the_merged_table() -> None:
    assert _follows("CC BY 4.0", "ODbL") == [
        "Some parts are share-alike (b): publish a merged table under ODbL-1.0, with what the others ask for."
    ]


def test_the_newer_of_two_versions_of_one_licence_is_taken() -> None:
    assert "under CC-BY-SA-4.0," in _follows("CC BY-SA 4.0", "CC BY-SA 3.0")[0]


def test_the_strictest_consequence_comes_first_and_hides_no_other() -> None:
    assert _follows(None, "CC BY-NC 4.0", "CC BY-ND 4.0") == [
        "Some parts forbid adaptation (c): do not publish a table that they are merged into.",
        "Some parts forbid commercial use (b): a table that they are merged into is not for it either.",
        "Some parts have no known licence (a): do not publish a merged table until they are cleared.",
    ]


@pytest.mark.parametrize(
    ("licences", "which"),
    [
        (("ODbL", "CC BY-SA 4.0"), "CC-BY-SA-4.0 and ODbL-1.0"),
        (("ODbL", "CC BY-NC 4.0"), "CC-BY-NC-4.0 and ODbL-1.0"),
        (("CC BY-SA 4.0", "CC BY-NC-SA 4.0"), "CC-BY-NC-SA-4.0 and CC-BY-SA-4.0"),
    ],
)
def test_conditions_that_exclude_each_other_need_separate_tables(licences: tuple[str, ...], which: str) -> None:
    last = _follows(*licences)[-1]
    assert last.endswith(f"no one licence satisfies {which}: publish these parts as separate tables.")


def test_non_commercial_and_its_share_alike_go_together() -> None:
    assert _follows("CC BY-NC 4.0", "CC BY-NC-SA 4.0")[1:] == [
        "Some parts are share-alike (b): publish a merged table under CC-BY-NC-SA-4.0, with what the others ask for."
    ]
