"""A network's architecture drawn: boxes from the picture down to the answer, with shapes and shortcuts."""

from html import escape

import streamlit as st

from mlcore import data, library
from mlcore.architectures import grouping, outline
from mlcore.architectures.grouping import Block, Box
from pages.parts.trouble import trouble

WIDTH = 410  # shrinks to two thirds on a phone, where it can still be read
LEFT, GUTTER = 34, 16  # where boxes begin: room for shortcuts; how far a block's frame reaches beyond its boxes
HEIGHT, GAP = 46, 18  # of a box; between two boxes
FONT = "font-family='Helvetica, Arial, sans-serif'"  # a picture can't use the page's own font
INK = {"light": ("#0F172A", "#475569", "#94A3B8", "#FFFFFF"), "dark": ("#F1F5F9", "#CBD5E1", "#64748B", "#1E293B")}
COLOURS = {
    "light": {"convolution": "#2563EB", "pooling": "#B45309", "dense": "#047857", "join": "#7C3AED"},
    "dark": {"convolution": "#60A5FA", "pooling": "#FBBF24", "dense": "#34D399", "join": "#A78BFA"},
}


@st.cache_data(max_entries=64, show_spinner="Drawing the network…")
def _draft(architecture: str, settings: dict, shape: tuple, classes: int) -> dict:
    return outline.draft(architecture, settings, shape, classes)


def draft(architecture: str, settings: dict, shape: tuple, classes: int) -> None:
    """Draw a network that isn't trained yet; a refusal is said in its sentence."""
    with trouble("Drawing the network"):
        show(_draft(architecture, settings, shape, classes))


def trained(run) -> None:
    """Draw a run's network as it was kept, or as its recipe makes it."""
    drawing, recipe = outline.saved(library.folder(run.id)), run.recipe
    if drawing:
        show(drawing)
        return
    about = data.stored(recipe.data, recipe.fingerprint)
    if about:
        draft(recipe.architecture, recipe.settings, tuple(about.shape), len(about.classes))
    else:
        st.text("The network can be drawn once the run is done, or while its data set is here.")


def show(drawing: dict) -> None:
    """Draw an outline."""
    parts = grouping.group(drawing)
    theme = "dark" if st.context.theme.type == "dark" else "light"
    st.image(_svg(parts, theme), width="content", alt=_description(parts, grouping.total(drawing)))
    st.caption(f"{grouping.total(drawing):,} parameters in all.")


def _description(parts: list, total: int) -> str:
    """The drawing for those who can't see it."""
    steps = "; ".join(_sentence(part) for part in parts)
    return f"The network from the picture to the answer, {total:,} parameters: {steps}."


def _sentence(part: Box | Block) -> str:
    times = f"{part.repeat} times " if part.repeat > 1 else ""
    if isinstance(part, Block):
        return f"{times}a block of {', '.join(box.words[0] for box in part.boxes)}"
    return f"{times}{', '.join(part.words)}, giving {_sides(part.shape)}"


def _svg(parts: list, theme: str) -> str:
    drawn, y = [], 8
    for number, part in enumerate(parts):
        if number:
            into = GUTTER if isinstance(part, Block) else 0  # on to the first box inside the frame
            drawn.append(_line(WIDTH // 2, y, y + GAP + into, theme))
            y += GAP
        below = _block(part, y, theme) if isinstance(part, Block) else _box(part, y, theme)
        drawn.append(below[0])
        y = below[1]
    head = f"<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='{y + 8}' viewBox='0 0 {WIDTH} {y + 8}'>"
    return f"{head}{''.join(drawn)}</svg>"


def _block(block: Block, y: int, theme: str) -> tuple[str, int]:
    """A frame around the block's boxes, with an arc for each edge that leads past a box."""
    ink, _, line, _ = INK[theme]
    top, tops, drawn = y, [], []
    y += GUTTER
    for number, box in enumerate(block.boxes):
        if number:
            drawn.append(_line(WIDTH // 2, y, y + GAP, theme) if (number - 1, number) in block.edges else "")
            y += GAP
        tops.append(y)
        text, y = _box(box, y, theme)
        drawn.append(text)
    y += GUTTER // 2
    arcs = sorted(((a, b) for a, b in block.edges if b - a > 1), key=lambda edge: edge[0] - edge[1])
    drawn += [_arc(top if a < 0 else tops[a] + HEIGHT, tops[b], lane, theme) for lane, (a, b) in enumerate(arcs)]
    frame = (
        f"<rect x='2' y='{top}' width='{WIDTH - 4}' height='{y - top}' rx='10' fill='{line}' fill-opacity='0.12' "
        f"stroke='{line}' stroke-opacity='0.6'/>"
    )
    times = _text(WIDTH - 12, top + 12, f"× {block.repeat}", ink, 12, "end", bold=True) if block.repeat > 1 else ""
    return frame + "".join(drawn) + times, y


def _box(box: Box, y: int, theme: str) -> tuple[str, int]:
    ink, soft, line, paper = INK[theme]
    colour = COLOURS[theme].get(box.kind, line)
    x, width = LEFT, WIDTH - 2 * LEFT + GUTTER
    title = (f"{box.repeat} × " if box.repeat > 1 else "") + _written(box.words[0])
    notes = [_written(word, capital=False) for word in box.words[1:]]
    notes += [f"{box.parameters:,} parameters"] if box.parameters else []
    lower = 27 if not notes else 19
    return (
        f"<rect x='{x}' y='{y}' width='{width}' height='{HEIGHT}' rx='7' fill='{paper}' stroke='{colour}'/>"
        f"<rect x='{x}' y='{y}' width='6' height='{HEIGHT}' rx='3' fill='{colour}'/>"
        + _text(x + 14, y + lower, title, ink, 14)
        + _text(x + 14, y + 37, " · ".join(notes), soft, 11.5)
        + _text(x + width - 10, y + lower, _sides(box.shape), soft, 12.5, "end")
    ), y + HEIGHT


def _line(x: int, top: int, bottom: int, theme: str) -> str:
    colour = INK[theme][1]
    return (
        f"<path d='M{x} {top}V{bottom - 2}' stroke='{colour}' stroke-width='1.5' fill='none'/>"
        f"<path d='M{x - 4} {bottom - 6}L{x} {bottom}L{x + 4} {bottom - 6}Z' fill='{colour}'/>"
    )


def _arc(top: int, bottom: int, lane: int, theme: str) -> str:
    """A shortcut down the left side, from below one place to the upper corner of the box it enters."""
    colour, x, end = INK[theme][1], max(6, LEFT - 12 - 7 * lane), bottom + 12
    start = top + 5
    down = f"Q{x} {start} {x} {start + 6}V{end - 6}Q{x} {end} {x + 6} {end}"
    return (
        f"<path d='M{WIDTH // 2} {top}V{start}H{x + 6}{down}H{LEFT - 5}' "
        f"stroke='{colour}' stroke-width='1.5' fill='none'/>"
        f"<path d='M{LEFT - 7} {end - 4}L{LEFT} {end}L{LEFT - 7} {end + 4}Z' fill='{colour}'/>"
    )


def _text(x: float, y: float, text: str, colour: str, size: float, anchor: str = "start", bold: bool = False) -> str:
    weight = " font-weight='600'" if bold else ""
    return (
        f"<text x='{x}' y='{y}' {FONT} font-size='{size}' fill='{colour}' text-anchor='{anchor}'{weight}>"
        f"{escape(text)}</text>"
    )


def _written(words: str, capital: bool = True) -> str:
    text = words.replace(" x ", " × ")
    return text[:1].upper() + text[1:] if capital else text


def _sides(shape: tuple) -> str:
    return " × ".join(f"{side:,}" if side else "?" for side in shape)
