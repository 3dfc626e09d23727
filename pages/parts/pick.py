"""Pickers: widgets hold names, show titles, and keep the address in step so that a link restores the page."""

import streamlit as st

from mlcore import data, generation, library
from mlcore.library.card import Card
from pages.parts import shell
from pages.parts.formatting import plain, title_in


def one(label, titles: dict[str, str], key: str, default=None, widget=st.selectbox, context=None, **options):
    """Pick one name out of {name: title}; the address holds the name under `key`.

    A name in the address wins when it is new (a link, the back button), else what was picked last.
    When `context` differs from that of the last pick, the default is picked again.
    """
    asked, written, before = st.query_params.get(key), f"{key}.written", f"{key}.context"
    if st.session_state.get(before, context) != context:
        st.session_state.pop(key, None)
    if asked in titles and asked != st.session_state.get(written):
        st.session_state[key] = asked
    if st.session_state.get(key) not in titles:
        st.session_state[key] = default if default in titles else next(iter(titles))
    titles = distinct(titles)
    if widget is not st.selectbox:  # the others read their options as markdown
        titles = {name: plain(title) for name, title in titles.items()}
    chosen = widget(label, list(titles), format_func=title_in(titles), key=key, persist_state="session", **options)
    st.query_params[key] = st.session_state[written] = chosen
    st.session_state[before] = context
    return chosen


def model(label: str = "Model", help: str = "Which classifier answers", default: str | None = None):
    """Pick a model out of the library; returns its Card, or explains how to get a first one.

    Before anybody chose one it is the `default`, else the one that most photographs are known to.
    """
    cards = {card.id: card for card in library.classifiers()}
    if not cards:
        nothing("There is no model yet.", "train", "Train your first model")
    titles = {name: card.title for name, card in cards.items()}
    return cards[one(label, titles, "model", default or _for_a_photograph(list(cards.values())), help=help)]


def _for_a_photograph(cards: list[Card]) -> str:
    """The newest own model, else the starter of the most classes."""
    return cards[0].id if not cards[0].starter else max(cards, key=lambda card: len(card.classes)).id


@st.cache_resource(max_entries=3, show_spinner=False)
def _open(name: str, stamp: tuple) -> object:
    opened = library.open_classifier(name)
    opened.warm_up()
    return opened


def classifier(card):
    """The classifier of a card, loaded once per server for as long as its files stay the same."""
    make_ready(card.id)
    return _open(card.id, stamp(card.id))


def make_ready(id: str) -> None:
    """Make a model that comes with a package at its first need; 28 s were measured with 2 cores idle."""
    if not library.is_ready(id):
        with st.spinner(
            "Making this model ready, this once: about half a minute, longer on a busy machine", show_time=True
        ):
            library.ready(id)


def classifier_for(card: Card, label: str, key: str, help: str, same: bool = False) -> Card | None:
    """Pick a classifier, those of the card's classes first (or alone); its card, or None where there is none."""
    cards = {each.id: each for each in library.classifiers() if not each.is_sequence}
    fitting = {name: each.title for name, each in cards.items() if each.classes == card.classes}
    others = {} if same else {name: each.title for name, each in cards.items() if name not in fitting}
    titles = distinct(fitting | others)
    if not titles:
        return None
    if st.session_state.get(key) not in titles:
        st.session_state[key] = next(iter(titles))
    chosen = st.selectbox(
        label, list(titles), format_func=title_in(titles), key=key, help=help, persist_state="session"
    )
    return cards[chosen]


@st.cache_resource(max_entries=3, show_spinner=False)
def _open_generator(name: str, stamp: tuple) -> generation.Generator:
    opened = generation.open(name)
    opened.sample(1)  # what the first sheet would have waited for
    return opened


def generator(card: Card) -> generation.Generator:
    """The generator of a card, opened once per server for as long as its files stay the same."""
    return _open_generator(card.id, stamp(card.id))


def stamp(name: str) -> tuple:
    """Path, time and size of a model's files: a model that was trained on is loaded anew."""
    files = sorted(library.folder(name).glob("*.*"))
    kept = [file for file in files if file.suffix in (".keras", ".tflite") or file.name == "card.json"]
    return tuple((str(file), file.stat().st_mtime_ns, file.stat().st_size) for file in kept)


def stored(label: str = "Data set", default: str | None = None, help: str = ""):
    """Pick a data set that is on this machine; returns its name, or explains how to get a first one."""
    titles = {summary.name: summary.title for summary in data.all() if summary.stored}
    if not titles:
        nothing("There is no data set on this machine yet.", "data", "Add a data set")
    return one(label, titles, "data", default, help=help or None)


def nothing(sentence: str, page: str, step: str, **query) -> None:
    """An empty page: what is missing, and the next step; nothing below is drawn."""
    with st.container(border=True, key="nothing"):
        st.write(sentence)
        st.page_link(shell.path(page), label=step, icon=":material/arrow_forward:", query_params=query or None)
    st.stop()


def distinct(titles: dict[str, str]) -> dict[str, str]:
    """Titles that differ: a second `Fast CNN` becomes `Fast CNN (2)`, for a picker goes by what it shows."""
    counts: dict[str, int] = {}
    result = {}
    for name, title in titles.items():
        counts[title] = counts.get(title, 0) + 1
        result[name] = title if counts[title] == 1 else f"{title} ({counts[title]})"
    return result
