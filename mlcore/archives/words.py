"""Words for classes that are called by a code: what a list beside the pictures says of 21 or n01440764."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from mlcore import reader
from mlcore.archives.delimited import parse, text_of
from mlcore.archives.names import no_class
from mlcore.errors import Kind, Notice, Refused

CODE = re.compile(r"n\d{8}|\d{1,6}")  # a synset of WordNet, or a number
LIST = re.compile(r"class|label|categor|synset|word|name", re.IGNORECASE)  # in what a plain list of words is called
MOST_LINES = 100_000
MOST_BYTES = 4 << 20  # of a list; WordNet's own, of 82,115 words, has 2.6 MB
SYNSETS = Path(__file__).with_name("synsets.txt")  # the 1,000 classes of ImageNet (ILSVRC 2012)


def are_codes(classes: Iterable[str]) -> bool:
    """Whether all classes are called by a number or a synset."""
    classes = list(classes)
    return bool(classes) and all(CODE.fullmatch(name) for name in classes)


def found(classes: Iterable[str], name: str, data: bytes) -> dict[str, str] | None:
    """Words for all of these codes out of a file called `name`; None where it has none for them."""
    try:
        known = _of_json(data) if name.lower().endswith(".json") else _of_lines(name, data)
    except Refused:
        return None
    return _for(classes, known) if known else None


def of_imagenet(classes: Iterable[str]) -> dict[str, str] | None:
    """Words for synsets that are classes of ImageNet; None where one isn't."""
    classes = list(classes)
    return _for(classes, _synsets()) if any(name.startswith("n") for name in classes) else None


def notice(words: Mapping[str, str], source: str) -> Notice:
    """That classes got words for codes, and from where."""
    code, word = next(iter(words.items()))
    return Notice(Kind.CLASSES_IN_WORDS, f"Classes are called by words of {source}: {code} is {word!r}.")


@cache
def _synsets() -> dict[str, str]:
    lines = SYNSETS.read_text(encoding="utf-8").splitlines()
    return dict(line.split(" ", 1) for line in lines)


def _for(classes: Iterable[str], known: Mapping[str, str]) -> dict[str, str] | None:
    """The words of these codes, all different; None where one is missing."""
    plain = {_plain(code): word.strip() for code, word in known.items()}
    words = {name: plain.get(_plain(name), "") for name in classes}
    if any(map(no_class, words.values())) or are_codes(words.values()):
        return None
    often = Counter(words.values())
    return {name: word if often[word] == 1 else f"{word} ({name})" for name, word in words.items()}


def _plain(code: str) -> str:
    return code.lstrip("0") or "0" if code.isdecimal() else code


def _of_json(data: bytes) -> dict[str, str]:
    """{code: word}, {number: [code, word]}, {word: number}, or a list in order."""
    value = reader.parse(text_of(data))
    if isinstance(value, list):
        return {str(number): word for number, word in enumerate(value) if isinstance(word, str)}
    if not isinstance(value, dict):
        return {}
    pairs = [pair for key, each in value.items() for pair in _pairs(key, each)]
    return {code: _first(word) for code, word in pairs}


def _pairs(key: str, value: object) -> list[tuple[str, str]]:
    if isinstance(value, int):
        return [(str(value), key)]
    if isinstance(value, list) and len(value) == 2 and all(isinstance(each, str) for each in value):
        return [(value[0], value[1].replace("_", " ")), (key, value[1].replace("_", " "))]
    return [(key, value)] if isinstance(value, str) else []


def _of_lines(name: str, data: bytes) -> dict[str, str]:
    """Lines of a code and its words, or of words alone in order from 0, or from 1 where they begin so."""
    lines = [line.strip() for line in text_of(data).splitlines()[:MOST_LINES] if line.strip()]
    coded = [match for line in lines if (match := re.fullmatch(rf"({CODE.pattern})[\s,;:=]+(\S.*)", line))]
    if len(coded) >= len(lines) - 1 and coded:
        return {match[1]: _first(match[2]) for match in coded}
    if LIST.search(name.rpartition("/")[2]) and not _is_table(name, data):
        return {str(number): line for number, line in enumerate(lines)}
    return {}


def _is_table(name: str, data: bytes) -> bool:
    return parse(name, data).width > 1 and name.lower().endswith((".csv", ".tsv"))


def _first(words: str) -> str:
    """The first of several words for the same: 'tench, Tinca tinca' is a tench."""
    return re.split(r"[,;\t]", words.strip().strip('"'))[0].strip()
