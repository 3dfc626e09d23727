"""Look inside: what layers make of the picture, what a network looks for, and which training pictures are alike."""

import streamlit as st

from mlcore.explanation import inside, maximisation, nearest
from mlcore.explanation.display import enlarged
from mlcore.explanation.maximisation import MaximisationSettings
from mlcore.settings import read
from pages.parts import gallery, pick, shell, words, work
from pages.parts.form import form
from pages.parts.layout import cells

SIDE = 96  # pixels a small picture is drawn with
MAPS = 24
VIEWS = {
    "maps": "Feature maps",
    "filters": "First filters",
    "wishes": "What it looks for",
    "alike": "Pictures alike",
}


@st.fragment
def look_inside(subject) -> None:
    """One of the four views; the address names it."""
    view = pick.one("What to look at", VIEWS, "inside", widget=st.segmented_control, required=True)
    {"maps": _maps, "filters": _filters, "wishes": _wishes, "alike": _alike}[view](subject)


def _maps(subject) -> None:
    layers = _loaded(subject, "layers", inside.layers)
    if not layers:
        st.info("This network has no layer with feature maps.") if layers is not None else None
        return
    titles = {each.name: f"{each.name}: {each.maps} maps of {each.width} x {each.height}" for each in layers}
    layer = pick.one("Layer", titles, "layer", layers[-1].name, context=subject.card.id)
    found = inside.feature_maps(subject.classifier, subject.chosen.picture, layer, MAPS)
    silent = f" {words.count(found.silent, 'map')} of the layer saw nothing here." if found.silent else ""
    st.write(
        f"The {len(found.maps)} most active maps of this layer for this picture: white is a map's largest value, "
        f"black its smallest.{silent}"
    )
    pictures = [enlarged(inside.map_as_picture(each), SIDE) for each in found.maps]
    _grid(pictures, [f"Map {each}" for each in found.channels], "Feature map", subject.chosen.name)


def _filters(subject) -> None:
    filters = _loaded(subject, "filters", inside.first_filters)
    if filters is None:
        return
    shown = filters[: 2 * MAPS]
    st.write(
        f"The first convolution compares every place of a picture with {len(filters)} small patterns; these are "
        f"{'they' if len(shown) == len(filters) else f'the first {len(shown)}'}. Grey stands for 0."
    )
    _grid([enlarged(inside.as_picture(each), SIDE) for each in shown], [f"Filter {each}" for each in range(len(shown))])


def _wishes(subject) -> None:
    """A picture made to please a class or a feature map."""
    st.write("A picture made, step by step from plain grey, to please a class or a feature map as much as it can.")
    left, right = st.columns([1, 2], gap="large")
    with left:
        kinds = {"class": "A class", "map": "A feature map"}
        kind = pick.one("What should it please?", kinds, "wish", widget=st.segmented_control, required=True)
        wish = _class_wish(subject) if kind == "class" else _map_wish(subject)
        with st.popover("Settings", key="inside.wish.fold"):
            settings = read(MaximisationSettings, form(MaximisationSettings, "inside.wish", columns=1))
    if not wish:
        return
    title, alt, make = wish
    key = ("wish", pick.stamp(subject.card.id), alt, repr(settings))

    def show(found) -> None:
        st.image(enlarged(found.picture), width=320, alt=alt)
        st.caption(f"Its score rose from {found.before:.3g} to {found.after:.3g}.")

    work.wait([work.Asked(right, "inside.wish", title, key, lambda report: make(settings, report), show)])


def _class_wish(subject):
    default = str(subject.prediction.best)
    target = int(pick.one("Class", subject.titles, "target", default, context=(subject.card.id, None)))
    name = subject.card.classes[target]

    def make(settings, report):
        return maximisation.of_class(subject.classifier, target, settings, report)

    return f"Pleasing {name}", f"Picture made to please the class {name}", make


def _map_wish(subject):
    layers = _loaded(subject, "layers", inside.layers)
    if not layers:
        return None
    counts = {each.name: each.maps for each in layers}
    layer = pick.one("Layer", {name: name for name in counts}, "layer", layers[-1].name, context=subject.card.id)
    most = counts[layer] - 1
    number = st.number_input("Number of the map", 0, most, min(0, most), key=f"inside.channel.{layer}")

    def make(settings, report):
        return maximisation.of_channel(subject.classifier, layer, int(number), settings, report)

    return f"Pleasing map {number}", f"Picture made to please map {number} of {layer}", make


def _alike(subject) -> None:
    """The training pictures that the network takes for much the same, and those that stand for a class."""
    dataset = _training_set(subject)
    if dataset is None:
        return
    place = st.container()
    if nearest.are_known(subject.classifier) or st.session_state.get("inside.alike.begun") == subject.card.id:
        key = ("alike", pick.stamp(subject.card.id), dataset.fingerprint)
        make, show = _neighbours(subject), _show_neighbours(subject, dataset)
        work.wait([work.Asked(place, "inside.alike", "Looking at the training pictures", key, make, show)])
        return
    count = words.count(dataset.splits["train"], "training picture")
    place.write(f"The network has to look at {count} once; that takes a minute or two and is kept on disk.")
    place.button("Look at them", key="inside.alike.begin", type="primary", on_click=_begin, args=(subject.card.id,))


def _begin(id: str) -> None:
    st.session_state["inside.alike.begun"] = id


def _training_set(subject):
    try:
        return nearest.training_set(subject.card)
    except nearest.Refused as refusal:
        st.info(words.plain(refusal.message))
        st.page_link(shell.path("data"), label="Add the data set", icon=":material/arrow_forward:")
        return None


def _neighbours(subject):
    return lambda report: nearest.neighbours(subject.classifier, report)


def _show_neighbours(subject, dataset):
    def show(known) -> None:
        best = subject.prediction.best
        name = words.plain(subject.prediction.best_name)
        feature = nearest.pooled(subject.classifier, subject.pixels[None])[0]
        _row("Most like this picture", known.nearest(feature, 8), dataset)
        _row(f"Most like it, but not {name}", known.nearest(feature, 8, other_than=best), dataset)
        target = int(pick.one("Class to look at", subject.titles, "target", str(best), context=(subject.card.id, None)))
        name = words.plain(subject.card.classes[target])
        _row(f"Typical of {name}", known.prototypes(target, 8), dataset)
        _row(f"The odd ones of {name}", known.odd_ones(target, 8), dataset)
        st.caption(
            "Alike means alike to this network: 1 is the same, 0 has nothing in common (the cosine of the angle "
            "between what its last layer of maps sees)."
        )

    return show


def _row(title: str, found: list, dataset) -> None:
    st.subheader(title, anchor=False)
    if not found:
        st.write("There is none.")
        return
    pictures = dataset.split("train").read([each.index for each in found])
    names = [dataset.classes[each.label] for each in found]
    gallery.samples(pictures, [f"{name}, {each.likeness:.2f}" for name, each in zip(names, found, strict=True)], 8)


def _grid(pictures: list, captions: list[str], kind: str = "", of: str = "") -> None:
    with st.container(key="inside.grid"):
        for place, pixels, caption in zip(cells(len(pictures), 8), pictures, captions, strict=True):
            place.image(pixels, width="stretch", alt=f"{kind or caption} {caption}{of and f' of {of}'}")
            place.caption(caption)


def _loaded(subject, name: str, make):
    """Something that needs the network itself, which may take a while to load; None until it is there."""
    found, key = [], (name, pick.stamp(subject.card.id))
    place = st.container()

    def load(report):
        return make(subject.classifier)

    work.wait([work.Asked(place, f"inside.{name}", "Loading the network", key, load, found.append)])
    return found[0] if found else None
