"""Which language's code page names were written in that aren't UTF-8: guessed from all of them, and told."""

import re
from collections.abc import Callable, Iterable, Sequence

from mlcore.errors import Kind, Notice, Refused

CODINGS = {
    "cp437": "Western Europe (DOS)",
    "cp1252": "Western Europe (Windows)",
    "cp932": "Japanese (Shift-JIS)",
    "gbk": "Chinese, simplified (GBK)",
    "big5": "Chinese, traditional (Big5)",
    "cp949": "Korean",
    "cp866": "Cyrillic (DOS)",
    "cp1251": "Cyrillic (Windows)",
}
LIKELY = 0.6  # the share of a language's common letters from which on its code page is believed
ENOUGH = 6  # different syllables that tell Korean: so many Chinese characters are in its rows one time in 40


def decoded(raws: Iterable[bytes], coding: str | None = None) -> tuple[list[str], list[Notice]]:
    """Names as text, and a notice where that was a guess: UTF-8 where it is that, else `coding` or the likeliest one.

    Raises Refused(bad-setting) for a coding that isn't one of `CODINGS`.
    """
    if coding and coding not in CODINGS:
        raise Refused(Kind.BAD_SETTING, f"File names can't be read as {coding!r}; known: {', '.join(CODINGS)}.")
    raws = list(raws)
    foreign = [raw for raw in raws if _text(raw, "utf-8") is None]
    if not foreign:
        return [raw.decode() for raw in raws], []
    used = coding or likeliest(foreign)
    texts = [_either(raw, used) for raw in raws]
    return texts, [_notice(used, foreign[0])]


def likeliest(raws: Sequence[bytes]) -> str:
    """The code page in which these names, that aren't UTF-8, hold the most common letters of its language."""
    if _is_western(raws):
        return "cp437"
    if _is_korean(raws):
        return "cp949"
    scores = {coding: _score(raws, coding, common) for coding, common in _COMMON.items()}
    best = max(scores, key=lambda coding: scores[coding])  # of equal ones the first
    return best if scores[best] >= LIKELY else "cp437"


def _text(raw: bytes, coding: str) -> str | None:
    try:
        return raw.decode(coding)
    except UnicodeDecodeError:
        return None


def _either(raw: bytes, coding: str) -> str:
    text = _text(raw, "utf-8")
    return text if text is not None else raw.decode(coding, "replace")


def _notice(coding: str, raw: bytes) -> Notice:
    shown = re.sub(r"[\x00-\x1f\x7f-\x9f]", "?", _either(raw, coding))[:80]
    read = f"Names of files aren't UTF-8 and were read as {CODINGS[coding]}, such as {shown!r}"
    return Notice(Kind.NAMES_GUESSED, f"{read}; if that is wrong, add it again with another language of file names.")


def _is_western(raws: Sequence[bytes]) -> bool:
    """Whether code page 437 gives words: letters with accents, fewer of them than plain ones beside."""
    texts = [re.sub(r"\.\w+$", "", raw.decode("cp437")) for raw in raws]
    special = [letter for text in texts for letter in text if letter > "\x7f"]
    plain = sum(letter.isascii() and letter.isalpha() for text in texts for letter in text)
    return len(special) <= plain and all(letter in _WESTERN for letter in special)


def _is_korean(raws: Sequence[bytes]) -> bool:
    """Whether all are syllables: read as GB 2312 these are common characters, too, but few of those are syllables."""
    letters = {letter for raw in raws for letter in _text(raw, "cp949") or "" if letter > "\x7f"}
    return len(letters) >= ENOUGH and _score(raws, "cp949", _korean) == 1


def _score(raws: Sequence[bytes], coding: str, is_common: Callable[[str, bytes], bool]) -> float:
    """The share of letters beyond ASCII that are common ones; 0 where a name can't be read so."""
    texts = [_text(raw, coding) for raw in raws]
    letters = [letter for text in texts for letter in text or "" if letter > "\x7f"]
    if None in texts or not letters:
        return 0.0
    return sum(is_common(letter, letter.encode(coding)) for letter in letters) / len(letters)


_WESTERN = set(bytes([*range(0x80, 0x9B), *range(0xA0, 0xA6), 0xE1]).decode("cp437"))


def _japanese(letter: str, code: bytes) -> bool:
    """Kana of full width and the first 2,965 kanji (JIS X 0208, level 1)."""
    return "\u3040" <= letter <= "\u30ff" or (len(code) == 2 and b"\x88\x9f" <= code <= b"\x98\x72")


def _simplified(letter: str, code: bytes) -> bool:
    """GB 2312, which holds nearly all that names are written with."""
    return b"\xb0\xa1" <= code <= b"\xf7\xfe" and code[1] >= 0xA1


def _korean(letter: str, code: bytes) -> bool:
    """The 2,350 syllables of KS X 1001."""
    return b"\xb0\xa1" <= code <= b"\xc8\xfe" and code[1] >= 0xA1


def _traditional(letter: str, code: bytes) -> bool:
    """Big5, level 1: its 5,401 common characters."""
    return b"\xa4\x40" <= code <= b"\xc6\x7e"


def _cyrillic(letter: str, code: bytes) -> bool:
    return "\u0400" <= letter <= "\u045f"


_COMMON = {"gbk": _simplified, "cp932": _japanese, "cp866": _cyrillic, "big5": _traditional}
