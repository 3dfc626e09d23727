"""What needs the network itself, which may take a while to load."""

import streamlit as st

from pages.parts import background, pick


def loaded(subject, name: str, make):
    """Something that needs the network itself, which may take a while to load; None until it is there."""
    found, key = [], (name, pick.stamp(subject.card.id))
    place = st.container()

    def load(progress):
        return make(subject.classifier)

    background.wait([background.Request(place, f"inside.{name}", "Loading the network", key, load, found.append)])
    return found[0] if found else None
