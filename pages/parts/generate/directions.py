"""Latent directions: the knobs that change a generator's pictures most, as sliders with number boxes."""

from typing import Any

import numpy as np
import streamlit as st

from mlcore.generation.latent import directions
from mlcore.generation.render import gif
from mlcore.generation.render.grid import grid
from pages.parts import background, pick
from pages.parts.generate import controls
from pages.parts.trouble import trouble

REACH = 5.0  # standard deviations of the noise
COUNT = 30


def explore(generator) -> None:
    """Eight knobs beside the pictures that they change."""
    with trouble("Turning its knobs"):
        axes = directions_of(generator)
        if axes is not None:
            _draw(generator, axes)


def directions_of(generator) -> np.ndarray | None:
    """The directions of a generator; read off its network the first time, which may be called off: None."""
    kept = directions.kept(generator)
    if kept is not None:
        return kept
    key = ("directions", pick.stamp(generator.card.id))
    results: list[np.ndarray] = []
    title = "Reading the directions off the network, once"
    background.wait(
        [background.Request(st.container(), "turn", title, key, lambda _: directions.of(generator), results.append)]
    )
    return results[0] if results else None


def knobs(count: int, prefix: str) -> list[float]:
    """A knob for each direction, and a button that turns all of them back."""
    amounts = [_knob(number, prefix) for number in range(count)]
    st.button("Reset", key=f"{prefix}.reset", icon=":material/restart_alt:", on_click=reset, args=(prefix,))
    return amounts


def _draw(generator, axes: np.ndarray) -> None:
    left, right = st.columns([1, 1], gap="large")
    with left:
        amounts = knobs(len(axes), "turn")
    with right:
        first, second = st.columns(2)
        with first:
            seed = controls.seed_of("play")
        with second:
            target = controls.class_of(generator, "play.class")
            truncation = controls.truncation_of()
        latents = directions.moved(truncation * generator.latents(COUNT, seed), axes, amounts)
        pictures = generator.draw(latents, generator.shares(COUNT, target))
        drawn = controls.show(grid(pictures, 10), f"{COUNT} made pictures from seed {seed}, with the knobs turned")
        with st.container(horizontal=True):
            controls.download("PNG", drawn, f"turned-{seed}.png", "image/png", "turn.png")
            names = [f"turned-{seed}-{number:03}" for number in range(COUNT)]
            controls.download(
                "ZIP", lambda: gif.zipped(pictures, names), f"turned-{seed}.zip", "application/zip", "turn.zip"
            )


def _knob(number: int, prefix: str) -> float:
    """A slider and a number box that hold the same value."""
    slider, box = f"{prefix}.{number}", f"{prefix}.{number}.box"
    value = float(st.session_state.get(slider) or 0.0)
    st.session_state[slider] = st.session_state[box] = value
    label = f"Direction {number + 1}"
    options: dict[str, Any] = {"min_value": -REACH, "max_value": REACH, "step": 0.1}
    wide, narrow = st.columns([3, 1], vertical_alignment="bottom")
    with wide:
        st.slider(label, **options, key=slider, persist_state="session", format="%.1f")
    with narrow:
        st.number_input(
            f"{label}, typed",
            **options,
            key=box,
            label_visibility="collapsed",
            format="%.1f",
            on_change=_typed,
            args=(slider, box),
        )
    return value


def _typed(slider: str, box: str) -> None:
    st.session_state[slider] = st.session_state[box]


def reset(prefix: str) -> None:
    """Turn every knob back to the middle."""
    st.session_state.update({f"{prefix}.{number}": 0.0 for number in range(directions.MOST)})
