"""JSON read with care: bounded in size, depth and number of values, whole characters, finite numbers, checked shape."""

import json
import math
import re
import reprlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from mlcore.errors import Kind, Refused
from mlcore.reader.files import content

DEEPEST = 64  # levels of lists and objects within each other
MOST_VALUES = 1_000_000  # Python takes some 100 bytes for each, and pydantic 400 where it is wrong
MOST_OBJECTS = 50_000
MOST_ERRORS = 1000  # of shape, that are looked at
DIGITS = 18  # of a whole number: more fits no array, and printing it may be refused
HALF = re.compile("[\ud800-\udfff]")  # of a character, which nothing can write down
PART = re.compile(r"[\w-]+")  # of a place in a document; the others are names of types
T = TypeVar("T")
_adapter: Callable[[Any], TypeAdapter] = cache(TypeAdapter)  # of each kind one, made at its first need


def parse(text: str | bytes, name: str = "This text", objects: int = MOST_OBJECTS) -> Any:
    """The JSON document in a text, which may begin with a byte-order mark; raises Refused(unreadable-file).

    `objects` says how many may be in it, for of each pydantic may find several things wrong.
    """
    try:
        plain = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        if sum(map(plain.count, "[{,:")) > MOST_VALUES or plain.count("{") > objects:
            raise ValueError(f"holds more than {MOST_VALUES:,} values or {objects:,} objects")
        value = json.loads(plain, parse_int=_whole, parse_float=_finite, parse_constant=_finite)
        _refuse_halves(value, plain)
        _refuse_deep(value, plain)
    except UnicodeDecodeError:
        raise _refused(name, "isn't text in UTF-8") from None
    except json.JSONDecodeError as error:
        raise _refused(name, f"isn't JSON: {error.msg[:1].lower()}{error.msg[1:]} in line {error.lineno}") from None
    except RecursionError:
        raise _refused(name, f"is nested more than {DEEPEST} levels deep") from None
    except ValueError as error:
        raise _refused(name, str(error)) from None
    return value


def facts(path: Path) -> dict[str, Any]:
    """The object in a JSON file; empty where the file is missing, can't be read or holds something else."""
    try:
        values = document(path)
    except Refused:
        return {}
    return values if isinstance(values, dict) else {}


def parse_or(text: str | bytes, default: Any) -> Any:
    """The JSON document in a text, or the default where it isn't one."""
    try:
        return parse(text)
    except Refused:
        return default


def document(path: Path, objects: int = MOST_OBJECTS) -> Any:
    """The JSON document in a file; raises Refused(missing-file, unreadable-file)."""
    return parse(content(path), repr(path.name), objects)


def record(path: Path, kind: type[T], objects: int = MOST_OBJECTS) -> T:
    """What a JSON file says, as a pydantic model or a dataclass; raises Refused(missing-file, unreadable-file).

    Fields that a newer version added are left out; `newer` names them.
    """
    return _record(document(path, objects), kind, path)[0]


def newer(path: Path, kind: type) -> list[str]:
    """The fields of a JSON file that this version doesn't know; none where it can't be read."""
    try:
        return _record(document(path), kind, path)[1]
    except Refused:
        return []


def validated(values: Any, kind: type[T], name: str = "This text") -> T:
    """Plain values as a pydantic model or a dataclass; raises Refused(unreadable-file) for another shape."""
    try:
        value: T = _adapter(kind).validate_python(values)
        return value
    except ValidationError as error:
        raise _refused(name, _words(error)) from None


def _record(values: Any, kind: type[T], path: Path) -> tuple[T, list[str]]:
    try:
        return _adapter(kind).validate_python(values), []
    except ValidationError as error:
        if error.error_count() > MOST_ERRORS:
            raise _refused(repr(path.name), _words(error)) from None
        unknown = [each["loc"] for each in error.errors() if each["type"] == "extra_forbidden"]
    if isinstance(values, dict):
        for where in unknown:
            _drop(values, where)
    return validated(values, kind, repr(path.name)), [".".join(map(str, where)) for where in unknown]


def _drop(values: Any, where: tuple[int | str, ...]) -> None:
    """Take the value at a place out of nested ones, where it is there."""
    with suppress(KeyError, IndexError, TypeError):
        for key in where[:-1]:
            values = values[key]
        del values[where[-1]]


def _words(error: ValidationError) -> str:
    """What is wrong first; of too many faults no list is made, for each takes a kilobyte."""
    if (count := error.error_count()) > MOST_ERRORS:
        return f"doesn't say what it should in {count:,} places"
    return _sentence(error.errors(include_url=False)[0])


def _sentence(error: Mapping[str, Any]) -> str:
    where = ".".join(str(part) for part in error["loc"] if PART.fullmatch(str(part)))
    if error["type"] == "missing":
        return f"doesn't say what it should: {where!r} is missing"
    words = str(error["msg"]).removeprefix("Value error, ")
    what = f"{where!r} can't be {reprlib.repr(error['input'])}" if where else "has another shape"
    return f"doesn't say what it should: {what} ({words[:1].lower()}{words[1:]})"


def _refused(name: str, why: str) -> Refused:
    return Refused(Kind.UNREADABLE_FILE, f"{name} {why}.")


def _whole(text: str) -> int:
    if len(text) > DIGITS:
        raise ValueError(f"holds a whole number of more than {DIGITS} digits")
    return int(text)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"holds {text[:20]}, which isn't a finite number")
    return number


def _refuse_halves(value: Any, text: str) -> None:
    """Raise ValueError for half a character, in itself or as JSON spells it."""
    if HALF.search(text) or ("\\u" in text and any(map(HALF.search, _texts(value)))):
        raise ValueError("holds half a character")


def _texts(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        waiting += (*each, *each.values()) if isinstance(each, dict) else each if isinstance(each, list) else ()


def _refuse_deep(value: Any, text: str) -> None:
    if text.count("[") + text.count("{") <= DEEPEST:
        return
    level = [value]
    for _ in range(DEEPEST):
        inner = (each.values() if isinstance(each, dict) else each for each in level if isinstance(each, dict | list))
        level = [each for values in inner for each in values if isinstance(each, dict | list)]
    if level:
        raise ValueError(f"is nested more than {DEEPEST} levels deep")
