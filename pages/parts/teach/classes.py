"""The classes of few-shot learning on screen: their names, their pictures, and three ways to more."""

from pathlib import Path

import streamlit as st

from mlcore import data, images, reader
from mlcore.errors import Refused
from mlcore.teach import drafts
from pages.parts import address, formatting, pick
from pages.parts.components.burst import burst
from pages.parts.gallery import sample
from pages.parts.layout import cells, reserved
from pages.parts.picture import ANY_FILE, MAX_MEGABYTES
from pages.parts.trouble import of_the_machine, trouble

SHOWN = 12  # thumbnails, the newest first; all of them on request
SIDE = 96
DROP_HEIGHT = 128  # pixels of a drop zone on a phone, about
ALIKE = "Turn it and move it while you hold: pictures that are all alike teach little and make the score look too good."


def current():
    """The draft that is worked on: this session's own, unless its address or a choice names another."""
    kept = {draft.id: draft for draft in drafts.all()}
    own = st.session_state.get("teach.own")
    if own and own.id not in kept and not own.begins:
        st.warning("The pictures that were here have been deleted, on another page or by somebody else.")
        own = None
    own = own or drafts.new()
    known = {own.id: own} | kept
    st.session_state["teach.own"] = known[own.id]
    return known[pick_draft(known)]


def classes(draft) -> None:
    """A card for each class, and a button for one more."""
    for cell, one in zip(cells(len(draft.classes), 2, 250), draft.classes, strict=True):
        with cell.container(border=True, key=f"teach.{one.key}"):
            _card(draft, one)
    st.button("Add a class", key="teach.add", icon=":material/add:", on_click=_do, args=(draft.add_class,))


def _card(draft, one) -> None:
    key = f"teach.{one.key}"
    st.session_state[f"{key}.name"] = one.name  # the disk is right, whatever was typed and refused
    st.text_input("Name of the class", key=f"{key}.name", max_chars=40, on_change=_rename, args=(draft, one))
    drop = f"{key}.drop.{st.session_state.get(f'{key}.drops', 0)}"  # a new one each time, so that it is empty again
    with reserved(f"{key}.place", DROP_HEIGHT):
        st.file_uploader(
            "Drop pictures of it",
            key=drop,
            type=ANY_FILE,
            accept_multiple_files=True,
            max_upload_size=MAX_MEGABYTES,
            on_change=_dropped,
            args=(draft, one.key, drop),
        )
    with st.container(horizontal=True):
        by_camera = st.toggle("Use the camera", key=f"{key}.camera_on")
        _from_data(draft, one, key)
    if by_camera:
        burst(key, drop)
        st.caption(ALIKE)
    _refusals(key)
    _thumbnails(draft, one, key)
    st.button(
        "Remove this class",
        key=f"{key}.remove",
        type="tertiary",
        icon=":material/delete:",
        on_click=_do,
        args=(draft.remove_class, one.key),
    )


def _thumbnails(draft, one, key: str) -> None:
    st.caption(formatting.count(len(one.pictures), "picture"))
    newest = list(reversed(one.pictures))
    if len(newest) > SHOWN and not st.toggle("Show all", key=f"{key}.all"):
        newest = newest[:SHOWN]
    for cell, picture in zip(cells(len(newest), 6, 54), newest, strict=True):
        with cell, trouble("Showing a picture"):
            alt = f"Picture {one.pictures.index(picture) + 1} of {one.name}"
            st.image(_thumbnail(str(draft.file(one.key, picture))), width="stretch", alt=alt)
            st.button(
                "Delete",
                key=f"{key}.{picture}",
                type="tertiary",
                width="stretch",
                on_click=_do,
                args=(draft.remove, one.key, picture),
            )


def _from_data(draft, one, key: str) -> None:
    """Pictures of a class of a stored data set, for whoever has no camera at hand."""
    stored = {summary.name: summary for summary in data.all() if summary.stored and len(summary.shape) == 3}
    if not stored:
        return
    with st.popover("From a data set", key=f"{key}.from"):
        titles = pick.distinct({name: summary.title for name, summary in stored.items()})
        name = st.selectbox("Data set", list(titles), format_func=formatting.title_in(titles), key=f"{key}.from.data")
        label = st.selectbox("Class", stored[name].classes, key=f"{key}.from.class")
        count = st.number_input("Pictures", 1, 100, 10, key=f"{key}.from.count")
        st.button("Take them", key=f"{key}.from.take", on_click=_take, args=(draft, one.key, name, label, count))


def _refusals(key: str) -> None:
    for text in st.session_state.pop(f"{key}.told", []):
        st.error(formatting.plain(text))


def _rename(draft, one) -> None:
    name = st.session_state[f"teach.{one.key}.name"]
    _guarded(one.key, lambda: draft.rename_class(one.key, name, was=one.name))


def _dropped(draft, key: str, widget: str) -> None:
    for file in st.session_state.get(widget) or []:
        _guarded(key, lambda file=file: draft.add(key, file.getvalue()), f"{file.name}: ")
    counter = f"teach.{key}.drops"
    st.session_state[counter] = st.session_state.get(counter, 0) + 1


def _take(draft, key: str, name: str, label: str, count: int) -> None:
    """Put pictures of a stored data set into a class; a callback."""

    def put() -> None:
        split = data.open(name).split("train")
        chosen = sample(split, count, split.dataset.classes.index(label))
        for pixels in split.read(chosen):
            draft.add(key, images.png(pixels))

    _guarded(key, put)


def _guarded(key: str, work, prefix: str = "") -> None:
    """Do it, or keep the reason for the card of the class."""
    try:
        work()
    except (Refused, OSError) as error:
        reason = error.message if isinstance(error, Refused) else of_the_machine(error)
        if not reason:
            raise
        st.session_state.setdefault(f"teach.{key}.told", []).append(prefix + reason)


def _do(action, *given) -> None:
    """Change the draft; a callback."""
    with trouble("That"):
        action(*given)


@st.cache_data(max_entries=2000, show_spinner=False)
def _thumbnail(path: str) -> bytes:
    """A small copy; the file's name is the hash of its pixels, so it never changes."""
    return images.png(images.thumbnail(images.decode(reader.content(Path(path))).pixels, SIDE))


def title(draft) -> str:
    """What a draft is called in a list."""
    if not draft.is_kept:
        return "New pictures"
    names = ", ".join(one.name for one in draft.classes[:3]) or "No classes"
    return f"{names} ({formatting.count(draft.count, 'picture')})"


def pick_draft(drafts: dict) -> str:
    """Pick one of several drafts by its id, at first the first; the address holds one that is on disk."""
    titles = {id: title(draft) for id, draft in drafts.items()}
    begins = [id for id, draft in drafts.items() if not draft.is_kept]
    if len(titles) > 1:
        return pick.one("Pictures to teach with", titles, "draft", hidden=begins)
    [only] = titles
    address.value("draft", titles)
    address.show("draft", None if only in begins else only)
    pick.tell_stale("draft", "pictures")
    return only
