"""Whether the tables may be used: the licences of the installations in one sentence."""

from loaders.report.page.figures import Figures
from loaders.report.page.formats import share

# from the strictest kind of licence to the most permissive one
SENTENCES = {
    "no_derivatives": "Do not share a merged table: {} of the installations have records that must not be adapted.",
    "non_commercial": "Not for commercial use as a whole: {} of the installations have records that forbid it.",
    "unknown": "Not cleared to be published as a whole: {} of the installations have records without a licence.",
    "share_alike": "Share what you make of it under the same licence: {} of the installations ask for that.",
    "permissive": "Use and share it, if you credit the publishers: {} of the installations ask no more.",
}


def licence_verdict(figures: Figures) -> list[str]:
    """A sentence for each kind of licence, the strictest first."""
    installations = figures.headline["installations"]
    counts = {row["licence_kind"]: row["installations"] for row in figures.licence_kinds}
    return [
        sentence.format(share(counts[kind] / installations)) for kind, sentence in SENTENCES.items() if kind in counts
    ]
