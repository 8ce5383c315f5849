import pytest

from loaders.report.web.security import content_security_policy, header_policy


def test_policy_allows_no_request_outside_the_folder() -> None:
    assert content_security_policy() == (
        "default-src 'none'; script-src 'self' file:; style-src 'self' file:; img-src 'self' file: data: blob:; "
        "worker-src blob:; connect-src 'none'; frame-src 'self' file:; base-uri 'none'; form-action 'none'"
    )


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://tile.openstreetmap.org/{z}/{x}/{y}.png", "https://tile.openstreetmap.org"),
        ("https://{s}.tiles.example:8443/{z}/{x}/{y}.png", "https://*.tiles.example:8443"),
        ("https://user:word@tiles.example/{z}", "https://tiles.example"),
    ],
)
def test_policy_adds_the_host_of_a_tile_server_to_images_and_requests(address: str, host: str) -> None:
    policy = content_security_policy(address)
    assert f"img-src 'self' file: data: blob: {host};" in policy
    assert f"connect-src {host};" in policy
    assert policy.count(host) == 2


def test_a_web_server_allows_no_other_server_than_the_one_of_the_settings() -> None:
    assert "http" not in header_policy()
    assert "frame-ancestors 'self'" in header_policy()
    tiles = header_policy("https://tiles.org/{z}/{x}/{y}")
    assert "img-src 'self' data: blob: https://tiles.org;" in tiles
    assert "connect-src 'self' https://tiles.org;" in tiles
    assert "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:;" in tiles
