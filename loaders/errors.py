"""What can go wrong for a reason that the user can mend.

Each message names the dataset and the file, what was expected, what was found, and what to type next. The command
line prints it in one paragraph and exits with 1; any other exception is a bug of ours and keeps its traceback.
"""


class EoPvError(Exception):
    """Base of every error that carries its own remedy."""


class CatalogError(EoPvError):
    """`params.yaml` says something that cannot be meant."""


class SourceError(EoPvError):
    """A source cannot be reached, or this version cannot read its kind."""


class ChecksumMismatchError(EoPvError):
    """A file is not the one that the lock names."""


class ReadError(EoPvError):
    """A published file cannot be read as the settings say."""


class AccountingError(EoPvError):
    """Records are missing, or none is left."""


class BuildError(EoPvError):
    """The warehouse cannot be built."""
