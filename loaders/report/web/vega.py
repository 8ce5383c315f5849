"""Vega and Vega-Lite, which vl-convert-python runs in V8, the JavaScript engine of Chromium."""

from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version
from typing import Any

from loaders.acquire.download_cache import user_cache
from loaders.core.answer_cache import AnswerCache
from loaders.core.memory import has_address_space_limit

# what the pages call of Vega; the interpreter replaces eval, which the Content-Security-Policy forbids. The addresses
# are names of modules inside of the wheel: it asks no server for them
SNIPPET = """
import {{View, parse}} from "https://cdn.jsdelivr.net/npm/vega@{vega}/+esm";
import {{expressionInterpreter}} from "https://cdn.jsdelivr.net/npm/vega-interpreter@2.0.0/+esm";
window.vega = {{View, parse, expressionInterpreter}};
"""
NO_CHARTS = (
    "The report page has tables in place of charts: `ulimit -v` limits the address space, of which the library that "
    "compiles charts reserves more than it uses. For charts, run `eo-pv report` where `ulimit -v` is unlimited."
)


def can_compile_charts() -> bool:
    """Whether V8 can start: under `ulimit -v`, it ends the process, whatever the limit."""
    return not has_address_space_limit()


def compiled_chart(specification: Mapping[str, Any]) -> dict[str, Any]:
    """A specification of Vega-Lite as one of Vega; empty where charts cannot be compiled."""
    if not can_compile_charts():
        return {}
    import vl_convert  # noqa: PLC0415 (85 MB, for three functions)

    vega: dict[str, Any] = vl_convert.vegalite_to_vega(dict(specification))
    return vega


def vega_bundle() -> str:
    """Vega's runtime as one script that defines `vega`; empty where charts cannot be compiled.

    It is cached: to bundle it takes a second, and each version of the library gives the same script.
    """
    if not can_compile_charts():
        return ""
    snippet = SNIPPET.format(vega=vega_version())
    cache = AnswerCache.of(user_cache().root / "vega", f"vl-convert {version('vl-convert-python')}\n{snippet}")
    if (cached := cache.answer("bundle")) is not None:
        return cached.decode("utf-8")
    import vl_convert  # noqa: PLC0415

    bundle = str(vl_convert.javascript_bundle(snippet))
    with suppress(OSError):  # without a cache it takes its second again
        cache.store_answer("bundle", bundle.encode("utf-8"))
    return bundle


def vega_version() -> str:
    """The version of Vega."""
    import vl_convert  # noqa: PLC0415

    return str(vl_convert.get_vega_version())
