"""Whether the tables may be used: the licences of the installations in one sentence."""

from loaders.report.page.figures import Figures
from loaders.report.page.formats import share

# from the strictest kind of licence to the most permissive one
SENTENCES = {
    "no_derivatives": "{share} of the installations come from records that must not be adapted: do not share a merged "
    "table of them.",
    "non_commercial": "Not for commercial use as a whole: {share} of the installations come from records that forbid it.",
    "unknown": "Not cleared to be published as a whole: {share} of the installations come from records without a stated "
    "licence.",
    "share_alike": "Share what you make of it under the same licence: {share} of the installations ask for that.",
    "permissive": "You may use and share it, if you credit the publishers: {share} of the installations ask no more.",
}


def licence_verdict(figures: Figures) -> list[str]:
    """A sentence for each kind of licence, the strictest first."""
    installations = figures.headline["installations"]
    counts = {row["licence_kind"]: row["installations"] for row in figures.licence_kinds}
    return [
        sentence.format(share=share(counts[kind] / installations)) for kind, sentence in SENTENCES.items() if kind in counts
    ]
