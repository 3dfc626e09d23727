"""Watching a generator learn: the same noise at every step as a timelapse, and the curves of both networks."""

from functools import partial

import numpy as np
import streamlit as st

from mlcore import images, library, reader
from mlcore.events import GanStepsDone, SamplesDrawn
from mlcore.generation.render import gif
from pages.parts import charts
from pages.parts.generate import checks, controls
from pages.parts.runs.look import Look
from pages.parts.trouble import trouble

CURVES = {
    "Loss": {"Critic": "critic_loss", "Generator": "generator_loss"},
    "Critic's score": {"Real pictures": "real_score", "Made pictures": "made_score"},
}
HELP = (
    "Both networks learn from each other, so neither loss should go to zero. The critic gives real pictures a higher "
    "score than made ones; where the two lines meet it can't tell them apart any more."
)
GIF_WIDTH = 480


def draw(look: Look) -> None:
    """Previews and curves of a run at one look."""
    left, right = st.columns([3, 2], gap="large")
    with left, trouble("Showing the previews"):
        _previews(look)
    with right, trouble("Drawing the curves"):
        _curves(look.events)


def _previews(look: Look) -> None:
    steps, run_id = drawn(look.events), look.run.id
    if not steps:
        st.caption("The first pictures come in a moment.")
        return
    step = _scrubber(run_id, list(steps))
    folder = library.folder(run_id)
    controls.show(pixels(folder, steps[step]), f"Pictures made from the same noise after {step:,} steps")
    many = [steps[each] for each in sorted(steps)]
    make = partial(_film, folder, many)
    controls.download("GIF of the whole run", make, "learning.gif", "image/gif", "timelapse.gif")


def drawn(events: list) -> dict[int, str]:
    """The file of each step's preview, the first step first."""
    files = {event.step: event.file for event in events if isinstance(event, SamplesDrawn)}
    return dict(sorted(files.items()))


def pixels(folder, file: str) -> np.ndarray:
    """A preview of a run as pixels uint8 (h, w, 3); raises Refused(unsafe-path) for a file outside of its folder."""
    return images.decode(reader.content(reader.inside(folder, file))).pixels


def _scrubber(run_id: str, steps: list[int]) -> int:
    """A slider over the steps; it stays at the newest until somebody moves it."""
    key, moved = f"timelapse.{run_id}", f"timelapse.{run_id}.moved"
    if not st.session_state.get(moved) or st.session_state.get(key) not in steps:
        st.session_state[key] = steps[-1]
    if len(steps) == 1:
        return steps[0]
    return st.select_slider(
        "After step",
        steps,
        key=key,
        format_func="{:,}".format,
        on_change=_note,
        args=(key, moved, steps[-1]),
        help="The same noise at every step",
    )


def _note(key: str, moved: str, newest: int) -> None:
    st.session_state[moved] = st.session_state[key] != newest


def _film(folder, files: list[str]) -> bytes:
    return gif.gif([gif.enlarged(pixels(folder, file), GIF_WIDTH) for file in files])


def _curves(events: list) -> None:
    points = list({e.step: e for e in events if isinstance(e, GanStepsDone)}.values())
    if not points:
        return
    steps = [point.step for point in points]
    for title, fields in CURVES.items():
        lines = {name: (steps, [getattr(point, field) for point in points]) for name, field in fields.items()}
        charts.curves(lines, "Steps", title, f"timelapse.{title}")
    st.caption(HELP)
    checks.draw(events)
