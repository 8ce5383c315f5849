"""What can go wrong for a reason that the user can mend.

Each message names the dataset and the file, what was expected, what was found, and what to type next. The command
line prints it in one paragraph and exits with 1; any other exception is a bug of ours and keeps its traceback.
"""

import re
from collections.abc import Mapping

from loaders.core.redact import redact

OVERLONG_WORD = re.compile(r"(\S{500})\S{100,}")  # of an address, or of a name, that a stranger wrote


class EoPvError(Exception):
    """Base of every error that carries its own remedy. Its text holds no credential, wherever it is shown or kept."""

    def __init__(self, message: str) -> None:
        super().__init__(OVERLONG_WORD.sub(r"\1…", redact(message)))


class SettingsError(EoPvError):
    """`params.yaml` says something that cannot be meant."""


class SourceError(EoPvError):
    """A source cannot be reached, or this version cannot read its kind."""


class NoNetworkError(SourceError):
    """Nothing can be reached from this machine. It is the same for all datasets, and is said once."""


class ChecksumMismatchError(EoPvError):
    """A file is not the one that the lock names."""


class ReadError(EoPvError):
    """A published file cannot be read as the settings say."""


class AccountingError(EoPvError):
    """Records are missing, or none is left."""


class BuildError(EoPvError):
    """The warehouse cannot be built."""


class PipelineError(EoPvError):
    """Some datasets of a pipeline failed.

    Attributes:
        failed: what is wrong with each of them, by key.
        stored: the tables of the others, by key; they are stored.
    """

    def __init__(self, failed: Mapping[str, EoPvError], stored: Mapping[str, str]) -> None:
        self.failed, self.stored = dict(failed), dict(stored)
        others = "the rest is stored" if stored else "nothing is stored"
        lines = "\n".join(f"  {sentence}" for sentence in dict.fromkeys(map(str, failed.values())))
        super().__init__(f"{len(failed)} of {len(failed) + len(stored)} datasets failed; {others}:\n{lines}")
