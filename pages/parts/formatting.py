"""How numbers, times and names are put into words on screen."""

import html
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from mlcore.intervals import needed_digits, percent_text
from mlcore.numerals import decimal, duration

__all__ = [
    "bounds",
    "count",
    "decimal",
    "duration",
    "interval",
    "label",
    "moment",
    "percent",
    "percent_format",
    "plain",
]
__all__ += ["probability", "size", "spelled", "title_in", "unbroken"]

SPLITS = {"train": "Training", "val": "Validation", "test": "Test"}
SPACES = re.compile(r"[^\S\u00a0\u202f]+")  # runs of white space, but for what keeps two words together
BEFORE_PERCENT = re.compile(r"(?<=\d) (?=%)")
WRITTEN = {  # choices with a spelling of their own
    "r1": "R1",
    "r1r2": "R1 and R2",
    "rmsprop": "RMSprop",
    "adamw": "AdamW",
    "relu": "ReLU",
    "gelu": "GELU",
    "silu": "SiLU",
    "gru": "GRU",
    "lstm": "LSTM",
    "float32": "32 bits (float32)",
    "mixed-float16": "Mixed, 16 bits (float16)",
    "mixed-bfloat16": "Mixed, 16 bits (bfloat16)",
    "cross-entropy": "Cross-entropy",
    "mean-squared-error": "Mean squared error",
    "one-cycle": "One cycle",
    "non-saturating": "Non-saturating",
}
ADDRESS = re.compile(r"https?:(?=//)|www(?=\.)|@(?=[-\w]+\.)", re.IGNORECASE)  # how a link begins
MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$:<>&^=@\"'/])")


def plain(text) -> str:
    """Text that came from outside, such as a file name, safe inside markdown: every mark loses its meaning.

    Addresses stay text, too: a mark without width parts what would become a link even behind a backslash.
    """
    words = ADDRESS.sub("\\g<0>\u200b", unbroken(SPACES.sub(" ", str(text)).strip()))
    return MARKS.sub(r"\\\1", words)


def unbroken(text: str) -> str:
    """A sentence of the core with each number kept together with its percent sign."""
    return BEFORE_PERCENT.sub("\u00a0", text)


def label(text) -> str:
    """Text that came from outside, safe inside a chart, which reads a few HTML tags."""
    return html.escape(str(text), quote=False)


def title_in(titles: Mapping[Any, str]) -> Callable[[Any], str]:
    """What a picker shows for a name: its title, or the name itself where it has none."""
    return lambda name: titles.get(name, str(name))


def choice_words(value: Any) -> str:
    """One of the values of a setting, as a person reads it: 'one-cycle' is One cycle, 'r1r2' R1 and R2."""
    text = str(value)
    return WRITTEN.get(text, text.replace("-", " ").replace("_", " ").capitalize()) if isinstance(value, str) else text


def spelled(text: str) -> str:
    """Names of a program among other words, as a person writes them: '8 gelu' is 8 GELU, 'view_1' view 1."""
    return re.sub(r"[a-z0-9]+", lambda word: WRITTEN.get(word.group(), word.group()), text.replace("_", " "))


def percent(value: float | None, digits: int = 1) -> str:
    """A share as a percentage: 0.934 is 93.4 %, 0.9996 is 99.96 and not 100; a dash for what wasn't measured."""
    return "–" if value is None else f"{percent_text(value, digits)}\u00a0%"


def probability(value: float, digits: int = 1) -> str:
    """A model's certainty as a percentage; no model is certain, so 0.9999 is over 99.9 % and not 100.0 %."""
    least = 0.1**digits / 100
    if value >= 1 - least / 2:
        return f"over {percent(1 - least, digits)}"
    return f"under {percent(least, digits)}" if value < least / 2 else percent(value, digits)


def percent_format(shares: Iterable[float | None]) -> str:
    """How a column of percentages is written: with as many digits as tell each of its shares from 0 and 1."""
    digits = max((needed_digits(share, 1) for share in shares if share is not None), default=1)
    return f"%.{digits}f\u00a0%%"


def interval(accuracy) -> str:
    """An accuracy with its 95 % interval and the number of pictures behind it."""
    return "not measured" if accuracy is None else unbroken(accuracy.text())


def bounds(share) -> str:
    """The bounds of an interval: 92.5 to 93.5 %."""
    _, low, high = share.percents() if share.value is not None else ("", "0.0", "100.0")
    return f"{low} to {high}\u00a0%"


def count(n: int, one: str, many: str = "") -> str:
    """1 picture, 1,024 pictures."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def size(nbytes: float) -> str:
    """Bytes as a person says them: 4.2 MB."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if nbytes < 1000:
            return f"{nbytes:.0f} {unit}" if unit == "bytes" else f"{nbytes:.1f} {unit}"
        nbytes /= 1000
    return f"{nbytes:.1f} TB"


def moment(when) -> str:
    """A moment (ISO text or seconds since 1970) as a short local date and time."""
    if not when:
        return ""
    moment = datetime.fromtimestamp(when, UTC) if isinstance(when, int | float) else datetime.fromisoformat(when)
    return moment.astimezone().strftime("%d %b %Y, %H:%M")
