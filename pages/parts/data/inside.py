"""Inside a data set: its facts, counts and pictures, and what can be done with it."""

import streamlit as st

from mlcore import data
from pages.parts import charts, formatting, gallery, pick, shell
from pages.parts.data.shelf import size
from pages.parts.data.suggest import suggest
from pages.parts.layout import metrics
from pages.parts.trouble import notices, trouble

SHOWN = 24


def inside(name: str) -> None:
    """Counts, pictures and notices of a data set."""
    dataset = data.open(name)
    things = "clips" if dataset.is_sequence else "pictures"
    facts = {"Classes": str(len(dataset.classes)), "Size": size(dataset.shape[-3:])}
    facts |= {"Frames of each": str(dataset.shape[0])} if dataset.is_sequence else {}
    facts |= {f"{formatting.SPLITS[split]} {things}": f"{n:,}" for split, n in dataset.splits.items()}
    metrics(facts)
    notices(dataset.notices, "data")
    left, right = st.columns([2, 3], gap="large")
    with left:
        charts.counts({formatting.SPLITS[split]: dataset.counts(split) for split in dataset.splits}, "data.counts")
    with right:
        if any(dataset.splits.values()):
            grid(dataset)
    suggest(dataset)
    with st.container(horizontal=True):
        st.page_link(
            shell.path("train"), label="Train on it", icon=":material/model_training:", query_params={"data": name}
        )
        if st.button("Remove", key="data.remove", icon=":material/delete:"):
            confirm(name, dataset.title)


def grid(dataset) -> None:
    """Pictures of a split, those of one class or a mix."""
    splits = {split: formatting.SPLITS[split] for split, n in dataset.splits.items() if n}
    left, right = st.columns(2)
    with left:
        split = pick.one("Split", splits, "split", widget=st.segmented_control, required=True)
    with right:
        titles = {"all": "All classes"} | {str(index): name for index, name in enumerate(dataset.classes)}
        wanted = pick.one("Class", titles, "class", context=dataset.name)
    pictures = dataset.split(split)
    shown, columns = (SHOWN // 4, 3) if dataset.is_sequence else (SHOWN, 6)
    chosen = gallery.sample(pictures, shown, None if wanted == "all" else int(wanted))
    captions = [dataset.classes[pictures.labels[index]] for index in chosen]
    gallery.samples(pictures.read(chosen), captions, columns)


def remove(name: str) -> None:
    """Delete a data set; a callback."""
    with trouble("Removing"):
        data.remove(name)


@st.dialog("Remove this data set?")
def confirm(name: str, title: str) -> None:
    """Ask before the stored pictures go."""
    st.write("Its stored pictures will be deleted. Models trained on it stay.")
    st.text(title)
    with st.container(horizontal=True):
        if st.button("Remove for good", key="data.remove.sure", type="primary", on_click=remove, args=(name,)):
            st.rerun()
        if st.button("Keep it", key="data.remove.keep"):
            st.rerun()
