"""The queue: what waits, in which order, and how to change it."""

import streamlit as st

from mlcore import jobs
from mlcore.jobs.queue import Move
from pages.parts import formatting
from pages.parts.trouble import trouble

MOVES: dict[Move, tuple[str, str]] = {
    "first": ("To the front", "vertical_align_top"),
    "up": ("Up", "arrow_upward"),
    "down": ("Down", "arrow_downward"),
}


def panel(runs: list) -> None:
    """The waiting runs in order, with buttons that move them; nothing when fewer than two wait."""
    waiting = sorted((run for run in runs if run.position), key=lambda run: run.position)
    if len(waiting) < 2:
        return
    st.subheader("Waiting", anchor=False)
    for run in waiting[:12]:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{run.position}. {formatting.plain(run.title)}", width="stretch")
            for move, (title, icon) in MOVES.items():
                st.button(
                    title,
                    key=f"queue.{move}.{run.id}",
                    icon=f":material/{icon}:",
                    disabled=_useless(move, run.position, len(waiting)),
                    on_click=_move,
                    args=(run.id, move),
                )
    if len(waiting) > 12:
        st.caption(f"and {len(waiting) - 12} more")


def _useless(move: Move, position: int, count: int) -> bool:
    return position == (count if move == "down" else 1)


def _move(run_id: str, move: Move) -> None:
    with trouble("Moving the run"):
        jobs.move(run_id, move)
