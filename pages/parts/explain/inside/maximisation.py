"""Activation maximisation: pictures made to please a class or a feature map, one now or all behind."""

import streamlit as st

from mlcore import images, jobs, library, reader
from mlcore.explanation.inside import feature_maps, maximisation
from mlcore.explanation.inside.maximisation import MaximisationSettings, Maximised
from mlcore.explanation.render.overlay import enlarged
from mlcore.jobs.tasks.activation_maximisation import pictures_of
from mlcore.settings import read
from pages.parts import background, formatting, pick, shell
from pages.parts.components.into_view import into_view
from pages.parts.explain.inside.needs_network import read_off
from pages.parts.form import form
from pages.parts.layout import cells
from pages.parts.runs import progress

TASK = "activation-maximisation"
SIDE = 96


def activation_maximisation(subject) -> None:
    """A picture made to please a class or a feature map."""
    st.write("A picture made, step by step from plain grey, to please a class or a feature map as much as it can.")
    left, right = st.columns([1, 2], gap="large")
    with left:
        kinds = {"class": "A class", "map": "A feature map"}
        kind = pick.one("What should it please?", kinds, "wish", widget=st.segmented_control, required=True)
        goal = _class_goal(subject) if kind == "class" else _map_goal(subject)
        with st.popover("Settings", key="inside.wish.fold"):
            settings = read(MaximisationSettings, form(MaximisationSettings, "inside.wish", columns=1))
        layer = st.session_state.get("layer", "") if kind == "map" else ""
        st.button(
            "Make one for each map of the layer" if layer else "Make one for each class",
            key="inside.wish.all",
            icon=":material/grid_view:",
            on_click=_start,
            args=(subject.card, layer, settings),
            help="In the background; it goes on when this page is closed",
        )
    _show_batch(subject.card)
    if not goal:
        return
    title, alt, make = goal
    key = ("wish", pick.stamp(subject.card.id), alt, repr(settings))

    def show(result: Maximised) -> None:
        st.image(enlarged(result.picture), width=320, alt=alt)
        st.caption(f"Its score rose from {result.before:.3g} to {result.after:.3g}.")

    background.wait(
        [background.Request(right, "inside.wish", title, key, lambda progress: make(settings, progress), show)]
    )


def _class_goal(subject):
    default = str(subject.prediction.best)
    target = int(pick.one("Class", subject.titles, "target", default, context=(subject.card.id, None)))
    name = subject.card.classes[target]

    def make(settings, progress):
        return maximisation.of_class(subject.classifier, target, settings, progress)

    return f"Pleasing {name}", f"Picture made to please the class {name}", make


def _map_goal(subject):
    layers = read_off(subject, "layers", feature_maps.layers)
    if not layers:
        return None
    counts = {each.name: each.maps for each in layers}
    titles = {each.name: each.title for each in layers}
    layer = pick.one("Layer", titles, "layer", layers[-1].name, context=subject.card.id)
    most = counts[layer] - 1
    number = st.number_input("Number of the map", 0, most, min(0, most), key=f"inside.channel.{layer}")

    def make(settings, progress):
        return maximisation.of_channel(subject.classifier, layer, int(number), settings, progress)

    return f"Pleasing map {number}", f"Picture made to please map {number} of {layer}", make


def _start(card, layer: str, settings: MaximisationSettings) -> None:
    where = f"the maps of {layer}" if layer else "each class"
    given = {**settings.model_dump(), "model": card.id, "layer": layer}
    st.session_state["inside.wish.begun"] = jobs.start_task(TASK, given, f"What {card.title} looks for in {where}")


def _show_batch(card) -> None:
    """The last pictures that were made in the background for this model, as far as they are."""
    runs = jobs.about(TASK, card.id)
    if not runs:
        return
    run = runs[0]
    if st.session_state.get("inside.wish.begun") == run.id:
        into_view("inside.wish.made", run.id, "What is being made")
    with st.expander(formatting.plain(run.title), expanded=True, key="inside.wish.made"):
        pictures = pictures_of(library.folder(run.id))
        if progress.is_active(run) or not pictures:
            st.write(formatting.plain(f"{progress.state(run)}: {formatting.count(len(pictures), 'picture')} so far."))
            st.page_link(shell.path("runs"), label="Watch it on the Runs page", icon=":material/arrow_forward:")
        for cell, (index, path) in zip(cells(len(pictures), 8), pictures, strict=True):
            name = f"Map {index}" if run.settings.get("layer") else card.classes[index]
            pixels = images.decode(reader.content(path)).pixels
            cell.image(enlarged(pixels, SIDE), width="stretch", alt=f"Pleases {name}")
            cell.caption(formatting.plain(name))
