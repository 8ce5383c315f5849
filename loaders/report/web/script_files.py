"""Data files of the pages, as scripts: a page that is opened from disk can fetch nothing, but it may load scripts.

The file NAME is `NAME.js` with the one line `eoPvFile("NAME","<base64 of gzip>");`. `files.js` reads it: from disk and
from a web server alike.
"""

import base64
import json
from pathlib import Path
from typing import Any

import deflate
import pyarrow as pa

from loaders.core.escape import encodable
from loaders.core.files import replaced_file

GZIP_LEVEL = 5  # of libdeflate: as small as zlib's 6 in a third of its time


def write_script_file(folder: Path, name: str, content: bytes) -> Path:
    """Write a data file as a script.

    Args:
        folder: the folder that names are relative to.
        name: path below the folder with `/`, without the ending `.js`.
        content: any bytes.

    Returns:
        The file.
    """
    path = folder / f"{name}.js"
    encoded = base64.b64encode(deflate.gzip_compress(content, GZIP_LEVEL))
    with replaced_file(path) as partial:
        partial.write_bytes(b'eoPvFile(%s,"%s");\n' % (json.dumps(name).encode("ascii"), encoded))
    return path


def read_script_file(path: Path) -> bytes:
    """The content of a data file, for tests and checks."""
    _, _, arguments = path.read_text(encoding="utf-8").partition("(")
    encoded = json.loads(f"[{arguments.strip().removesuffix(');')}]")[1]
    content: bytes = pa.input_stream(pa.BufferReader(base64.b64decode(encoded)), compression="gzip").read()
    return content


def as_json_bytes(value: Any) -> bytes:
    """JSON without spaces in UTF-8; objects keep the order of their keys.

    Raises:
        ValueError: a number is NaN or infinite, which JSON cannot hold.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return encodable(text).encode("utf-8")
