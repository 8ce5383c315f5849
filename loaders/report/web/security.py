"""The Content-Security-Policy of every page of the report: nothing is requested from outside the folder.

`file:` stands next to `'self'` because a page from disk has no origin that `'self'` could name.
"""

from urllib.parse import urlsplit

NONE = "'none'"


def content_security_policy(tile_server: str | None = None) -> str:
    """The policy, for `<meta http-equiv="Content-Security-Policy">` as the first element of the head.

    Args:
        tile_server: address of a tile server in the settings; its host alone may be asked for tiles.
    """
    tiles = _tile_source(tile_server)
    return "; ".join(
        [
            f"default-src {NONE}",
            "script-src 'self' file:",
            "style-src 'self' file:",
            f"img-src 'self' file: data: blob:{tiles}",
            "worker-src blob:",
            f"connect-src {tiles.strip() or NONE}",
            "frame-src 'self' file:",
            f"base-uri {NONE}",
            f"form-action {NONE}",
        ]
    )


def header_policy(tile_server: str | None = None) -> str:
    """The policy that a web server sends with every file; a page of the report narrows it by its own.

    dbt's page evaluates its templates and has its scripts inside, so that no narrower one fits all files. Still, no
    file asks another server for anything, and no other site can show one in a frame.
    """
    tiles = _tile_source(tile_server)
    return "; ".join(
        [
            "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:",
            f"img-src 'self' data: blob:{tiles}",
            f"connect-src 'self'{tiles}",
            f"object-src {NONE}",
            "frame-ancestors 'self'",
            f"form-action {NONE}",
        ]
    )


def _tile_source(tile_server: str | None) -> str:
    return f" https://{_host(tile_server)}" if tile_server else ""


def _host(address: str) -> str:
    """The host of an address, with its port; subdomains `{a}` of a template become a wildcard."""
    host = urlsplit(address).netloc.rpartition("@")[2]
    return f"*.{host.partition('.')[2]}" if "{" in host else host
