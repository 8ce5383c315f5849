"""Data files of the pages, as scripts: a page that is opened from disk can fetch nothing, but it may load scripts.

The file NAME is `NAME.js` with the one line `eoPvFile("NAME","<base64 of gzip>");`. `files.js` reads it: from disk and
from a web server alike.
"""

import base64
import json
from pathlib import Path
from typing import Any

import pyarrow as pa

from loaders.core.escape import encodable
from loaders.core.files import write_text

GZIP_LEVEL = 6  # of JSON, 9 leaves 8 % less and takes 2.4 times as long


def write_script_file(folder: Path, name: str, content: bytes) -> Path:
    """Write a data file as a script.

    Args:
        folder: the folder that names are relative to.
        name: path below the folder with `/`, without the ending `.js`.
        content: any bytes.

    Returns:
        The file.
    """
    codec = pa.Codec("gzip", compression_level=GZIP_LEVEL)  # its zlib is in the wheel: the same bytes on every system
    encoded = base64.b64encode(codec.compress(content, asbytes=True)).decode("ascii")  # a codec serves one thread only
    path = folder / f"{name}.js"
    write_text(f"eoPvFile({json.dumps(name)},{json.dumps(encoded)});\n", path)
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
