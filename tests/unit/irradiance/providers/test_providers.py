"""Irradiance of providers: each cell once, refusals counted, keys shown to nobody; and by physics."""

import gzip
import json
import logging
import os
import shutil
import subprocess
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from loaders.core.errors import SourceError
from loaders.core.progress import with_progress
from loaders.geo.record_cells import CELLS
from loaders.http.client import HttpClient
from loaders.http.rate_limit import RateLimit
from loaders.irradiance.contract import SCHEMA
from loaders.irradiance.provider import Provider, ProviderContext, ProviderResult
from loaders.irradiance.providers import clearsky, google_solar, nsrdb, pvgis
from loaders.irradiance.pv_model import CellCentre, UnreadableError, irradiance_rows
from loaders.settings.download import Download
from loaders.settings.irradiance import Irradiance, Pvgis
from tests.publishers import Fault, Publishers
from tests.publishers.answers import Answer, Asked
from tests.publishers.irradiance import GOOGLE, NOWHERE, NSRDB, PVGIS, SEA, Sun, as_json, refusal

ROOT = Path(__file__).resolve().parents[4]
REAL = Path(os.environ.get("EO_PV_REAL_FILES", ROOT.parent / "shared" / "data")) / "api"
KEY, EMAIL = "a-key-of-this-test", "somebody+eo-pv@example.org"
ENVIRONMENT = {"NSRDB_API_KEY": KEY, "NSRDB_EMAIL": EMAIL, "GOOGLE_SOLAR_API_KEY": KEY}
PLACES = ((10.0, 50.0), (10.5, -33.0), (11.0, 20.0))  # lon, lat [°]
HEADERS = ("X-Api-Key", "X-Goog-Api-Key")
Ask = Callable[..., list[ProviderResult]]
SETTINGS: dict[Provider, dict[str, Any]] = {
    pvgis: {"provider": "pvgis"},
    nsrdb: {"provider": "nsrdb"},
    google_solar: {"provider": "google_solar", "h3_resolution": 13, "google_solar": {"billable_requests": 3}},
}
HOSTS: dict[Provider, str] = {pvgis: PVGIS, nsrdb: NSRDB, google_solar: GOOGLE}
each_provider = pytest.mark.parametrize("provider", SETTINGS, ids=lambda module: str(module.NAME))
# of what is one code for all: the providers whose answers are the smallest
two_providers = pytest.mark.parametrize("provider", [nsrdb, google_solar], ids=lambda module: str(module.NAME))


@pytest.fixture
def sun() -> Sun:
    return Sun()


@pytest.fixture
def web(tmp_path: Path, sun: Sun, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publishers]:
    """The three services, and nothing else of the world."""
    (tmp_path / "web").mkdir()
    with Publishers(tmp_path / "web") as world:
        world.join(sun)
        for name, value in world.environment().items():
            monkeypatch.setenv(name, value)
        yield world


@pytest.fixture
def ask(tmp_path: Path, web: Publishers) -> Ask:
    """Ask a provider for cells; what it says is kept below tmp_path."""

    def asked(provider: Provider, *places: tuple[float, float], **more: Any) -> list[ProviderResult]:
        settings = Irradiance(**SETTINGS[provider] | more.pop("settings", {}))
        once = more.pop("at_once", 2)
        download = Download(timeout_s=5, backoff_s=0.01, attempts=2, longest_wait_s=1, connections_per_host=once)
        given = {"environment": ENVIRONMENT, "watched": with_progress, "confirms": lambda _: False, **more}
        context = ProviderContext(HttpClient(download), tmp_path / "kept", **given)
        return list(provider.irradiance_of(cells(*(places or PLACES)), settings, context))

    return asked


def cells(*places: tuple[float, float]) -> pa.Table:
    lon, lat = zip(*places, strict=True)
    return pa.table([[f"cell{number}" for number in range(len(places))], list(lon), list(lat)], schema=CELLS)


def chain(error: BaseException | None) -> str:
    """All that an exception can tell, also what it does not show."""
    if error is None:
        return ""
    return f"{error!s} {error!r} {error.args!r} {chain(error.__cause__)} {chain(error.__context__)}"


def year(found: ProviderResult) -> dict[str, Any]:
    (row,) = (row for row in found.rows.to_pylist() if row["month"] is None)
    return dict(row)


@each_provider
def test_every_cell_has_its_rows_in_the_order_of_the_cells(ask: Ask, provider: Provider) -> None:
    found = ask(provider)
    assert [each.rows["h3_cell"][0].as_py() for each in found] == ["cell0", "cell1", "cell2"]
    for each in found:
        months = each.rows["month"].to_pylist()
        assert months == ([None] if provider is google_solar else [None, *range(1, 13)])
        assert each.rows.schema == SCHEMA
        row = year(each)
        assert (row["provider"], row["is_upper_bound"], row["losses"]) == (provider.NAME, False, 0.14)
        assert 0.08 < row["specific_yield_kwh_per_kwp"] / 8760 < 0.30


@two_providers
def test_what_is_kept_is_not_asked_for_again_and_a_new_cell_asks_for_itself(
    ask: Ask, web: Publishers, provider: Provider
) -> None:
    before = [each.rows for each in ask(provider)]
    assert len(web.asked(HOSTS[provider])) == 3
    assert [each.rows for each in ask(provider)] == before
    assert len(web.asked(HOSTS[provider])) == 3
    ask(provider, *PLACES, (12.0, 10.0))
    assert len(web.asked(HOSTS[provider])) == 4


@each_provider
def test_a_place_without_data_is_a_reason_that_is_the_same_for_all_and_is_kept(
    ask: Ask, web: Publishers, sun: Sun, provider: Provider
) -> None:
    sun.at_sea = 10.4
    reasons: dict[Provider, str] = {pvgis: SEA, nsrdb: NOWHERE, google_solar: "no building within about 50 m"}
    for _ in range(2):
        first, *others = ask(provider)
        assert (len(first.rows) > 0, first.refused) == (True, {})
        assert [each.refused for each in others] == [{f"cell{n}": reasons[provider]} for n in (1, 2)]
        assert [len(each.rows) for each in others] == [0, 0]
    assert len(web.asked(HOSTS[provider])) == 3


@two_providers
def test_a_run_that_was_stopped_goes_on_where_it_was(ask: Ask, web: Publishers, provider: Provider) -> None:
    def stopped(things: Iterable[Any], what: str, total: int) -> Iterator[Any]:
        yield next(iter(things))
        raise KeyboardInterrupt

    many = [(10 + number, 40.0) for number in range(8)]
    agreed = {"confirms": lambda _: True}
    with pytest.raises(KeyboardInterrupt):
        ask(provider, *many, watched=stopped, **agreed)
    asked = len(web.asked(HOSTS[provider]))
    assert 1 <= asked < 8
    assert len(ask(provider, *many, **agreed)) == 8
    assert len(web.asked(HOSTS[provider])) == 8


@two_providers
def test_a_damaged_answer_is_asked_for_again(ask: Ask, web: Publishers, tmp_path: Path, provider: Provider) -> None:
    before = [each.rows for each in ask(provider)]
    (kept,) = (tmp_path / "kept").rglob("cell1.gz")
    whole, agreed = kept.read_bytes(), {"confirms": lambda _: True}
    flipped = whole[:30] + bytes([whole[30] ^ 255]) + whole[31:]
    for body in (b"", whole[:50], gzip.compress(b"{"), flipped):
        kept.write_bytes(body)
        assert [each.rows for each in ask(provider, **agreed)] == before
    assert len(web.asked(HOSTS[provider])) == 3 + 4


def test_a_damaged_refusal_is_asked_for_again(ask: Ask, web: Publishers, sun: Sun, tmp_path: Path) -> None:
    sun.at_sea = 0
    ask(pvgis)
    (kept,) = (tmp_path / "kept").rglob("cell1.refused")
    for body in (b"", b"\xff\xfe"):
        kept.write_bytes(body)
        assert ask(pvgis)[1].refused == {"cell1": SEA}
    assert len(web.asked(PVGIS)) == 3 + 2


@each_provider
@pytest.mark.parametrize("body", ["{}", "<html>sorry</html>", "[" * 100_000])
def test_an_answer_that_cannot_be_understood_names_the_place_and_is_not_kept(
    ask: Ask, sun: Sun, tmp_path: Path, provider: Provider, body: str
) -> None:
    sun.refusals = [refusal(200, body)]
    with pytest.raises(SourceError, match=rf"{provider.NAME}: what it says of 50\.0° N, 10\.0° E \(cell cell0\)"):
        ask(provider, PLACES[0])
    assert not list((tmp_path / "kept").rglob("cell0*"))


@each_provider
def test_words_that_are_not_about_the_place_are_an_error(ask: Ask, sun: Sun, provider: Provider) -> None:
    sun.refusals = [refusal(400, "raddatabase: incorrect value")]
    with pytest.raises(SourceError, match="answered 400 Bad Request: raddatabase: incorrect value"):
        ask(provider, PLACES[0])


@pytest.mark.parametrize(
    ("provider", "answer"),
    [
        (nsrdb, as_json({"errors": ["This API has been permanently taken out of service."]}, 404)),
        (nsrdb, as_json({"errors": ["Data processing failure."]}, 400)),
        (nsrdb, as_json({"errors": ["names: tmy-2099 is not available"]}, 400)),
        (pvgis, as_json({"message": "startyear: out of range [2005, 2023]", "status": 400}, 400)),
        (google_solar, refusal(404, "<html>Error 404 (Not Found)!!</html>")),
        (google_solar, as_json({"error": {"status": "INVALID_ARGUMENT", "message": "Quality not found"}}, 400)),
    ],
)
def test_a_refusal_that_may_be_about_something_else_is_an_error(
    ask: Ask, sun: Sun, tmp_path: Path, provider: Provider, answer: Answer
) -> None:
    sun.refusals = [answer]
    with pytest.raises(SourceError, match=f"answered {answer.status}"):
        ask(provider, PLACES[0])
    assert not list((tmp_path / "kept").rglob("*.refused"))


@pytest.mark.parametrize(("provider", "status"), [(pvgis, 529), (nsrdb, 202), (google_solar, 202)])
def test_a_server_that_is_busy_once_is_asked_again(ask: Ask, web: Publishers, provider: Provider, status: int) -> None:
    web.fault(HOSTS[provider], "/", Fault.status(status))
    assert len(ask(provider, PLACES[0])[0].rows) > 0
    assert len(web.asked(HOSTS[provider])) == 2


@each_provider
def test_an_error_of_100_000_brackets_is_one_paragraph(ask: Ask, sun: Sun, provider: Provider) -> None:
    sun.refusals = [refusal(400, "[" * 100_000)]
    with pytest.raises(SourceError, match=r"answered 400 Bad Request: \["):
        ask(provider, PLACES[0])


def test_a_server_that_begins_to_fail_is_no_fault_of_the_places(ask: Ask, sun: Sun, web: Publishers) -> None:
    web.fault(PVGIS, "/", Fault.status(500, times=None, skip=3))
    with pytest.raises(SourceError, match=r"\(500\), for 6 cells one after another\. .* is kept"):
        ask(pvgis, *[(10.0 + number, 40.0) for number in range(20)], at_once=1)
    assert len(web.asked(PVGIS)) == 3 + 2 * 6  # two attempts each


@each_provider
def test_a_server_that_fails_for_one_place_is_a_reason_and_for_all_an_error(
    ask: Ask, web: Publishers, sun: Sun, tmp_path: Path, provider: Provider
) -> None:
    sun.refusals = [refusal(500, "")] * 2  # as often as it is asked
    found = [each.refused for each in ask(provider, at_once=1)]
    assert sorted(reason for each in found for reason in each.values()) == ["its server fails there (500)"]
    assert not list((tmp_path / "kept").rglob("*.refused"))  # it may be well tomorrow
    sun.refusals = [refusal(500, "")] * 20
    with pytest.raises(SourceError, match=r"its server fails there \(500\), for 1 cells one after"):
        ask(provider, (60.0, 10.0))


def test_without_a_key_the_error_says_where_to_get_one(ask: Ask, web: Publishers) -> None:
    for environment in ({}, {"NSRDB_API_KEY": KEY}, {"NSRDB_API_KEY": KEY, "NSRDB_EMAIL": ""}):
        with pytest.raises(SourceError, match=r"NSRDB_EMAIL must be in .* https://developer\.nlr\.gov/signup/"):
            ask(nsrdb, environment=environment)
    with pytest.raises(SourceError, match=r"GOOGLE_SOLAR_API_KEY must be in .* https://developers\.google\.com"):
        ask(google_solar, environment={})
    assert web.requests == []


@two_providers
def test_a_wrong_key_is_an_error_and_no_refusal_of_the_place(
    ask: Ask, web: Publishers, sun: Sun, provider: Provider
) -> None:
    sun.keys = set()
    with pytest.raises(SourceError, match=r"does not take .*_KEY") as failed:
        ask(provider)
    assert KEY not in str(failed.value)
    assert len(web.asked(HOSTS[provider])) == 1  # there is no point in trying others


@pytest.mark.parametrize("key", ["two words of a key", "a-line\nand-another", "ключ-которого-нет", "abc"])
def test_a_key_that_cannot_be_one_is_an_error_that_does_not_show_it(ask: Ask, web: Publishers, key: str) -> None:
    for provider, name in ((nsrdb, "NSRDB_API_KEY"), (google_solar, "GOOGLE_SOLAR_API_KEY")):
        with pytest.raises(SourceError, match=f"{name} in the environment is not what") as failed:
            ask(provider, environment=ENVIRONMENT | {name: key})
        assert key not in chain(failed.value)
    assert web.requests == []


def test_google_is_asked_only_as_often_as_somebody_agrees_to(ask: Ask, web: Publishers, tmp_path: Path) -> None:
    none = {"settings": {"google_solar": {"billable_requests": 0}}}
    with pytest.raises(SourceError, match=r"asked 3 times, .*Nothing was asked\..*billable_requests: 3\}"):
        ask(google_solar, **none)
    assert web.requests == []
    told: list[int] = []

    def agreed(count: int) -> bool:
        told.append(count)
        return True

    ask(google_solar, PLACES[0], confirms=agreed, **none)
    with pytest.raises(SourceError, match=r"asked 2 times, .*1 answers are kept"):
        ask(google_solar, **none)
    assert (told, len(web.asked(GOOGLE))) == ([1], 1)
    (kept,) = (tmp_path / "kept").rglob("cell0.gz")
    for path in (kept, kept.parent, kept.parent.parent):
        assert path.stat().st_mode & 0o077 == 0
    for damaged in (b"no gzip", gzip.compress(b"{}")):  # each would be paid for again
        kept.write_bytes(damaged)
        with pytest.raises(SourceError, match=r"asked 1 times, .*0 answers are kept"):
            ask(google_solar, PLACES[0], **none)
    assert len(web.asked(GOOGLE)) == 1


def test_a_building_far_away_is_none(ask: Ask, sun: Sun) -> None:
    sun.building_north_deg = 0.00085  # 94.5 m
    assert ask(google_solar, PLACES[0])[0].refused == {}
    sun.building_north_deg = 0.00095  # 105.7 m
    assert ask(google_solar, (11.0, 50.0), (12.0, 50.0))[1].refused == {"cell1": "no building within 100 m"}


@pytest.mark.parametrize(
    "change",
    [{"yearlyEnergyDcKwh": float("nan")}, {"yearlyEnergyDcKwh": -5.0}, {"yearlyEnergyDcKwh": 1e9}, {"panelsCount": 0}],
)
def test_numbers_of_a_building_that_cannot_be_are_not_taken(change: dict[str, float]) -> None:
    roof = {"pitchDegrees": 10.0, "azimuthDegrees": 90.0, "stats": {"areaMeters2": 20.0}}
    layout = {"panelsCount": 4, "yearlyEnergyDcKwh": 1700.0}
    solar = {"maxSunshineHoursPerYear": 1500.0, "panelCapacityWatts": 400.0, "roofSegmentStats": [roof]}
    building = {"center": {"latitude": 50.0, "longitude": 10.0}, "solarPotential": solar}

    def read(layout: dict[str, float]) -> pa.Table:
        body = json.dumps(building | {"solarPotential": solar | {"solarPanelConfigs": [layout]}}).encode()
        return google_solar.read_building(CellCentre("x", 10.0, 50.0), body, Irradiance())

    assert len(read(layout)) == 1
    with pytest.raises(UnreadableError):
        read(layout | change)


def test_a_building_gives_its_largest_layout_and_largest_part_of_the_roof(ask: Ask) -> None:
    row = year(ask(google_solar)[0])
    assert (row["poa_kwh_per_m2"], row["tilt_deg"], row["azimuth_deg"]) == (1500, 30, 175)
    assert row["specific_yield_kwh_per_kwp"] == pytest.approx(16000 / 16 * 0.86)
    assert row["ghi_kwh_per_m2"] is None
    assert "Not to be passed on" in row["model_chain"]


@two_providers
@pytest.mark.parametrize(
    "fault",
    [
        Fault.status(500, times=None),
        Fault.status(503, times=None),
        Fault.drop(times=None),
        Fault.cut(3, times=None),
        Fault(lambda asked, _: refusal(200, f"you asked for {asked.target} with {dict(asked.headers)}")),
        Fault.redirect_loop(),
        Fault.redirect_to(f"https://{NSRDB}/other?api_key={KEY}&email={EMAIL}", times=None),
        Fault(lambda asked, _: refusal(400, f"cannot do {asked.target} with {dict(asked.headers)}")),
        Fault(lambda asked, _: as_json({"errors": [f"not this: {asked.target} {dict(asked.headers)}"]}, 403)),
        Fault(lambda asked, _: as_json({"errors": [f"No data for {asked.target}"]}, 404)),
    ],
    ids=["500", "503", "dropped", "cut", "echo 200", "circle", "elsewhere", "echo", "forbidden", "refused"],
)
def test_keys_are_shown_to_nobody(
    ask: Ask, web: Publishers, tmp_path: Path, caplog: pytest.LogCaptureFixture, provider: Provider, fault: Fault
) -> None:
    """In no message, no log at any level, no file and no table, whatever a server does."""
    said, (known, *_) = [], ask(provider, PLACES[0], settings={"google_solar": {"billable_requests": 9}})
    web.fault(HOSTS[provider], "/", fault)
    with caplog.at_level(logging.DEBUG):
        try:
            others = ask(provider, (40.0, 1.0), (41.0, 2.0), settings={"google_solar": {"billable_requests": 9}})
            said += [str(each.refused) for each in others]
        except SourceError as error:
            said += [*traceback.format_exception(error), chain(error)]
    said += [record.getMessage() for record in caplog.records]
    said += [str(known.rows.to_pylist()), *(str(path) for path in tmp_path.rglob("*"))]
    said += [path.read_bytes().decode(errors="replace") for path in (tmp_path / "kept").rglob("*") if path.is_file()]
    for secret in (KEY, EMAIL, EMAIL.replace("@", "%40"), EMAIL.replace("@", "%40").replace("+", "%2B")):
        assert secret not in "\n".join(said)
    assert "developer.nlr.gov:443" in "\n".join(said) or provider is not nsrdb  # there was a log to look at


def test_a_key_is_in_no_address(ask: Ask, web: Publishers) -> None:
    ask(nsrdb, PLACES[0])
    ask(google_solar, PLACES[0])
    assert [KEY in request.path for request in web.requests] == [False, False]
    assert [request.headers.get(name) for request, name in zip(web.requests, HEADERS, strict=True)] == [KEY, KEY]


@two_providers
def test_a_key_is_not_carried_to_another_host(ask: Ask, web: Publishers, provider: Provider) -> None:
    web.fault(HOSTS[provider], "/", Fault.redirect_to("https://elsewhere.example/take"))
    web.plain.publish("elsewhere.example", "/take", b"thank you")
    with pytest.raises(SourceError, match="answered 302"):
        ask(provider, PLACES[0])
    assert web.asked("elsewhere.example") == []


def test_the_nsrdb_gets_no_more_than_its_requests_an_hour_from_all_processes(tmp_path: Path) -> None:
    clock = [1000.0]
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock[0] += seconds

    def rate() -> RateLimit:  # each time as another process has it
        return RateLimit(tmp_path / "requests.json", max_requests=3, period_s=3600, now=lambda: clock[0], sleep=sleep)

    for _ in range(3):
        rate().wait()
        clock[0] += 10
    assert slept == []
    rate().wait()
    assert slept == [3570]
    rate().wait()
    assert slept == [3570, 10]
    for damaged in ("damaged", '{"a": 1}', '["x"]', "null"):
        (tmp_path / "requests.json").write_text(damaged)
        rate().wait()
    assert len(slept) == 2
    rate().exhaust()
    clock[0] += 600
    rate().wait()
    assert slept[2:] == [3000]
    assert (nsrdb.PER_HOUR, nsrdb.HOUR_S) == (1000, 3600)


def test_every_attempt_counts_for_the_hour_and_none_left_is_heard(ask: Ask, web: Publishers, tmp_path: Path) -> None:
    def emptied(_: Asked, answer: Answer) -> Answer:
        return replace(answer, headers={**answer.headers, "X-RateLimit-Remaining": "0"})

    web.fault(NSRDB, "/", Fault.status(503))
    ask(nsrdb, PLACES[0])
    requests = tmp_path / "kept" / "nsrdb" / "requests.json"
    assert (len(web.asked(NSRDB)), len(json.loads(requests.read_text()))) == (2, 2)
    web.fault(NSRDB, "/", Fault(emptied))
    ask(nsrdb, PLACES[0], (20.0, 40.0))
    assert len(json.loads(requests.read_text())) == nsrdb.PER_HOUR


def test_whole_years_are_averaged_and_their_sun_stands_where_it_stood(ask: Ask) -> None:
    hourly = {"settings": {"pvgis": {"data": "hourly", "years": [2019, 2020]}}}
    whole, typical = year(ask(pvgis, PLACES[0], **hourly)[0]), year(ask(pvgis, PLACES[0])[0])
    for name in ("ghi_kwh_per_m2", "dhi_kwh_per_m2"):
        assert whole[name] == pytest.approx(typical[name], rel=0.01)
    for name in ("dni_kwh_per_m2", "poa_kwh_per_m2", "specific_yield_kwh_per_kwp"):
        assert whole[name] == pytest.approx(typical[name], rel=0.03)
    assert "mean of 2019 to 2020 of PVGIS-SARAH3" in whole["model_chain"]


def test_a_database_that_was_not_asked_for_is_not_taken(ask: Ask, sun: Sun) -> None:
    era5 = {"settings": {"pvgis": {"radiation": "PVGIS-ERA5"}}}
    assert "of PVGIS-ERA5" in year(ask(pvgis, PLACES[0], **era5)[0])["model_chain"]
    body = pvgis.get_pvgis(Pvgis(), HttpClient(Download()), CellCentre("x", 10.0, 50.0))
    with pytest.raises(UnreadableError, match="it is of PVGIS-SARAH3, not of PVGIS-ERA5"):
        pvgis.read_tmy(body, Pvgis(radiation="PVGIS-ERA5"))


def test_seasons_are_reversed_in_the_south_and_panels_face_the_equator(ask: Ask) -> None:
    north, south, _ = (each.rows.to_pylist() for each in ask(pvgis))
    assert north[6]["ghi_kwh_per_m2"] > 2 * north[12]["ghi_kwh_per_m2"]
    assert south[12]["ghi_kwh_per_m2"] > 2 * south[6]["ghi_kwh_per_m2"]
    assert (north[0]["azimuth_deg"], south[0]["azimuth_deg"]) == (180, 0)
    assert north[0]["poa_kwh_per_m2"] > north[0]["ghi_kwh_per_m2"]


@pytest.fixture
def real_tmy() -> bytes:
    path = REAL / "pvgis" / "tmy_45.000_8.000_2005_2023.json"
    if not path.exists():
        pytest.skip(f"{path.name} of PVGIS is not here")
    return path.read_bytes()


def test_a_real_typical_year_has_the_sums_that_it_has(real_tmy: bytes, tmp_path: Path) -> None:
    weather = pvgis.read_tmy(real_tmy, Pvgis())
    place = CellCentre("x", 8.0, 45.0)
    rows = irradiance_rows(place, weather, Irradiance(), "pvgis").to_pylist()
    assert (weather.elevation_m, weather.years) == (250, 1)
    assert rows[0]["ghi_kwh_per_m2"] == pytest.approx(1435.861, abs=1e-3)
    assert rows[0]["dni_kwh_per_m2"] == pytest.approx(1591.565, abs=1e-3)
    assert rows[0]["dhi_kwh_per_m2"] == pytest.approx(570.947, abs=1e-3)
    assert 0.14 < rows[0]["specific_yield_kwh_per_kwp"] / 8760 < 0.17
    assert rows[0]["air_temperature_c"] == pytest.approx(13.56, abs=0.01)
    context = ProviderContext(HttpClient(Download()), tmp_path, {}, with_progress, lambda _: False)
    (clear,) = clearsky.irradiance_of(cells((8.0, 45.0)), Irradiance(), context)
    for bright, real in zip(clear.rows.to_pylist(), rows, strict=True):
        for name in ("ghi_kwh_per_m2", "dni_kwh_per_m2", "poa_kwh_per_m2", "specific_yield_kwh_per_kwp"):
            assert bright[name] > real[name], (name, real["month"])


def test_a_real_typical_year_of_the_nsrdb_has_the_sums_that_it_has() -> None:
    """The sample lacks the two lines about the place, which the service sends first; its sun says where it is of."""
    path = REAL / "nrel_nsrdb" / "test_psm4_tmy-2023.csv"
    if not path.exists():
        pytest.skip(f"{path.name} of the NSRDB is not here")
    about = "Latitude,Longitude,Time Zone,Elevation,Local Time Zone\n40.5137,-108.5449,-7,1821,-7\n"
    lines = [line.partition(",")[2] for line in path.read_text().splitlines()]  # a first column of numbers was added
    weather = nsrdb.read_tmy((about + "\n".join(lines)).encode(), "tmy-2023")
    sums = weather.hours[["ghi", "dni", "dhi"]].sum() / 1000
    assert [round(value) for value in sums] == [1810, 2153, 580]
    assert len(weather.hours) == 8760
    row = irradiance_rows(CellCentre("x", -108.5449, 40.5137), weather, Irradiance(), "nsrdb").to_pylist()[0]
    assert row["specific_yield_kwh_per_kwp"] / 8760 == pytest.approx(0.200, abs=0.001)
    assert row["poa_kwh_per_m2"] == pytest.approx(2078, abs=1)


@pytest.mark.parametrize("count", [24, 48, 8736])
def test_a_day_that_stands_for_another_is_noticed(real_tmy: bytes, count: int) -> None:
    """There are as many hours as there should be."""
    weather = pvgis.read_tmy(real_tmy, Pvgis())
    rows = [*range(8760 - count % 8760), *range(count)][:8760]
    with pytest.raises(UnreadableError, match="not as many of each month"):
        irradiance_rows(
            CellCentre("x", 8.0, 45.0), replace(weather, hours=weather.hours.iloc[rows]), Irradiance(), "pvgis"
        )


@pytest.mark.parametrize("column", ["ghi", "temp_air"])
def test_weather_that_cannot_be_is_noticed(real_tmy: bytes, column: str) -> None:
    weather = pvgis.read_tmy(real_tmy, Pvgis())
    hours = weather.hours.copy()
    hours.loc[hours.index[12], column] = 9999.0
    with pytest.raises(UnreadableError, match="at once"):
        irradiance_rows(CellCentre("x", 8.0, 45.0), replace(weather, hours=hours), Irradiance(), "pvgis")


@pytest.mark.parametrize("missing", [0, 24])
def test_hours_that_are_missing_are_noticed(real_tmy: bytes, missing: int) -> None:
    weather = pvgis.read_tmy(real_tmy, Pvgis())
    hours = weather.hours.iloc[missing:].copy()
    if not missing:
        hours.iloc[5, 1] = float("nan")
    object.__setattr__(weather, "hours", hours)
    with pytest.raises(UnreadableError, match="8,736 hours of 1 year" if missing else "without a number"):
        irradiance_rows(CellCentre("x", 8.0, 45.0), weather, Irradiance(), "pvgis")


@pytest.mark.skipif(not (ROOT / ".git").exists() or not shutil.which("git"), reason="this is no checkout of Git's")
@pytest.mark.parametrize("name", ["irradiance/solar_irradiance.parquet", "curated/curated_pv_yield.parquet"])
def test_git_sees_nothing_of_what_a_provider_says(name: str) -> None:
    found = subprocess.run(["git", "check-ignore", "--quiet", f"data/doi/{name}"], cwd=ROOT, check=False)
    assert found.returncode == 0


HUGE = 10**400  # Python reads it from JSON, and cannot make a float of it


def _with_elevation(value: object) -> Callable[[Any], Any]:
    return lambda stated: stated | {"inputs": stated["inputs"] | {"location": {"elevation": value}}}


@pytest.mark.parametrize(
    ("provider", "edit"),
    [
        (pvgis, lambda stated: stated | {"inputs": stated["inputs"] | {"location": []}}),
        (pvgis, lambda stated: stated | {"outputs": {"tmy_hourly": [*stated["outputs"]["tmy_hourly"][:-1], [HUGE]]}}),
        (pvgis, _with_elevation(HUGE)),
        (pvgis, _with_elevation(float("nan"))),
        (pvgis, _with_elevation(1e300)),
        (google_solar, lambda stated: stated | {"center": {"latitude": HUGE, "longitude": 1}}),
        (google_solar, lambda stated: stated | {"solarPotential": "9" * 500}),
    ],
)
def test_an_answer_of_another_form_is_a_sentence_and_nothing_of_it_is_kept(
    provider: Provider, edit: Callable[[Any], Any], ask: Ask, web: Publishers, tmp_path: Path
) -> None:
    web.fault(HOSTS[provider], "/", Fault.edited(edit))
    with pytest.raises(SourceError, match=rf"^{provider.NAME}: what it says of .* cannot be used: .* Try again later"):
        ask(provider, PLACES[0])
    assert list(tmp_path.joinpath("kept").rglob("*.gz")) == []
