"""Numbers as a person reads them: no scientific notation, times in seconds, minutes and hours."""

from decimal import Decimal


def decimal(value: float, digits: int = 3) -> str:
    """A number with so many digits that count: 0.0000312, 0.25, 1,234; whole numbers keep all of theirs."""
    if float(value).is_integer():
        return f"{int(value):,}"
    rounded = Decimal(f"{value:.{digits}g}")
    text = f"{rounded:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def duration(seconds: float | None) -> str:
    """Seconds as a person says them: 12 s, 3 min 20 s, 2 h 5 min."""
    if seconds is None:
        return "unknown"
    whole = round(seconds)
    if seconds < 0.05:
        return "under 0.1 s"
    if whole < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def span(minutes: float) -> str:
    """A time that somebody chose, in words: 10 seconds, 1 minute, 2.5 minutes."""
    amount, unit = (round(60 * minutes), "second") if minutes < 1 else (minutes, "minute")
    return f"{decimal(amount)} {unit}{'' if amount == 1 else 's'}"
