"""Dates in filters: '2026-01-31', '2026-01-31T10:00:00Z', '2026-01-31 10:00:00+02:00'. Without a zone it is UTC."""

from datetime import UTC, datetime


def milliseconds(text: str) -> int | None:
    """Milliseconds since 1970, or None if the text is no date. A day alone is its first millisecond."""
    if len(text) < len("2026-01-31") or text[4] != "-":
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000)
    except OverflowError:
        return None
