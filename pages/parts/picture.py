"""The current picture or clip of a session: dropped, from the camera, an example, or one out of a data set.

A reference names it: `example:NAME`, `data:SET:SPLIT:INDEX` (`SET@VERSION` of an edited one), `upload:FILE`, or
`sha256:DIGEST` by its pixels. An upload stands in the address by its pixels only: whoever has the picture can drop it
there.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import numpy as np
import streamlit as st

import mlcore
from mlcore import clips, data, images, library
from mlcore.data.excerpt import find_excerpt
from mlcore.data.find import find
from mlcore.errors import Kind, Refused
from mlcore.images import fetch
from pages.parts import address, kept
from pages.parts.components.paste import paste
from pages.parts.formatting import plain
from pages.parts.layout import cells, whole

EXAMPLES = Path(mlcore.__file__).parent / "starters" / "examples"
EXAMPLE_SIDE = 200  # pixels that the thumbnail of an example has
EXAMPLE_WIDTH = 76  # and at least takes on the page
ANY_FILE = None  # no list of types: the browser's would turn HEIC away, and only the door says in words what is wrong
MAX_MEGABYTES = 60  # the finest JPEG of a camera with 100 megapixels


@dataclass(frozen=True)
class Chosen:
    """A picture or a clip and what is known of it; `truth` is its class, when that is known."""

    name: str
    picture: images.Picture | clips.Clip
    truth: str | None = None


@dataclass(frozen=True)
class Single(Chosen):
    """A picture and no clip."""

    picture: images.Picture


C = TypeVar("C", bound=Chosen)


@st.cache_data(show_spinner=False)
def examples() -> list[dict]:
    """The example pictures: name, file, title, model, source, licence."""
    try:
        rows = json.loads((EXAMPLES / "examples.json").read_text())
    except FileNotFoundError:
        return []
    return rows


@st.cache_resource(max_entries=16, show_spinner=False)
def example_picture(name: str) -> images.Picture:
    """An example picture, decoded."""
    file = next(row["file"] for row in examples() if row["name"] == name)
    return images.decode((EXAMPLES / file).read_bytes())


@st.cache_data(max_entries=16, show_spinner=False)
def _thumbnail(name: str) -> np.ndarray:
    return images.fit(example_picture(name).pixels, EXAMPLE_SIDE, EXAMPLE_SIDE)


def choose(reference: str, model: str | None = None) -> None:
    """Make a picture the current one; a callback. An example brings the model it was chosen for."""
    address.choose("picture", reference)
    if model:
        address.choose("model", model)
        st.session_state["picture.model"] = model


def dropped(key: str) -> None:
    """The callback of a drop zone or camera: its file becomes the current picture."""
    file = st.session_state.get(key)
    if file is None:
        address.choose("picture", None)
        return
    _take(file.name, file.getvalue())


def fetched(key: str) -> None:
    """The callback of a box for the address of a picture: what is there becomes the current picture."""
    url = st.session_state[key].strip()
    if not url:
        return
    try:
        content = fetch.fetch(url, MAX_MEGABYTES * 1_000_000)
        _decoded(content)  # what is no picture leaves the one before it where it is
    except Refused as refusal:
        st.session_state[f"{key}.refused"] = refusal.message
        return
    st.session_state[key] = ""  # so that the same address can be asked for again
    _take(Path(urlsplit(url).path).name or url, content)


def _take(name: str, content: bytes) -> None:
    """Make a person's own picture the current one."""
    st.session_state["upload"] = content
    if st.session_state.pop("picture.model", "") == address.value("model"):
        address.choose("model", None)  # an example had brought it: the person's own picture gets the usual one
    choose(f"upload:{name}")


def drop_zone(key: str, label: str = "Drop a picture here", card=None) -> None:
    """A drop zone, which takes what is pasted, too; the camera waits behind a switch, because it asks for permission.

    For a model of clips it takes clips, and there are no other ways.
    """
    takes_clips = bool(card and card.is_sequence)
    st.file_uploader(
        "Drop a short video or an animation here" if takes_clips else label,
        key=f"{key}.drop",
        type=list(clips.ENDINGS) if takes_clips else ANY_FILE,
        on_change=dropped,
        args=(f"{key}.drop",),
        max_upload_size=MAX_MEGABYTES,
    )
    if not takes_clips:
        _other_ways(key)


def _other_ways(key: str) -> None:
    """From the clipboard, from the web, and from the camera."""
    with st.container(horizontal=True, vertical_alignment="center"):
        paste(f"{key}.drop")
        by_camera = st.toggle("Use the camera", key=f"{key}.camera_on")
    box = f"{key}.address"
    st.text_input(
        "The address of a picture",
        key=box,
        placeholder="Or the address of a picture",
        label_visibility="collapsed",
        on_change=fetched,
        args=(box,),
    )
    if refused := st.session_state.pop(f"{box}.refused", ""):
        st.error(plain(refused))
    if by_camera:
        st.camera_input("Take a picture", key=f"{key}.camera", on_change=dropped, args=(f"{key}.camera",))


def chooser(key: str, chosen: bool, further: tuple[str, ...] = (), card=None) -> list:
    """An own picture or an example, open until one is chosen; gives the tabs for `further` ways by their titles."""
    label = "Another picture" if chosen else "Choose a picture"
    fold = f"{key}.another.{address.recent('picture') or ''}"  # a new one for each picture: it begins folded
    with st.expander(label, expanded=not chosen, key=fold):
        own, example, *others = st.tabs(["Your own", "An example", *further])
    with own:
        drop_zone(key, card=card)
    with example:
        example_buttons(key)
    return others


def example_buttons(key: str) -> None:
    """Pictures to try, photographs first; a click is enough. A model that isn't at hand has none."""
    models = {card.id for card in library.classifiers()}
    rows = [row for row in examples() if row["model"] in models]
    for cell, row in zip(cells(len(rows), 6, EXAMPLE_WIDTH), rows, strict=True):
        name = row["name"]
        part = whole(cell, f"{key}.{name}")
        part.image(_thumbnail(name), width="stretch", alt=row["title"])
        part.button(
            name.capitalize(),
            key=f"{key}.example.{name}",
            width="stretch",
            on_click=choose,
            args=(f"example:{name}", row["model"]),
            help=f"{row['title']}. {row['source']}. Licence: {row['licence']}.",
        )


def current(share: bool = False, card=None) -> Chosen | None:
    """The current picture, decoded; None when there is none yet. Raises Refused.

    With `share` the address names it by its pixels, even an upload. For a model of clips (its `card`) an upload is
    read as a clip.
    """
    frames = card.shape[0] if card and card.is_sequence else 0
    reference = address.value("picture") or ""
    source, _, name = reference.partition(":")
    address.show("picture", "" if source == "upload" else reference)
    if source == "upload":
        return _upload(name, share, frames)
    if source == "sha256":
        return _by_pixels(name, frames)
    if source == "example":
        return _example(name)
    return _of_set(name, share) if source == "data" else None


def single() -> Single | None:
    """The current picture, for what works on single pictures; raises Refused(not-compatible) for a clip."""
    chosen = current()
    if chosen is None:
        return None
    if isinstance(chosen.picture, clips.Clip):
        raise Refused(Kind.NOT_COMPATIBLE, "This works on single pictures and not on clips; choose a picture.")
    return Single(chosen.name, chosen.picture, chosen.truth)


def attempt(read: Callable[[], C | None]) -> tuple[C | None, Refused | None]:
    """The picture, or why it can't be had: the ways to another one are drawn all the same."""
    try:
        return read(), None
    except Refused as refusal:
        return None, refusal


def choose_single(key: str) -> Single | None:
    """The ways to a picture, and the current one below them; raises Refused where it can't be had or is a clip."""
    chosen, refusal = attempt(single)
    chooser(key, chosen is not None)
    if refusal:
        raise refusal
    return chosen


def _of_set(name: str, share: bool) -> Chosen:
    """A picture out of a data set; an address to be shared names it by its pixels, which stay when the set is made
    anew."""
    chosen = _of_data(name)
    if share and find(chosen.picture.sha256):
        address.show("picture", f"sha256:{chosen.picture.sha256}")
    return chosen


def _upload(name: str, share: bool, frames: int) -> Chosen | None:
    upload = st.session_state.get("upload")
    if upload is None:
        return None
    picture = _decoded(upload, frames)
    if share:
        address.show("picture", f"sha256:{picture.sha256}")
    return Chosen(name, picture)


def _by_pixels(digest: str, frames: int) -> Chosen:
    """The picture with these pixels: this session's upload, an example, or one out of a data set."""
    upload = st.session_state.get("upload")
    if upload is not None and _decoded(upload, frames).sha256 == digest:
        return Chosen("Your clip" if frames else "Your picture", _decoded(upload, frames))
    for row in examples():
        if example_picture(row["name"]).sha256 == digest:
            return Chosen(row["title"], example_picture(row["name"]))
    position, part = find(digest), find_excerpt(digest)
    if part and not position:
        return _of_split(*part)
    if not position:
        raise Refused(
            Kind.MISSING_DATA,
            "The picture of this address isn't here: it was dropped in another session. Drop it again, and the rest "
            "of the address holds.",
        )
    dataset, split, index = position
    return _of_split(data.open(dataset).split(split), index)


def _example(name: str) -> Chosen | None:
    row = next((row for row in examples() if row["name"] == name), None)
    return Chosen(row["title"], example_picture(name)) if row else None


def _of_data(name: str) -> Chosen:
    dataset, split, index = _parts(name)
    pictures = _version(*dataset.split("@")[:2]).split(split)
    if not 0 <= index < len(pictures):
        raise Refused(Kind.UNKNOWN_NAME, f"Picture {index} isn't in {dataset}: it has 0 to {len(pictures) - 1}.")
    return _of_split(pictures, index)


def _of_split(pictures, index: int) -> Chosen:
    pixels = pictures.read([index])[0]
    truth = pictures.dataset.classes[int(pictures.labels[index])]
    content = clips.Clip(pixels, length=len(pixels)) if pictures.dataset.is_sequence else images.Picture(pixels)
    return Chosen(pictures.name(index), content, truth)


def _version(name: str, number: str = "1") -> data.Dataset | data.Excerpt:
    """A version of a data set, the first one without a number, so that an address shows the same for ever."""
    if not re.fullmatch("[0-9]{1,9}", number):
        raise Refused(Kind.UNKNOWN_NAME, f"{number!r} isn't the number of a version of {name}.")
    part = None if data.stored(name) else data.excerpt(name)
    return part or data.open(name, version=int(number))


def _parts(name: str) -> tuple[str, str, int]:
    dataset, split, index = [*name.split(":"), "", ""][:3]
    if split not in ("train", "val", "test") or not re.fullmatch("[0-9]{1,9}", index):
        raise Refused(Kind.UNKNOWN_NAME, f"{name!r} doesn't name a picture: write SET:test:NUMBER.")
    return dataset, split, int(index)


def _decoded(data: bytes, frames: int = 0) -> images.Picture | clips.Clip:
    def decode() -> images.Picture | clips.Clip:
        return clips.decode(data, frames) if frames else images.decode(data)

    return kept.for_this_session(data, str(frames), decode, lambda read: read.nbytes)
