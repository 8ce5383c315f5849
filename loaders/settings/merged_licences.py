"""Consequences of several licences for a table that is merged from all parts."""

from collections.abc import Mapping, Sequence

from loaders.settings.licences import Kind, Terms

# the consequences for a table merged from all parts
_MERGED: dict[Kind, str] = {
    "no_derivatives": "Some parts forbid adaptation ({}): do not publish a table that they are merged into.",
    "non_commercial": "Some parts forbid commercial use ({}): a table that they are merged into is not for it either.",
    "unknown": "Some parts have no known licence ({}): do not publish a merged table until they are cleared.",
}
_ALL_PERMISSIVE = (
    "All parts have permissive licences: a merged table may be published, if what they ask for goes with it."
)


def consequences(parts: Mapping[Terms, Sequence[str]]) -> list[str]:
    """The consequences for a table merged from all parts: a sentence for each kind, the strictest first.

    Args:
        parts: the datasets under each licence, as they are to be named.
    """
    names_by_kind = {kind: [name for each in parts if each.kind == kind for name in parts[each]] for kind in _MERGED}
    sentences = [text.format(", ".join(names_by_kind[kind])) for kind, text in _MERGED.items() if names_by_kind[kind]]
    return [*sentences, *_share_alike_sentences(parts)] or [_ALL_PERMISSIVE]


def _share_alike_sentences(parts: Mapping[Terms, Sequence[str]]) -> list[str]:
    """The licence that share-alike parts require of a merged table; no single one may satisfy them all."""
    share_alike = sorted((each for each in parts if each.is_share_alike), key=lambda each: each.name)
    if not share_alike:
        return []
    subject = f"Some parts are share-alike ({', '.join(name for each in share_alike for name in parts[each])})"
    non_commercial = {each for each in parts if "-NC-" in each.name}
    if len({each.family for each in share_alike}) == 1 and (not non_commercial or set(share_alike) <= non_commercial):
        return [f"{subject}: publish a merged table under {share_alike[-1].name}, with what the others ask for."]
    names = sorted({each.name for each in (*share_alike, *non_commercial)})
    return [f"{subject}, and no one licence satisfies {' and '.join(names)}: publish these parts as separate tables."]
