"""Pickles (serialised Python objects) as plain values: no class is looked up, no function called, nothing imported.

An interpreter of the opcodes that PyTorch's state dictionaries need (protocol 2), about a third of them all. It knows
texts, whole numbers, truth values, tuples, lists, dictionaries, and names on a list; whatever else a file asks for is
refused. No step recurses, so nesting and cycles cost nothing; work and memory are bounded by the file's length.
"""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mlcore.errors import Kind, Refused

MAX_STEPS = 1_000_000  # opcodes; EfficientNet-Lite0 has 11,000
MAX_TEXT = 1000  # bytes of a name or text


@dataclass(frozen=True)
class Name:
    """A class or function that a file names, such as `torch.FloatStorage`; it stays a name."""

    text: str


@dataclass(frozen=True)
class Dialect:
    """What a file may name, what is made of a call of such a name, and of a reference to something outside."""

    names: frozenset[str]
    call: Callable[[str, tuple], Any]
    refer: Callable[[Any], Any]


def load(data: bytes, start: int, dialect: Dialect) -> tuple[Any, int]:
    """The value that begins at an offset, and where the next thing begins; raises Refused(unsafe-model, corrupt-model).

    Calls and references become what the dialect makes of them.
    """
    machine = _Machine(data, start, dialect)
    try:
        return machine.run(), machine.offset
    except (struct.error, IndexError, KeyError, UnicodeDecodeError):
        raise corrupt("it ends too early or contradicts itself") from None


def corrupt(what: str) -> Refused:
    """The refusal for a file that can't be what it begins as."""
    return Refused(Kind.CORRUPT_MODEL, f"The file of weights is damaged: {what}. Install or copy it again.")


def unsafe(what: str) -> Refused:
    """The refusal for a file that asks for more than numbers."""
    return Refused(Kind.UNSAFE_MODEL, f"The file of weights isn't read: it asks for {what}, which could run code.")


class _Machine:
    """A stack of values, a second one of marks in it, and a memo of values to come back to."""

    def __init__(self, data: bytes, start: int, dialect: Dialect):
        self.data, self.offset, self.dialect = data, start, dialect
        self.stack: list[Any] = []
        self.marks: list[int] = []
        self.memo: dict[int, Any] = {}

    def run(self) -> Any:
        for _ in range(MAX_STEPS):
            opcode = self.data[self.offset]
            self.offset += 1
            if opcode == STOP:
                return self.stack.pop()
            if opcode not in OPCODES:
                raise unsafe(f"the operation {opcode:#04x}")
            OPCODES[opcode](self)
        raise corrupt(f"it takes more than {MAX_STEPS:,} steps")

    def number(self, format: str) -> int:
        """The next number, in the notation of `struct`."""
        (value,) = struct.unpack_from(format, self.data, self.offset)
        self.offset += struct.calcsize(format)
        return value

    def text(self, size: int) -> bytes:
        """The next bytes, all of them."""
        if not 0 <= size <= MAX_TEXT or self.offset + size > len(self.data):
            raise corrupt("a text in it is too long")
        self.offset += size
        return self.data[self.offset - size : self.offset]

    def line(self) -> str:
        """The next bytes up to a line end."""
        end = self.data.find(b"\n", self.offset, self.offset + MAX_TEXT)
        if end < 0:
            raise corrupt("a name in it has no end")
        line = self.text(end - self.offset).decode()
        self.offset += 1
        return line

    def since_mark(self) -> list[Any]:
        """Take everything above the last mark off the stack."""
        mark = self.marks.pop()
        values, self.stack[mark:] = self.stack[mark:], []
        return values


def _protocol(machine: _Machine) -> None:
    if machine.number("B") != 2:
        raise corrupt("it is of another protocol than 2")


def _long(machine: _Machine) -> None:
    machine.stack.append(int.from_bytes(machine.text(machine.number("B")), "little", signed=True))


def _text(machine: _Machine) -> None:
    machine.stack.append(machine.text(machine.number("<I")).decode())


def _name(machine: _Machine) -> None:
    name = f"{machine.line()}.{machine.line()}"
    if name not in machine.dialect.names:
        raise unsafe(repr(name[:80]))
    machine.stack.append(Name(name))


def _call(machine: _Machine) -> None:
    arguments, function = machine.stack.pop(), machine.stack.pop()
    if not isinstance(function, Name) or not isinstance(arguments, tuple):
        raise unsafe("a call of what is no function")
    machine.stack.append(machine.dialect.call(function.text, arguments))


def _refer(machine: _Machine) -> None:
    machine.stack.append(machine.dialect.refer(machine.stack.pop()))


def _attributes(machine: _Machine) -> None:
    """An object's attributes, in a state dictionary the versions of its layers, are left out."""
    machine.stack.pop()


def _set_item(machine: _Machine) -> None:
    value, key = machine.stack.pop(), machine.stack.pop()
    _update(machine.stack[-1], [key, value])


def _set_items(machine: _Machine) -> None:
    pairs = machine.since_mark()
    _update(machine.stack[-1], pairs)


def _update(target: Any, pairs: list[Any]) -> None:
    keys = pairs[::2]
    if type(target) is not dict or len(pairs) % 2 or not all(isinstance(key, str) for key in keys):
        raise corrupt("something that is no dictionary is used as one")
    target.update(zip(keys, pairs[1::2], strict=True))


def _append(machine: _Machine) -> None:
    _extend(machine, [machine.stack.pop()])


def _appends(machine: _Machine) -> None:
    _extend(machine, machine.since_mark())


def _extend(machine: _Machine, values: list[Any]) -> None:
    target = machine.stack[-1]
    if type(target) is not list:
        raise corrupt("something that is no list is used as one")
    target.extend(values)


def _push(make: Callable[[], Any]) -> Callable[[_Machine], None]:
    return lambda machine: machine.stack.append(make())


def _number(format: str) -> Callable[[_Machine], None]:
    return lambda machine: machine.stack.append(machine.number(format))


def _keep(format: str) -> Callable[[_Machine], None]:
    def keep(machine: _Machine) -> None:
        machine.memo[machine.number(format)] = machine.stack[-1]

    return keep


def _recall(format: str) -> Callable[[_Machine], None]:
    return lambda machine: machine.stack.append(machine.memo[machine.number(format)])


def _tuple(size: int) -> Callable[[_Machine], None]:
    def join(machine: _Machine) -> None:
        values = [machine.stack.pop() for _ in range(size)]
        machine.stack.append(tuple(reversed(values)))

    return join


STOP = ord(".")
OPCODES: Mapping[int, Callable[[_Machine], None]] = {
    0x80: _protocol,
    ord("("): lambda machine: machine.marks.append(len(machine.stack)),
    ord("N"): _push(lambda: None),
    0x88: _push(lambda: True),
    0x89: _push(lambda: False),
    ord("J"): _number("<i"),
    ord("K"): _number("<B"),
    ord("M"): _number("<H"),
    0x8A: _long,
    ord("X"): _text,
    ord("}"): _push(dict),
    ord("]"): _push(list),
    ord(")"): _push(tuple),
    ord("t"): lambda machine: machine.stack.append(tuple(machine.since_mark())),
    0x85: _tuple(1),
    0x86: _tuple(2),
    0x87: _tuple(3),
    ord("s"): _set_item,
    ord("u"): _set_items,
    ord("a"): _append,
    ord("e"): _appends,
    ord("q"): _keep("<B"),
    ord("r"): _keep("<I"),
    ord("h"): _recall("<B"),
    ord("j"): _recall("<I"),
    ord("c"): _name,
    ord("R"): _call,
    ord("b"): _attributes,
    ord("Q"): _refer,
}
