"""Pickers: widgets hold names, show titles, and keep the address in step so that a link restores the page."""

import streamlit as st

from mlcore import data, generation, library
from mlcore.jobs import sweeps
from mlcore.library.card import Card
from mlcore.library.suited import suited
from pages.parts import address, shell
from pages.parts.formatting import plain, title_in
from pages.parts.layout import WIDGET_HEIGHT, reserved


def one(
    label,
    titles: dict[str, str],
    key: str,
    default=None,
    widget=st.selectbox,
    context=None,
    stays=True,
    hidden=(),
    **options,
):
    """Pick one name out of {name: title}; the address holds the name under `key`.

    When `context` differs from that of the last pick, the default is picked again, unless an address asks for another.
    A default `stays` on its page, or follows what `default` becomes. What is `hidden` the address doesn't tell.
    """
    is_new = f"{key}.context" not in st.session_state and key not in st.session_state
    name = _chosen(key, titles, default, context, stays)
    if not is_new:
        st.session_state[key] = name
    else:  # of a session that begins, where a click made before the server restarted still counts
        options |= {"index": list(titles).index(name)} if widget is st.selectbox else {"default": name}
    shown = distinct(titles)
    if widget is not st.selectbox:  # the others read their options as markdown
        shown = {name: plain(title) for name, title in shown.items()}
    chosen = widget(label, list(shown), format_func=title_in(shown), key=key, **options)
    address.show(key, None if chosen in hidden else chosen)
    tell_stale(key, label)
    return chosen


def tell_stale(key: str, label: str) -> None:
    """Say so where the address asks for what isn't here."""
    if gone := address.stale(key):
        st.warning(f"The address asks for “{plain(gone)}”, which isn't here. Choose another {plain(label).lower()}.")


def _chosen(key: str, titles: dict[str, str], default, context, stays: bool) -> str:
    """The name that the picker begins with."""
    before = f"{key}.context"
    if st.session_state.get(before, context) != context and not address.asked(key):
        address.choose(key, None)
    st.session_state[before] = context
    return address.value(key, titles, stays) or (default if default in titles else next(iter(titles)))


def model(label: str = "Model", help: str = "Which classifier answers", default: str | None = None, chosen=None):
    """Pick a model out of the library; returns its Card, or explains how to get a first one.

    Before anybody chose one it is the `default`, else the one that suits the `chosen` picture, or photographs.
    """
    cards = {card.id: card for card in library.classifiers()}
    if not cards:
        nothing("There is no model yet.", "train", "Train your first model")
    size, is_grey = picture_facts(chosen)
    usual = suited(list(cards.values()), size, is_grey).id
    titles = titled(list(cards.values()))
    with reserved("model.place", WIDGET_HEIGHT):
        return cards[one(label, titles, "model", default or usual, stays=default is not None, help=help)]


def picture_facts(chosen) -> tuple[tuple[int, int] | None, bool]:
    """Size of a chosen picture, and whether it is grey; nothing of a clip, or where there is none."""
    pixels = getattr(chosen.picture, "pixels", None) if chosen else None
    if pixels is None:
        return None, False
    return pixels.shape[:2], bool((pixels[..., :1] == pixels).all())


def titled(cards: list[Card]) -> dict[str, str]:
    """Models as pickers list them, by their ids: own ones, those that came along, the lesser ones of a sweep.

    A picker is searched by what it shows: title, tags, and where a model comes from.
    """
    lesser = sweeps.lesser() if any(not card.starter for card in cards) else {}
    mixed = 0 < sum(card.starter for card in cards) < len(cards)
    ordered = sorted(cards, key=lambda card: card.id in lesser and not card.pinned)
    return {card.id: " · ".join(_words(card, lesser, mixed)) for card in ordered}


def _words(card: Card, lesser: dict[str, str], mixed: bool) -> list[str]:
    origin = "came along" if card.starter and mixed else lesser.get(card.id, "")
    return [text for text in (card.title, *card.tags, origin) if text]


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
