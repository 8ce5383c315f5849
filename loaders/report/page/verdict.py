"""Whether the tables may be used: what the licences of the installations' records mean, in sentences."""

from loaders.report.page.figures import Figures
from loaders.report.page.formats import share
from loaders.settings.params import Settings
from loaders.settings.stated_licence import licence_terms

PERMISSIVE = "permissive"
# from the strictest kind of licence to the most permissive one
SENTENCES = {
    "no_derivatives": "Do not share a merged table: {} of the installations have records that must not be adapted.",
    "non_commercial": "Not for commercial use as a whole: {} of the installations have records that forbid it.",
    "unknown": "Not cleared to be published as a whole: {} of the installations have records without a licence.",
    "share_alike": "Share what you make of it under the same licence: {} of the installations have records asking it.",
    PERMISSIVE: "Use and share it, if you credit the publishers: {} of the installations ask no more.",
}


def licence_verdict(figures: Figures, settings: Settings) -> list[str]:
    """A sentence for each kind of licence, the strictest first.

    An installation whose records have licences of several kinds counts in each of them, but only those of permissive
    records alone are permissive.
    """
    counts = dict.fromkeys(SENTENCES, 0)
    for kinds, installations in _kinds(figures, settings):
        for kind in kinds if kinds == {PERMISSIVE} else kinds - {PERMISSIVE}:
            counts[kind] += installations
    total = figures.headline["installations"]
    return [SENTENCES[kind].format(share(count / total)) for kind, count in counts.items() if count]


def _kinds(figures: Figures, settings: Settings) -> list[tuple[set[str], int]]:
    """The kinds of licences that installations have together, and how many have these."""
    kind_of = {
        name: str(terms.kind)
        for dataset in settings.datasets.values()
        for name, terms in licence_terms(dataset.licence).items()
    }
    return [
        ({kind_of.get(name, "unknown") for name in row["licences"]}, row["installations"]) for row in figures.licences
    ]
