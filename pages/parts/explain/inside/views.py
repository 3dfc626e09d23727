"""Look inside: feature maps, first filters, activation maximisation, nearest neighbours, how it learned."""

import streamlit as st

from mlcore.explanation.inside import feature_maps
from mlcore.explanation.render.overlay import enlarged
from pages.parts import formatting, pick
from pages.parts.explain.inside.maximisation import activation_maximisation
from pages.parts.explain.inside.needs_network import read_off
from pages.parts.explain.inside.neighbours import nearest_neighbours
from pages.parts.layout import cells
from pages.parts.runs import curves

SIDE = 96  # pixels a small picture is drawn with
MAPS = 24
VIEWS = {
    "maps": "Feature maps",
    "filters": "First filters",
    "wishes": "What it looks for",
    "alike": "Pictures alike",
    "learned": "As it learned",
}


@st.fragment
def inside_views(subject) -> None:
    """One of the five views; the address names it."""
    view = pick.one("What to look at", VIEWS, "inside", widget=st.segmented_control, required=True)
    views = {
        "maps": _maps,
        "filters": _filters,
        "wishes": activation_maximisation,
        "alike": nearest_neighbours,
        "learned": _learned,
    }
    views[view](subject)


def _maps(subject) -> None:
    layers = read_off(subject, "layers", feature_maps.layers)
    if not layers:
        st.info("This network has no layer with feature maps.") if layers is not None else None
        return
    titles = {each.name: f"{each.title}: {each.maps} maps of {each.width} x {each.height}" for each in layers}
    layer = pick.one("Layer", titles, "layer", layers[-1].name, context=subject.card.id)
    active = feature_maps.feature_maps(subject.classifier, subject.chosen.picture, layer, MAPS)
    silent = f" {formatting.count(active.silent, 'map')} of the layer saw nothing here." if active.silent else ""
    st.write(
        f"The {len(active.maps)} most active maps of this layer for this picture: white is a map's largest value, "
        f"black its smallest.{silent}"
    )
    pictures = [enlarged(feature_maps.map_as_picture(each), SIDE) for each in active.maps]
    _grid(pictures, [f"Map {each}" for each in active.channels], "Feature map", subject.chosen.name)


def _filters(subject) -> None:
    filters = read_off(subject, "filters", feature_maps.first_filters)
    if filters is None:
        return
    shown = filters[: 2 * MAPS]
    st.write(
        f"The first convolution compares every place of a picture with {len(filters)} small patterns; these are "
        f"{'they' if len(shown) == len(filters) else f'the first {len(shown)}'}. Grey stands for 0."
    )
    _grid(
        [enlarged(feature_maps.as_picture(each), SIDE) for each in shown],
        [f"Filter {each}" for each in range(len(shown))],
    )


def _learned(subject) -> None:
    """Where the network looked, and what it answered, after each epoch."""
    if not curves.time_machine(subject.card.id):
        st.info(
            "Nothing was kept of how this model learned: it came along with Vitrine or from a file. "
            "A model that you train keeps a look every few epochs."
        )


def _grid(pictures: list, captions: list[str], kind: str = "", of: str = "") -> None:
    with st.container(key="inside.grid"):
        for cell, pixels, caption in zip(cells(len(pictures), 8), pictures, captions, strict=True):
            cell.image(pixels, width="stretch", alt=f"{kind or caption} {caption}{of and f' of {of}'}")
            cell.caption(caption)
