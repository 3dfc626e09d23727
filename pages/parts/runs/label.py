"""Naming, tagging and pinning a model, so that it is found again."""

import streamlit as st

from mlcore.library import labels
from mlcore.library.card import Card
from pages.parts import pick
from pages.parts.formatting import title_in
from pages.parts.trouble import trouble

PIN = "It stands first, and answers wherever no other is chosen"


def panel(cards: dict[str, Card]) -> None:
    """A fold with a form for the title, tags and pin of any model, those that came along, too."""
    with st.expander("Name, tag or pin a model", key="label.fold"), trouble("Writing that"):
        titles = pick.distinct(pick.titled(list(cards.values())))
        id = st.selectbox("Model to name", list(titles), format_func=title_in(titles), key="label.model")
        _form(id, cards[id])


def _form(id: str, card: Card) -> None:
    label = labels.of(id)
    with st.form(f"label.{id}", border=False):
        left, right = st.columns(2)
        with left:
            title = st.text_input("Title", label.title, placeholder=card.title, key=f"label.{id}.title")
        with right:
            tags = st.text_input(
                "Tags", ", ".join(label.tags), key=f"label.{id}.tags", placeholder="demo, team", help="Commas between"
            )
        pinned = st.toggle("Pin it", label.pinned, key=f"label.{id}.pinned", help=PIN)
        if st.form_submit_button("Write it down", key=f"label.{id}.write"):
            labels.write(id, labels.checked(title, tags, pinned))
            st.rerun()


def words(card: Card | None) -> str:
    """The tags of a model, and that it is pinned, for a table."""
    return "" if card is None else ", ".join((*(["pinned"] if card.pinned else []), *card.tags))


def title(run, card: Card | None) -> str:
    """What a run is called: as its model is, once there is one."""
    return card.title if card else run.title
