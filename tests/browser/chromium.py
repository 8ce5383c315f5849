"""Headless Chromium as Debian builds it, with the driver of the same version; neither is ever downloaded."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.support.ui import WebDriverWait

PROGRAMS = ("chromium", "chromedriver")
TIMEOUT_S = 30
WIDE, NARROW = (1280, 900), (400, 800)
MAP_SIZE = (1000, 700)  # of most tests of the map, which is drawn in software
IN_SOFTWARE = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist")
WITHOUT_WEBGL = ("--disable-gpu", "--disable-3d-apis")
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",  # continuous integration is root
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
INSIDE = ("blob", "data", "about")
# what each page promises for the time when it is complete
COMPLETE = {
    "index.html": "Promise.all([window.eoPvCharts, window.eoPvFacts]).then(() => true)",
    "map.html": "window.eoPvMap.ready.then(() => true)",
}
IS_STILL = "eoPvMap.map().loaded() && !eoPvMap.map().isMoving()"
NO_CHROMIUM = "this machine has no Chromium with its driver: apt-get install chromium chromium-driver"


def missing_programs() -> list[str]:
    """The programs that are not installed."""
    return [name for name in PROGRAMS if not shutil.which(name)]


@contextmanager
def chromium(*arguments: str) -> Iterator[webdriver.Chrome]:
    """A browser, with logs of its console and its requests."""
    browser, driver = (shutil.which(name) for name in PROGRAMS)
    options = webdriver.ChromeOptions()
    options.binary_location = browser or ""
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    for argument in (*ARGUMENTS, *(arguments or IN_SOFTWARE)):
        options.add_argument(argument)
    os.environ.setdefault("SE_OFFLINE", "true")  # of selenium's manager, which both paths here leave nothing to do
    started = webdriver.Chrome(options, webdriver.ChromeService(driver))
    try:
        yield started
    finally:
        started.quit()


@dataclass(slots=True)
class Page:
    """A page that is open in the browser.

    Attributes:
        driver: the browser.
        base: address of the report's folder, with a slash at its end.
        pictures: where screenshots go.
    """

    driver: webdriver.Chrome
    base: str
    pictures: Path
    _events: list[dict[str, Any]] = field(default_factory=list)
    _messages: list[dict[str, Any]] = field(default_factory=list)

    def show(self, name: str) -> None:
        """Open a page afresh, say `map.html#5/47/10`, and wait until it is complete."""
        self.driver.get("about:blank")  # a change of the fragment alone would load nothing
        self.forget()
        self.driver.get(self.base + name)
        found = str(self.value("location.href"))
        assert self._is_below(found), f"{self.base}{name} is not there: {found}"
        self.wait(COMPLETE[name.partition("#")[0]])

    def run(self, script: str, *arguments: Any) -> Any:
        """The value of a script, which may be a promise's; its arguments are `arguments[0]` and so on."""
        return self.driver.execute_script(script, *arguments)

    def value(self, expression: str) -> Any:
        """The value of an expression."""
        return self.run(f"return ({expression});")

    def wait(self, expression: str, seconds: float = TIMEOUT_S) -> Any:
        """Wait until an expression is true; its value."""
        problem = f"still not so after {seconds} s: {expression}"
        return WebDriverWait(self.driver, seconds, poll_frequency=0.05).until(
            lambda _: self.value(expression), message=problem
        )

    def text(self, selector: str) -> str:
        """The text of the first element, as it is shown."""
        return " ".join(str(self.run("return document.querySelector(arguments[0]).innerText", selector)).split())

    def texts(self, selector: str) -> list[str]:
        """The text of all elements, whether shown or not."""
        script = "return [...document.querySelectorAll(arguments[0])].map(e => e.textContent.trim())"
        return [str(text) for text in self.run(script, selector)]

    def press(self, *keys: str) -> None:
        """Press keys, one after the other, where the focus is."""
        chain = ActionChains(self.driver)
        for key in keys:
            chain.send_keys(key)
        chain.perform()

    def click_at(self, x: float, y: float) -> None:
        """Click at a point of the window [px]."""
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            button = {"button": "left", "clickCount": 1} if kind != "mouseMoved" else {}
            self._command("Input.dispatchMouseEvent", type=kind, x=x, y=y, **button)

    def resize(self, size: tuple[int, int]) -> None:
        """Make the window as wide and high as that [px]."""
        width, height = size
        self._command(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
        )

    def emulate(self, media: str = "", **features: str) -> None:
        """Ask for a medium, say `print`, and for features: `prefers_color_scheme="dark"`."""
        wishes = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self._command("Emulation.setEmulatedMedia", media=media, features=wishes)

    def screenshot(self, name: str) -> Path:
        """Write what the window shows."""
        self.pictures.mkdir(parents=True, exist_ok=True)
        path = self.pictures / f"{name}.png"
        path.write_bytes(self.driver.get_screenshot_as_png())
        return path

    def forget(self) -> None:
        """Forget what was logged so far."""
        self._read_logs()
        self._events.clear()
        self._messages.clear()

    def errors(self) -> list[str]:
        """The errors on the console: of scripts, of missing files, of the Content-Security-Policy."""
        self._read_logs()
        return [message["message"] for message in self._messages if message["level"] == "SEVERE"]

    def requests(self) -> list[str]:
        """The addresses that were asked for."""
        self._read_logs()
        sent = [each["params"] for each in self._events if each["method"] == "Network.requestWillBeSent"]
        return [str(params["request"]["url"]) for params in sent]

    def requests_outside(self) -> list[str]:
        """The addresses that are neither below the folder nor inside the page."""
        addresses = self.requests()
        return [url for url in addresses if urlsplit(url).scheme not in INSIDE and not self._is_below(url)]

    def _is_below(self, url: str) -> bool:
        return unquote(url).startswith(unquote(self.base))

    def _read_logs(self) -> None:
        get_log: Callable[[str], list[dict[str, Any]]] = self.driver.get_log
        self._messages += get_log("browser")
        entries = get_log("performance")
        self._events += [json.loads(entry["message"])["message"] for entry in entries]

    def _command(self, name: str, **parameters: Any) -> None:
        self.driver.execute_cdp_cmd(name, parameters)
