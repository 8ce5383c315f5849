"""No credential, of whichever form, comes out by whichever way; and what is none stays readable."""

import json
import logging
import pickle
import traceback
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from loaders.acquire.lock import Record
from loaders.acquire.publishers.api.file_list import validate_listing
from loaders.acquire.publishers.api.session import Listing, PublisherSession
from loaders.core.errors import SourceError
from loaders.core.paths import ProjectPaths
from loaders.core.redact import credential_in, redact, redact_all, redacted_url, without_credential
from loaders.core.redacted_output import redact_web_logs
from loaders.core.terminal import Terminal
from loaders.http.client import HttpClient
from loaders.lineage.emit import pipeline_events
from loaders.lineage.steps import LineageDataset, Step
from loaders.settings.download import Download
from loaders.settings.ducklake import DuckLake
from loaders.settings.source import Source
from tests.unit.conftest import Run

SECRET = "kV8-uF3x.Qz7_Lm2"  # noqa: S105 (of this test)
ODD = "p@ss/w'o\"rd %7&x=y"
HOST = "https://data.example.org/farms.zip"
PARAMETERS = (
    *("private_token", "jwt", "AWSAccessKeyId", "Policy", "Signature", "sig", "token", "access_token", "api_key"),
    *("apikey", "key", "password", "pwd", "passwd", "secret", "client_secret", "X-Amz-Signature", "X-Amz-Credential"),
    *("X-Amz-Security-Token", "X-Goog-Signature", "Key-Pair-Id", "GoogleAccessId", "OSSAccessKeyId", "auth", "hmac"),
    *("x-oss-signature", "authorization", "code", "subscription-key", "sessionid", "jsessionid", "sas", "authkey"),
)
TEXTS = {
    **{f"{name} in a query": f"{HOST}?a=1&{name}={SECRET}&b=2" for name in PARAMETERS},
    **{f"{name} in a fragment": f"{HOST}#{name}={SECRET}" for name in PARAMETERS},
    "a user and a password": f"https://me:{SECRET}@data.example.org/farms.zip",
    "a token as the user": f"https://{SECRET}@data.example.org/farms.zip",
    "a password with an @": f"https://me:a@{SECRET}@data.example.org/farms.zip",
    "an address in an address": f"https://data.example.org/go?to={quote(f'https://me:{SECRET}@x.org/', safe='')}",
    "a percent-encoded parameter": f"to=https%3A%2F%2Fx.org%2F%3Ftoken%3D{SECRET}%26a%3D1",
    "a path of urllib3": f"Max retries exceeded with url: /farms.zip?sig={SECRET} (Caused by ProtocolError)",
    "a line of a log": f'https://data.example.org:443 "GET /farms.zip?ticket={SECRET} HTTP/1.1" 403 12',
    "an unknown parameter with a long value": f"{HOST}?zz={SECRET}",
    "a query that is nothing else": f"{HOST}?{SECRET}",
    "a fragment that is nothing else": f"{HOST}#{SECRET}",
    "a private key": f"-----BEGIN RSA PRIVATE KEY-----\n{SECRET}\n-----END RSA PRIVATE KEY-----",
    "a path parameter": f"https://data.example.org/a;jsessionid={SECRET}/farms.zip",
    "a header": f"Authorization: Bearer {SECRET}",
    "headers as Python shows them": f"{{'X-Api-Key': '{SECRET}', 'Accept': '*/*'}}",
    "a bearer": f"the server said: Bearer {SECRET} is unknown",
    "JSON": json.dumps({"access_token": SECRET, "expires_in": 3600}),
    "a connection string": f"host=db user=me password={SECRET} dbname=pv",
    "a quoted connection string": f"host=db password='{SECRET} and more' dbname=pv",
    "a statement of DuckDB": f"CREATE SECRET s (TYPE s3, KEY_ID 'me', SECRET '{SECRET}')",
    "a variable": f"AWS_SECRET_ACCESS_KEY={SECRET}",
    "JSON in JSON": json.dumps({"said": json.dumps({"access_token": SECRET})}),
    "an apostrophe in JSON": json.dumps({"access_token": f"it's {SECRET}"}),
    "a password with a slash": f"https://me:a/{SECRET}@data.example.org/farms.zip",
    "an apostrophe in a password": f"https://me:it's{SECRET}@data.example.org/farms.zip",
    "an address encoded twice": f"to=https%253A%252F%252Fme%253A{SECRET}%2540x.org%252F%253Ftoken%253D{SECRET}",
    "a shared access signature": f"SharedAccessSignature=sv=2020-08-04&sp=r&sig={SECRET}",
    "a value behind a colon": f"The server said: invalid token: {SECRET}",
    "a header of a service": f"Ocp-Apim-Subscription-Key: {SECRET}",
    "a proxy that DuckDB cannot read": f"Failed to parse http_proxy 'http://me:{SECRET}@proxy:3128' into a host",
}
WAYS = ("text", "error", "pickled error", "traceback", "log", "lineage")


@pytest.fixture
def comes_out(
    paths: ProjectPaths, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, str], str]:
    """What comes out of a text by one of the ways."""
    monkeypatch.setenv("EO_PV_LINEAGE", "events.jsonl")

    def traceback_text(text: str, way: str) -> str:
        match way:
            case "text":
                return redact(text)
            case "error":
                return str(SourceError(text))
            case "pickled error":
                return str(pickle.loads(pickle.dumps(SourceError(text))))  # noqa: S301 (ours, as between processes)
            case "traceback":
                return redact("".join(traceback.format_exception(SourceError(text))))
            case "log":
                redact_web_logs()
                with caplog.at_level(logging.DEBUG, "urllib3.connectionpool"):
                    logging.getLogger("urllib3.connectionpool").debug("%s", text)
                return caplog.text
        step = Step("farms", (LineageDataset("x", "y", description=text, address=text),), ())
        with pytest.raises(LookupError), pipeline_events("doi", paths, lambda: [step]):
            raise LookupError(text)
        return (paths.root / "events.jsonl").read_text()

    return traceback_text


@pytest.mark.parametrize("way", WAYS)
def test_a_credential_of_any_form_comes_out_by_no_way(way: str, comes_out: Callable[[str, str], str]) -> None:
    leaks = {name for name, text in TEXTS.items() if SECRET in comes_out(text, way)}
    assert leaks == set()


@pytest.mark.parametrize("secret", [SECRET, ODD, "sixsix"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PGPASSWORD", "{}"),
        ("AWS_SECRET_ACCESS_KEY", "{}"),
        ("NSRDB_API_KEY", "{}"),
        ("GITHUB_TOKEN", "{}"),
        ("SOME_CREDENTIALS", "{}"),
        ("MYSQL_PWD", "{}"),
        ("HTTPS_PROXY", "http://me:{quoted}@proxy.example.org:3128"),
        ("http_proxy", "me:{quoted}@proxy.example.org:3128"),
        ("AZURE_STORAGE_CONNECTION_STRING", "AccountName=farms;AccountKey={plain};EndpointSuffix=example.org"),
        ("DATABASE_URL", "postgresql://me:{quoted}@db.example.org/pv"),
    ],
)
def test_a_secret_of_the_environment_is_hidden_however_a_text_quotes_it(
    name: str, value: str, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(
        name, value.format(secret, quoted=quote(secret, safe=""), plain=secret if secret != ODD else SECRET)
    )
    secret = SECRET if "{plain}" in value and secret == ODD else secret  # its form has no way to quote
    forms = [secret, quote(secret, safe=""), quote(secret), repr(secret), json.dumps(secret), secret.replace("'", "''")]
    if "me:" in value:
        forms.append(b64encode(f"me:{secret}".encode()).decode())
    assert [form for form in forms if redact(f"<{form}>") in {f"<{form}>", f"<'{form}'>"}] == []
    assert redact_all({"said": [f"it is {secret}"]})["said"] == ["it is ***"]


HARMLESS = (
    "`make update KEY=farms`, then `make all`.",
    "https://data.example.org/farms.zip?download=1 answered 404 Not Found",
    "10.5281/zenodo.4059881 leads to https://zenodo.org/records/4059881.",
    "owner/repository@v1.0:folder/farms.geojson",
    "no column 'code'. Known: key, sign, policy, expires, tokens",
    "datasets.farms.columns.source_id is 'key': what is it?",
    "Basic information about Bearer bonds",
    "read 5, kept 4 (80 %): area=3.5 km2, a/b",
    "the key: 'farms'; password: not needed",
    "ftp://data.example.org/a/b#section",
    "hf_solar_records_2020: data/doi/loaded/hf_solar_records_2020.parquet, ghs_installations_of_ghana",
    "token_2020: 6 read; secret_valley_2019=12",
    "/home/me/C#Projects/eo-pv/params.yaml: cannot be read",
    "raw/uk/farms#really_long_name_of_a_file.geojson and raw/uk/farms?of_all_of_the_north.geojson are missing",
    "https://openlineage.io/spec/facets/2-0-4/JobTypeJobFacet.json#/$defs/JobTypeJobFacet",
    "https://data.example.org/wfs?service=WFS&request=GetFeature&outputFormat=application/json answered 404",
    "https://doi.org/10.1000/a//b@c/d leads nowhere",
    "no column 'authorization': Known: id. Authorization: granted by the county council",
)


@pytest.mark.parametrize("text", HARMLESS)
def test_a_text_without_a_credential_stays_as_it_is(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEYBOARD_LAYOUT", "farms")
    monkeypatch.setenv("SKIP_TOKEN", "true")
    monkeypatch.setenv("AUTH_LEVEL", "5")
    monkeypatch.setenv("KEY", "farms")  # as make gives it to what it runs
    assert redact(text) == text


@given(st.text(max_size=80))
@settings(max_examples=50, deadline=None, derandomize=True)
def test_what_is_redacted_once_stays_so(text: str) -> None:
    once = redact(f"https://a.example.org/{text}?token={text}x")
    assert redact(once) == once


def test_a_long_text_is_redacted_in_no_time() -> None:
    for text in (
        "/" * 50_000,
        "a" * 100_000,
        "token" * 20_000,
        "?" * 50_000,
        "//" + "@" * 20_000,
        "=" * 50_000,
        'token":"' * 500,
    ):
        assert len(redact(text)) <= len(text) + 10


@pytest.mark.parametrize("name", PARAMETERS)
def test_an_address_that_gives_access_is_refused_before_it_is_locked(name: str) -> None:
    for url in (f"{HOST}?{name}={SECRET}", f"{HOST}#{name}={SECRET}", f"{HOST}?a=1&{name.upper()}={SECRET}"):
        with pytest.raises(ValidationError, match="holds a secret") as refused:
            Source(url=url)
        assert SECRET not in refused.value.errors()[0]["msg"]
        assert SECRET not in without_credential(url)


@pytest.mark.parametrize(
    "url",
    [
        f"{HOST}?download=1",
        "https://dataverse.example.org/api/access/datafile/:persistentId?persistentId=doi:10.7910/DVN/AB/CD",
        "https://drive.example.org/uc?export=download&id=1AbCdEfGhIjKlMnOpQrStUvWxYz012345",
        "https://data.example.org/file/get/66707f69d34e89718fa3f82f?f=__disk__ab%2Fcd%2Fef",
        "https://data.example.org/wfs?service=WFS&request=GetFeature&typeName=solar:farms&outputFormat=json&code=DEU",
        "https://data.example.org/data?keyword=solar&monkey=1&keys=a&se=1&design=x",
        "https://data.example.org/@user/farms.zip",
        "https://data.example.org/farms.zip#readme",
    ],
)
def test_a_harmless_query_may_be_locked(url: str) -> None:
    assert (credential_in(url), Source(url=url).url, without_credential(url)) == (None, url, url)


@pytest.mark.parametrize(
    ("url", "what"),
    [
        (f"https://me:{SECRET}@data.example.org/x.zip", "a user name or password"),
        (f"https://{SECRET}@data.example.org/x.zip", "a user name or password"),
        (f"{HOST}?Expires=1790000000", "expires"),
        (f"{HOST}?%74oken={SECRET}", "token"),
        (f"{HOST};jsessionid={SECRET}", "jsessionid"),
        ("https://x.org/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln/x.zip", "what looks like a key or a token"),
        ("https://data.example.org/x.zip?a=AKIAIOSFODNN7EXAMPLE", "what looks like a key or a token"),
        (f"https://data.example.org/{SECRET}/x.zip", "a secret of the environment"),
    ],
)
def test_the_reason_names_the_part_of_the_address_and_not_its_value(
    url: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "environment" in what:
        monkeypatch.setenv("DATA_TOKEN", SECRET)
    assert credential_in(url) == what
    assert SECRET not in redacted_url(url)


def test_a_setting_with_a_secret_is_an_error_that_does_not_show_it(eo_pv: Run, project: Path) -> None:
    settings = yaml.safe_load((project / "params.yaml").read_text())
    for url in (
        f"{HOST}?private_token={SECRET}",
        f"https://data.example.org?token={SECRET}",
        f"ftp://a:{SECRET}@b/c",
        f"me:{SECRET}@b.org/c",
    ):
        settings["datasets"]["a_north_2020"]["source"] = {"url": url}
        (project / "params.yaml").write_text(yaml.safe_dump(settings))
        code, out, err = eo_pv("check")
        assert (code, out, err.startswith("Error: params.yaml: ")) == (1, "", True)
        assert SECRET not in err
    settings["datasets"]["a_north_2020"]["source"] = {"path": "north.geojson"}
    (project / "params.yaml").write_text(yaml.safe_dump(settings))
    code, out, err = eo_pv("add", f"{HOST}?private_token={SECRET}")
    assert (code, "holds a secret (private_token)" in err, SECRET in out + err) == (1, True, False)


def test_a_lake_is_named_without_the_keys_of_its_bucket() -> None:
    for files in (f"s3://me:{SECRET}@eo-pv/lake", f"s3://eo-pv/lake?s3_secret_access_key={SECRET}"):
        with pytest.raises(ValidationError, match=r"ducklake\.files holds a secret") as refused:
            DuckLake(files=files)
        assert SECRET not in refused.value.errors()[0]["msg"]
    assert DuckLake(files="s3://eo-pv/lake").files == "s3://eo-pv/lake"


def test_the_terminal_prints_no_credential(capsys: pytest.CaptureFixture[str]) -> None:
    Terminal(width=300).print(f"the title of a record: {HOST}?sig={SECRET}")
    assert capsys.readouterr().out == f"the title of a record: {HOST}?***\n"


@pytest.mark.parametrize("landing", [f"{HOST};jsessionid={SECRET}", f"{HOST}?token={SECRET}", f"{HOST}#jwt={SECRET}"])
def test_a_landing_page_is_locked_without_what_gives_access(landing: str) -> None:
    record = Record("others", id=landing, title="Farms", url=landing)
    listing = validate_listing(Listing(record, ()), PublisherSession(HttpClient(Download()), "farms"))
    assert (listing.record.id, listing.record.url, listing.record.title) == (HOST, HOST, "Farms")
