"""How long to wait for a server, and when no longer."""

import pytest
from tenacity import Future, RetryCallState, Retrying

from loaders.core.redact import redacted_url
from loaders.http.client import HttpClient
from loaders.http.retry import InterruptedTransfer, RetryPolicy
from loaders.http.status import retry_after_s
from loaders.settings.download import Download


def _after(error: InterruptedTransfer) -> RetryCallState:
    state = RetryCallState(Retrying(), None, (), {})
    state.outcome = Future(1)
    state.outcome.set_exception(error)
    return state


@pytest.mark.parametrize(
    ("stated", "seconds"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("Thu, 10 Jun 2021 20:43:12 GMT", 0.0),
        ("", None),
        ("²", None),
        ("-5", None),
        ("soon", None),
        ("Fri, 31 Dec 2027 23:59:59 +99999999999999", None),
    ],
)
def test_retry_after_is_a_number_or_a_date_or_nothing(stated: str, seconds: float | None) -> None:
    assert retry_after_s({"Retry-After": stated}) == seconds


def test_a_wait_doubles_and_is_never_shorter_than_asked_nor_longer_than_borne() -> None:
    policy = RetryPolicy(Download(backoff_s=1.0, longest_wait_s=10.0, attempts=9))
    waits = []
    for _ in range(5):
        policy.is_exhausted(_after(InterruptedTransfer("x")))
        waits.append(policy.pause_s(_after(InterruptedTransfer("x"))))
    assert all(0.5 * base <= wait <= min(1.5 * base, 10) for wait, base in zip(waits, (1, 2, 4, 8, 16), strict=True))
    assert policy.pause_s(_after(InterruptedTransfer("x", retry_after_s=9.9))) >= 9.9


def test_attempts_count_only_if_they_bring_next_to_nothing() -> None:
    policy = RetryPolicy(Download(attempts=2))
    assert not policy.is_exhausted(_after(InterruptedTransfer("x")))
    assert not policy.is_exhausted(_after(InterruptedTransfer("x", received_bytes=2_000_000)))
    assert not policy.is_exhausted(_after(InterruptedTransfer("x", received_bytes=1000)))
    assert policy.is_exhausted(_after(InterruptedTransfer("x")))


def test_who_asks_for_too_much_patience_gets_none() -> None:
    assert RetryPolicy(Download(longest_wait_s=60.0)).is_exhausted(_after(InterruptedTransfer("x", retry_after_s=61)))


@pytest.mark.parametrize(
    "setting",
    [
        {"timeout_s": float("inf")},
        {"timeout_s": 1e300},
        {"timeout_s": 0.0},
        {"backoff_s": float("inf")},
        {"attempts": 0},
        {"contact": "Paweł"},
        {"connections_per_host": 0},
    ],
)
def test_patience_without_end_is_no_setting(setting: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(setting))):
        Download.model_validate(setting)


def test_an_address_is_shown_without_what_may_be_a_secret() -> None:
    assert redacted_url("https://user:word@example.org:443/a/b?sig=1#x") == "https://example.org/a/b"
    assert HttpClient(Download()).settings.connections_per_host == 2
