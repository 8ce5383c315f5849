"""Magic bytes of known formats, and a description of how a file begins, for messages."""

import codecs
import re

UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
EXCERPT_LENGTH = 40  # characters
JSON_PREFIX = "\ufeff\x1e \t\r\n"  # characters before JSON; the second one separates the features of a GeoJSON sequence
XML_PROLOG = re.compile(
    r"(?:\s|<\?.*?\?>|<!--.*?-->)*", re.DOTALL
)  # declaration, white space and comments before the root element
ARCHIVE_MAGIC = {  # by ending; tars have no common magic bytes
    ".zip": b"PK",
    ".7z": b"7z\xbc\xaf\x27\x1c",
    **dict.fromkeys((".tar.gz", ".tgz"), b"\x1f\x8b"),
    **dict.fromkeys((".tar.bz2", ".tbz2"), b"BZh"),
    **dict.fromkeys((".tar.xz", ".txz"), b"\xfd7zXZ\x00"),
}
MAGIC_NAMES = {
    b"SQLite format 3\x00": "an SQLite database",
    b"PK\x03\x04": "a zip archive",
    b"\x1f\x8b": "compressed with gzip",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"BZh": "compressed with bzip2",
    b"\xfd7zXZ\x00": "compressed with xz",
    b"PAR1": "Parquet",
    b"fgb": "FlatGeobuf",
    b"\x00\x00\x27\x0a": "a shapefile",
    b"%PDF": "a PDF",
}


def describe_start(head: bytes) -> str:
    """How a file begins, for a message: the name of a known format, else its first characters."""
    if format_name := next((name for magic, name in MAGIC_NAMES.items() if head.startswith(magic)), ""):
        return f"it is {format_name}"
    text = decode(head).lstrip(JSON_PREFIX)
    declaration = XML_PROLOG.match(text)  # without information about the format
    text = text[declaration.end() :] if declaration else text
    excerpt = (
        text[: text.find(">") + 1]
        if text.startswith("<") and 0 < text.find(">") < EXCERPT_LENGTH
        else text[:EXCERPT_LENGTH]
    )
    return f"it begins with {excerpt!r}" if excerpt else "it is blank"


def decode(head: bytes) -> str:
    """The text of the first bytes, in any encoding."""
    return head.decode("utf-16" if head.startswith(UTF_16_MARKS) else "utf-8", "replace")
