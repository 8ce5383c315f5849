"""YAML by the C scanner and parser of PyYAML, ten times faster than those in Python."""

from typing import Any

import yaml
from yaml.composer import Composer


class Loader(Composer, yaml.CSafeLoader):
    """The safe loader, with libyaml's scanner and parser.

    The composer is the one in Python: libyaml's ends the process where a text is nested too deep.
    """

    def __init__(self, text: str) -> None:
        """Prepare to load a text."""
        yaml.CSafeLoader.__init__(self, text)
        Composer.__init__(self)


def compose(text: str) -> yaml.Node | None:
    """The tree of a YAML document; null of an empty one.

    What libyaml cannot read, and tabs, which it takes for spaces, are left to Python's parser: its errors say more.

    Raises:
        YAMLError: the text is not YAML.
        RecursionError: it is nested too deep.
    """
    if "\t" not in text:
        try:
            return yaml.compose(text, Loader)
        except (yaml.YAMLError, UnicodeError):
            pass
    return yaml.compose(text, yaml.SafeLoader)


def construct(tree: yaml.Node | None) -> Any:
    """The values of a tree.

    Raises:
        YAMLError: it has a tag that is not safe, or a branch contains itself.
        ValueError: a date or number does not exist.
    """
    return None if tree is None else yaml.SafeLoader("").construct_document(tree)
