"""Errors that the user can fix.

Each message names the dataset and the file, what was expected, what was found, and what to type next. The command
line prints it in one paragraph and exits with 1; any other exception is a bug of ours and keeps its traceback.
"""

import re
from collections.abc import Mapping

from loaders.core.redact import redact
from loaders.core.settings_file import with_settings_file

OVERLONG_WORD = re.compile(r"(\S{500})\S{100,}")  # in an address or a name


class EoPvError(Exception):
    """Base of every error that carries its own remedy. Its text is redacted, wherever it is shown or kept."""

    def __init__(self, message: str) -> None:
        super().__init__(OVERLONG_WORD.sub(r"\1…", with_settings_file(redact(message))))


class SettingsError(EoPvError):
    """`params.yaml` holds an invalid setting."""


class SourceError(EoPvError):
    """A source cannot be reached, or is of a kind that this version cannot read."""


class NoNetworkError(SourceError):
    """This machine has no network. The error is the same for all datasets, and is reported once."""


class ChecksumMismatchError(EoPvError):
    """A file differs from the one in the lock."""


class ReadError(EoPvError):
    """A published file cannot be read with these settings."""


class AccountingError(EoPvError):
    """Records are missing, or no record is left."""


class BuildError(EoPvError):
    """The warehouse cannot be built."""


class SelectionError(EoPvError):
    """A table, column, place or condition that is asked for is not there, or cannot be written in that format."""


class ServerError(EoPvError):
    """A local web server cannot start."""


class PipelineError(EoPvError):
    """Some datasets of a pipeline failed.

    Attributes:
        errors: the error of each, by key.
        tables: the tables of the others, by key.
    """

    def __init__(self, errors: Mapping[str, EoPvError], tables: Mapping[str, str]) -> None:
        self.errors, self.tables = dict(errors), dict(tables)
        others = "the rest is stored" if tables else "nothing is stored"
        lines = "\n".join(f"  {sentence}" for sentence in dict.fromkeys(map(str, errors.values())))
        super().__init__(f"{len(errors)} of {len(errors) + len(tables)} datasets failed; {others}:\n{lines}")
