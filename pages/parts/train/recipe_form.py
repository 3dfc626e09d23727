"""The form of the page Train: data set, architecture, preset and hyperparameters become a recipe."""

import streamlit as st

from mlcore import architectures, data, training
from mlcore.recipe import Augmentation, Distillation, Recipe, Training
from mlcore.registry import Entry
from pages.parts import address, pick
from pages.parts.form import fill, form
from pages.parts.formatting import title_in
from pages.parts.runs import network
from pages.parts.train import augmentation, own_layers


def recipe_form() -> Recipe:
    """The form; returns a checked recipe, or stops with the reason."""
    _take_clone()
    left, right = st.columns(2)
    summaries = {summary.name: summary for summary in data.all()}
    with left:
        name = _data_set(summaries)
    with right:
        entry = _architecture(_suiting(summaries), summaries[name])
    _preset()
    with st.expander("Network (its settings)", key="train.network", expanded=entry.name == "layers"):
        settings = _network_form(entry, summaries[name])
    with st.expander("Training (hyperparameters)", key="train.training.fold"):
        chosen = form(Training, "train.training")
    with st.expander("Varying the pictures (augmentation)", key="train.augmentation.fold"):
        chosen["augmentation"] = augmentation.panel(summaries[name])
    with st.expander("Learning from other models (distillation)", key="train.distillation.fold"):
        chosen["distillation"] = _teaching(summaries[name])
    return training.checked({"data": name, "architecture": entry.name, "settings": settings, "training": chosen})


def _take_clone() -> None:
    """Fill the form from the run that is to be cloned, when there is one."""
    if recipe := st.session_state.pop("train.clone", None):
        _put(recipe)
        fill(Distillation, "train.distillation", recipe["training"].get("distillation", {}))
        if recipe["architecture"] == "layers":
            own_layers.fill("train.layers", recipe["settings"])
        address.choose("data", recipe["data"])
        address.choose("architecture", recipe["architecture"])


def _data_set(summaries: dict[str, data.Summary]) -> str:
    """Pick a data set by its name; one that is here comes first."""
    titles = {name: summary.title for name, summary in summaries.items()}
    here = next((name for name, summary in summaries.items() if summary.stored), "digits")  # digits need no network
    text = "What the pictures are; add your own on the Data page"
    return pick.one("Data set", titles, "data", here, help=text, on_change=_suit_data)


def _architecture(titles: dict[str, str], about: data.Summary) -> Entry:
    """Pick an architecture among those that suit the data; the first one comes with its preset."""
    before, (proposed, preset) = address.recent("architecture"), training.proposed(about)
    if not before:
        st.session_state.setdefault("train.preset", preset)
    name = pick.one("Architecture", titles, "architecture", proposed, on_change=_apply_preset)
    if before and before not in titles:  # from pictures to clips, or back
        _apply_preset()
    entry = architectures.shelf.get(name)
    st.caption(entry.summary)
    if training.presets[preset].architecture not in ("", name):
        label = f"Better for such pictures: {training.presets[preset].title}"
        icon, proposal = ":material/tips_and_updates:", (proposed, preset)
        st.button(label, key="train.proposal", type="tertiary", icon=icon, on_click=_take, args=proposal)
    return entry


def _preset() -> None:
    """Presets to fill the settings with; the first one fills them when the form is new."""
    titles = {each.name: each.title for each in _presets().values()}
    st.session_state.setdefault("train.preset", next(iter(titles)))
    if "train.training.epochs" not in st.session_state:
        _apply_preset()
    name = st.segmented_control(
        "Preset",
        list(titles),
        format_func=title_in(titles),
        key="train.preset",
        on_change=_apply_preset,
        persist_state="session",
        help="Fills the settings below; change what you like afterwards",
    )
    if name:
        st.caption(training.presets[name].summary)


def _presets() -> dict[str, training.Preset]:
    """The presets for the chosen architecture."""
    chosen = st.session_state["architecture"]
    return {name: each for name, each in training.presets.items() if each.architecture in ("", chosen)}


def _network_form(entry, summary) -> dict:
    """The settings of the architecture, and on request the network that they make of this data set's pictures."""
    shape, classes = tuple(summary.shape), len(summary.classes)
    own = entry.name == "layers"
    settings = own_layers.editor("train.layers", shape, classes) if own else form(entry.settings, f"train.{entry.name}")
    if st.toggle("Draw it", key="train.draw", persist_state="session", help="Its layers with shapes and parameters"):
        network.draft(entry.name, settings, shape, classes)
    return settings


def _teaching(summary) -> dict:
    """The settings of learning from finished models, with those that know the data's classes to choose from."""
    titles = training.teachers.fitting(summary.classes, summary.shape)
    if not titles:
        st.caption(
            "No finished model knows exactly these classes yet. Train a large one first, then a small one from it."
        )
    chosen = form(Distillation, "train.distillation", without=("share", "temperature"), among={"teachers": titles})
    return chosen | form(Distillation, "train.distillation", without=("teachers",))


def _drafted() -> dict:
    """The recipe that data, architecture and preset make by themselves."""
    chosen = st.session_state
    if chosen.get("train.preset") not in _presets():  # another architecture's
        chosen["train.preset"] = next(iter(_presets()))
    return training.draft(chosen["data"], chosen["architecture"], chosen["train.preset"]).model_dump()


def _apply_preset() -> None:
    """Fill the form with a preset for the chosen architecture; a callback."""
    _put(_drafted())


def _take(architecture: str, preset: str) -> None:
    """Take an architecture with its preset; a callback."""
    st.session_state.update({"architecture": architecture, "train.preset": preset})
    _apply_preset()


def _suit_data() -> None:
    """Vary the pictures as suits the data set (writing isn't mirrored) and leave the rest; a callback."""
    if st.session_state["architecture"] in _suiting({summary.name: summary for summary in data.all()}):
        fill(Augmentation, "train.augmentation", _drafted()["training"]["augmentation"])


def _suiting(summaries: dict[str, data.Summary]) -> dict[str, str]:
    """Name and title of the architectures for the chosen data: those for pictures, or those for clips."""
    shape = summaries[st.session_state["data"]].shape
    return {entry.name: entry.title for entry in architectures.fitting(shape)}


def _put(recipe: dict) -> None:
    """Fill the form from a recipe; chosen teachers stay."""
    entry = architectures.shelf.get(recipe["architecture"])
    fill(entry.settings, f"train.{entry.name}", recipe["settings"])
    fill(Training, "train.training", recipe["training"])
    fill(Augmentation, "train.augmentation", recipe["training"]["augmentation"])
