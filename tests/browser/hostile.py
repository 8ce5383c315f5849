"""A built project in which every text of a publisher is hostile: what a stranger writes must stay text."""

import dataclasses
from pathlib import Path

from loaders.acquire.lock import Record, read_lock, write_lock
from loaders.core.paths import ProjectPaths
from loaders.db.connection import connect
from loaders.warehouse.curated_files import export_curated

ATTACK = "window.PWNED=1"
LONG = "An overlong name " * 600  # 10 kB
TEXTS = (
    f"</script><script>{ATTACK}</script>",
    f'<img src=x onerror="{ATTACK}">',
    f"\"><svg onload='{ATTACK}'>",
    f"javascript:{ATTACK}",
    "{{constructor.constructor('window.PWNED=1')()}}",
    "{{ env_var('SECRET') }} {% raw %} ${7*7} `",
    "\u202eright to left\u202c \u2066and\u2069",
    "nul\x00 bell\x07 line\nbreak\ttab \u2028 \x1b[2J",
    LONG,
    "',\"\\ &amp; &lt; <!-- ]]> --> =cmd|' /C calc'!A0",
    "太陽 Größe 🌞 é \ufeff \ud7ff \ufffd",
    "__proto__",
    "constructor",
    "",
    "   ",
)
ADDRESSES = (
    f"javascript:{ATTACK}",
    f"data:text/html,<script>{ATTACK}</script>",
    f'https://a.org/"onmouseover="{ATTACK}',
)
NUMBERED = (
    "CREATE OR REPLACE TEMP TABLE numbered AS SELECT {key} AS key, row_number() OVER (ORDER BY {key}) AS n FROM {table}"
)
UPDATE = """
    UPDATE {table} SET {column} = $texts[(numbered.n + {step}) % len($texts) + 1]
    FROM numbered WHERE {key} = numbered.key AND numbered.n % {every} = 0
"""
UPDATES = {
    "curated_pv_installations": ("installation_id", ("name", "operator", "region")),
    "curated_pv_records": (
        "record_id",
        ("name", "operator", "source_id", "source_file", "source_attributes", "region"),
    ),
}


def make_hostile(paths: ProjectPaths) -> None:
    """Replace what publishers wrote, in the tables and in the locks."""
    _replace_in_tables(paths.database)
    with connect(paths.database, read_only=True) as connection:
        export_curated(connection, paths.curated)
    for number, path in enumerate(sorted((paths.home / "locks").glob("*_20??.json"))):
        _replace_in_lock(path, number)


def _replace_in_tables(database: Path) -> None:
    with connect(database) as connection:
        for table, (key, columns) in UPDATES.items():
            names = {"table": f"curated.{table}", "key": key}
            connection.execute(NUMBERED.format(**names))
            for step, column in enumerate(columns):
                connection.execute(UPDATE.format(**names, column=column, step=step, every=1), {"texts": TEXTS})
        connection.execute(UPDATE.format(**names, column="doi", step=0, every=2), {"texts": ADDRESSES})
        connection.execute("UPDATE curated.curated_pv_pairs SET reason = reason || $text", {"text": TEXTS[1]})


def _replace_in_lock(path: Path, number: int) -> None:
    lock = read_lock(path)
    text, address = TEXTS[number % len(TEXTS)], ADDRESSES[number % len(ADDRESSES)]
    record = Record("zenodo", "1", address, text, (text, TEXTS[0]), 2020, text, text, address)
    write_lock(dataclasses.replace(lock, record=record), path)
