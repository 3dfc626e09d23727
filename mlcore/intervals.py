"""Confidence intervals: a share that says how far it can be trusted."""

from dataclasses import asdict, dataclass
from math import sqrt
from statistics import NormalDist

MOST_DIGITS = 4  # after the point, of a percentage; a share that takes more is told as over 99.9999 or under 0.0001


@dataclass(frozen=True)
class Interval:
    """A share between 0 and 1, the bounds it lies in, and the number of pictures it was measured on.

    `value` is None when nothing was measured (n = 0): a share of nothing isn't 0.
    """

    value: float | None
    low: float
    high: float
    n: int

    @property
    def estimate(self) -> float:
        """The value of what was measured; asking where nothing was is a mistake of ours and raises ValueError."""
        if self.value is None:
            raise ValueError("Nothing was measured, so there is no estimate.")
        return self.value

    def to_json(self) -> dict:
        """Plain numbers: `{"value", "low", "high", "n"}`."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict) -> "Interval":
        """The interval that `to_json` wrote."""
        return cls(values["value"], values["low"], values["high"], values["n"])

    def text(self) -> str:
        """A reading such as '80.6 % (79.8 to 81.4, 10,000 pictures)'."""
        if self.value is None:
            return "not measured"
        noun = "picture" if self.n == 1 else "pictures"
        value, low, high = self.percents()
        return f"{value} % ({low} to {high}, {self.n:,} {noun})"

    def percents(self, digits: int = 1) -> tuple[str, str, str]:
        """Value, low and high in percent, as text, with as many digits as it takes to tell each from 0 and 100."""
        digits = max(needed_digits(share, digits) for share in (self.estimate, self.low, self.high))
        return f"{100 * self.estimate:.{digits}f}", f"{100 * self.low:.{digits}f}", f"{100 * self.high:.{digits}f}"


def percent_text(share: float, digits: int = 1) -> str:
    """A share in percent with so many digits, or as many more as tell it from 0 and 100: 1,999 of 2,000 is 99.95."""
    digits = needed_digits(share, digits)
    text = f"{100 * share:.{digits}f}"
    if not 0 < share < 1 or 0 < float(text) < 100:
        return text
    least = 10.0**-digits
    return f"over {100 - least:.{digits}f}" if share > 0.5 else f"under {least:.{digits}f}"


def needed_digits(share: float, digits: int) -> int:
    """Digits after the point with which a share other than 0 and 1 isn't rounded to 0 or 100 percent."""
    fitting = (more for more in range(digits, MOST_DIGITS) if 0 < round(100 * share, more) < 100)
    return next(fitting, MOST_DIGITS) if 0 < share < 1 else digits


def wilson(successes: int, n: int, confidence: float = 0.95) -> Interval:
    """The share of successes with its Wilson score interval (Wilson 1927, JASA 22:209-212).

    Unlike the textbook plus-or-minus it stays inside [0, 1] and is honest for 30 of 30. With n = 0
    the value is None and the bounds are 0 and 1.
    """
    successes, n = int(successes), int(n)
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} successes of {n}: there must be between 0 and n.")
    if n == 0:
        return Interval(None, 0.0, 1.0, 0)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share = successes / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    # At 0 and n successes one bound is the share itself; rounding must not push it past.
    return Interval(share, max(0.0, min(share, centre - reach)), min(1.0, max(share, centre + reach)), n)
