"""Generate: pictures that never were; play with a generator (GAN), train one, and see how good it is."""

import streamlit as st

from pages.parts import address, pick, shell
from pages.parts.generate import choose, play, quality, train
from pages.parts.trouble import trouble

shell.require()

PARTS = {"play": "Play", "train": "Train one", "measure": "How good is it?"}


def play_with_one() -> None:
    """Pictures of a finished generator, under the hands."""
    play.play(choose.choose())


def measure_one() -> None:
    """The figures of a finished generator."""
    quality.panel(choose.choose())


SHOWS = {"play": play_with_one, "train": train.train, "measure": measure_one}

st.title("Generate", anchor=False)
with trouble("Generating"):
    first = "train" if address.asked("run") else "play"
    part = pick.one("What do you want to do?", PARTS, "do", first, widget=st.segmented_control, required=True)
    with trouble("This part"):
        SHOWS[part]()
