"""From an outline to the few boxes that a drawing shows: layers, blocks with their shortcuts, repeats."""

from dataclasses import dataclass, replace
from typing import TypeAlias

Edge = tuple[int, int]
Part: TypeAlias = "Box | Block"


@dataclass(frozen=True)
class Box:
    """A layer with those that only tidy up behind it: what they are, the shape they give (a picture's), weights."""

    words: tuple[str, ...]
    kind: str
    shape: tuple[int, ...]
    parameters: int
    repeat: int = 1

    @property
    def alike(self) -> tuple:
        """What two boxes must share to be drawn as one."""
        return (self.words,)


@dataclass(frozen=True)
class Block:
    """Boxes between two places that everything passes; `edges` join boxes, -1 being what comes in."""

    boxes: tuple[Box, ...]
    edges: frozenset[Edge]
    repeat: int = 1

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape it gives."""
        return self.boxes[-1].shape

    @property
    def parameters(self) -> int:
        """Weights of all its boxes."""
        return sum(box.parameters for box in self.boxes)

    @property
    def alike(self) -> tuple:
        """What two blocks must share to be drawn as one."""
        return (tuple(box.words for box in self.boxes), self.edges)


def group(outline: dict) -> list[Part]:
    """The boxes and blocks of an outline in order; equal neighbours become one that says how often it comes."""
    boxes, edges = _merge_quiet(outline["nodes"])
    parts: list[Part] = []
    start = 0
    for end in _passes(len(boxes), edges):
        if end == start:
            parts.append(boxes[end])
        else:
            inner = frozenset((max(a - start, -1), b - start) for a, b in edges if start <= b <= end)
            parts.append(Block(tuple(boxes[start : end + 1]), inner))
        start = end + 1
    return _repeats(parts)


def total(outline: dict) -> int:
    """All numbers that the network keeps."""
    return sum(node["parameters"] for node in outline["nodes"])


def _merge_quiet(nodes: list[dict]) -> tuple[list[Box], list[Edge]]:
    """Boxes and the edges between them; a quiet layer joins the only layer before it, if it is the only one after.

    A normalisation behind a shortcut stays apart: it belongs to what follows, and the blocks stay equal.
    """
    readers = [0] * len(nodes)
    for node in nodes:
        for source in node["inputs"]:
            readers[source] += 1
    boxes: list[Box] = []
    edges: list[Edge] = []
    box_of: dict[int, int] = {}
    for number, node in enumerate(nodes):
        sources = node["inputs"]
        if node["kind"] == "quiet" and _follows_alone(node, readers) and not _opens_the_next(node, boxes, box_of):
            box_of[number] = box_of[sources[0]]
            boxes[box_of[number]] = _joined(boxes[box_of[number]], node)
        else:
            box_of[number] = len(boxes)
            boxes.append(Box((node["words"],), node["kind"], tuple(node["shape"]), node["parameters"]))
            edges += [(box_of[source], box_of[number]) for source in sources]
    return boxes, edges


def _follows_alone(node: dict, readers: list[int]) -> bool:
    return len(node["inputs"]) == 1 and readers[node["inputs"][0]] == 1


def _opens_the_next(node: dict, boxes: list[Box], box_of: dict[int, int]) -> bool:
    return "normalization" in node["words"] and boxes[box_of[node["inputs"][0]]].kind == "join"


def _joined(box: Box, node: dict) -> Box:
    words, parameters = (*box.words, node["words"]), box.parameters + node["parameters"]
    return replace(box, words=words, shape=tuple(node["shape"]), parameters=parameters)


def _passes(count: int, edges: list[Edge]) -> list[int]:
    """The boxes that no edge leads around: where everything comes together."""
    reach, passes = 0, []
    for index in range(count):
        if reach <= index:
            passes.append(index)
        reach = max([reach, *(b for a, b in edges if a == index)])
    return passes


def _repeats(parts: list[Part]) -> list[Part]:
    kept: list[Part] = []
    for part in parts:
        if kept and kept[-1].alike == part.alike:
            kept[-1] = _again(kept[-1], part)
        else:
            kept.append(part)
    return kept


def _again(one: Part, other: Part) -> Part:
    """Two equal parts as one: shapes of the later one, weights of both."""
    later = replace(other, repeat=one.repeat + 1)
    if isinstance(one, Box) and isinstance(later, Box):
        return _summed(one, later)
    if isinstance(one, Block) and isinstance(later, Block):
        return replace(later, boxes=tuple(_summed(*pair) for pair in zip(one.boxes, later.boxes, strict=True)))
    return later


def _summed(one: Box, other: Box) -> Box:
    return replace(other, parameters=one.parameters + other.parameters)
