import pytest

from loaders.core.errors import SelectionError
from loaders.read.condition import require_condition


@pytest.mark.parametrize(
    "text",
    [
        "capacity_mw > 5",
        "capacity_mw > 5 -- a comment",
        "list_contains(quality_flags, 'x') AND name LIKE '%;%'",
        "(a) OR (b)",
        "name IN ('SELECT', ')')",
    ],
)
def test_a_condition_on_columns_is_taken(text: str) -> None:
    require_condition(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is not SQL: syntax error"),
        ("a > (", "is not SQL: syntax error"),
        ("a /* b", "is not SQL: unterminated"),
        ("true; DROP TABLE curated.x", "is not SQL: syntax error"),
        ("true); DROP TABLE curated.x; SELECT (true", "is more than a condition"),
        ("true) UNION (SELECT 1", "is more than a condition"),
        ("true), (false", "is more than a condition"),
        ("true) FROM read_csv('/etc/passwd') WHERE (true", "is more than a condition"),
        ("true) ORDER BY (1", "is more than a condition"),
        ("id IN (SELECT content FROM read_text('/etc/passwd'))", "holds a query of its own"),
        ("EXISTS (FROM other)", "holds a query of its own"),
        ("x = ANY (SELECT 1)", "holds a query of its own"),
        ("len(ARRAY(SELECT 1)) > 0", "holds a query of its own"),
    ],
)
def test_what_is_more_than_a_condition_is_refused(text: str, reason: str) -> None:
    with pytest.raises(SelectionError) as raised:
        require_condition(text)
    assert reason in str(raised.value)
    assert repr(text) in str(raised.value)
    assert "`capacity_mw > 5 AND status = 'operating'`" in str(raised.value)
