"""Services of this machine's own, started by a test and gone with it: a bucket, and a PostgreSQL."""

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import boto3
import duckdb
import pytest
from moto.server import ThreadedMotoServer

from loaders.db.connection import load_extension

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "a-secret-of-this-test",
    "AWS_DEFAULT_REGION": "us-east-1",
}
PASSWORD = "another-secret-of-this-test"  # noqa: S105 (of a server that lives for a test)


@contextmanager
def bucket_server() -> Iterator[str]:
    """The address of a local S3 service."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@contextmanager
def postgres_server() -> Iterator[dict[str, str]]:
    """A real PostgreSQL with a password, as libpq's variables; skips the test where it is not installed.

    Its folder is none of pytest's: each run of pytest closes the one above them to other users.
    """
    programs = _programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    with TemporaryDirectory(prefix="eo-pv-postgres-") as name:
        yield from _running_postgres(programs, Path(name))


def _running_postgres(programs: Path, folder: Path) -> Iterator[dict[str, str]]:
    as_nobody = _as_somebody_else(folder)
    data, word = folder / "data", folder / "password"
    word.write_text(PASSWORD)
    word.chmod(0o644)
    port = free_port()
    init = ["--no-sync", "--username=eo_pv", "--auth=scram-sha-256", f"--pwfile={word}", "--encoding=UTF8"]
    _run([*as_nobody, str(programs / "initdb"), *init, "-D", str(data)], folder)
    options = f"-F -h 127.0.0.1 -p {port} -k {folder}"
    control = [*as_nobody, str(programs / "pg_ctl"), "-D", str(data), "-w"]
    _run([*control, "-l", str(folder / "log"), "-o", options, "start"], folder)
    try:
        yield {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(port),
            "PGUSER": "eo_pv",
            "PGPASSWORD": PASSWORD,
            "PGDATABASE": "postgres",
        }
    finally:
        _run([*control, "-m", "immediate", "stop"], folder)


def postgres_is_installed() -> bool:
    """Whether tests with a real one run here."""
    return _programs() is not None


def _programs() -> Path | None:
    """Where Debian puts them, or anybody else."""
    found = shutil.which("initdb")
    places = [*sorted(Path("/usr/lib/postgresql").glob("*/bin")), *([Path(found).parent] if found else [])]
    return next((place for place in reversed(places) if (place / "initdb").exists()), None)


def _as_somebody_else(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return []
    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _run(command: list[str], folder: Path) -> None:
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def free_port() -> int:
    """A port of this machine that nothing listens to."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, str]]:
    with postgres_server() as postgres, bucket_server() as address:
        yield {**postgres, **CREDENTIALS, "AWS_ENDPOINT_URL": address}


@pytest.fixture
def services(servers: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A PostgreSQL and a bucket, empty, which the environment names."""
    for name, text in servers.items():
        monkeypatch.setenv(name, text)
    bucket = boto3.resource("s3").Bucket("eo-pv")
    bucket.create()
    yield
    bucket.objects.all().delete()
    bucket.delete()
    with duckdb.connect() as connection:
        load_extension(connection, "postgres_scanner")
        connection.execute("ATTACH '' AS catalogue (TYPE postgres)")
        for origin in ("sample", "doi"):
            connection.execute(f"DROP SCHEMA IF EXISTS catalogue.eo_pv_{origin} CASCADE")
