"""Inside a data set: its facts, its pictures, its versions, what is said of it, and what can be done with it."""

import streamlit as st

from mlcore import data, jobs, library
from mlcore.data import Dataset, looks
from pages.parts import formatting, pick, shell
from pages.parts.data.about import about
from pages.parts.data.findings import findings
from pages.parts.data.pictures import pictures
from pages.parts.data.shelf import size
from pages.parts.data.suggest import suggest
from pages.parts.data.versions import versions
from pages.parts.layout import metrics
from pages.parts.trouble import trouble

TABS = {
    "pictures": ("Pictures", pictures),
    "findings": ("Findings", findings),
    "suggest": ("Label with help", suggest),
    "versions": ("Versions", versions),
    "about": ("About", about),
}
Ways = dict[str, tuple[str, str, dict[str, str]]]  # page: label, icon, what its address says
CLASSIFY: Ways = {"train": ("Train a classifier on it", ":material/model_training:", {})}
IMITATE: Ways = {  # with pictures of one class
    "generate": ("Train a generator on it", ":material/auto_awesome:", {"do": "train"}),
    "repair": ("Train a repair network on it", ":material/healing:", {}),
}


@st.fragment
def inside(name: str) -> None:
    """The facts of a data set, and one of its tabs; the address names it."""
    with trouble("Looking inside"):
        dataset = data.open(name)
        _facts(dataset)
        _ways_on(dataset)
        titles = {tab: title for tab, (title, _) in TABS.items()}
        tab = pick.one("Part", titles, "tab", widget=st.segmented_control, required=True, label_visibility="collapsed")
        TABS[tab][1](dataset)


def _facts(dataset: Dataset) -> None:
    things = "clips" if dataset.is_sequence else "pictures"
    facts = {"Classes": f"{len(dataset.classes):,}"}
    facts |= {f"{formatting.SPLITS[split]} {things}": f"{n:,}" for split, n in dataset.splits.items()}
    facts |= {"Without a class": f"{len(dataset.unlabelled):,}"} if len(dataset.unlabelled) else {}
    metrics(facts)


def _ways_on(dataset: Dataset) -> None:
    """Which version it is, how large and what it looks like, and what can be done with all of it."""
    facts = f"{size(dataset.shape)} pixels, version {dataset.version}. {looks.of(dataset).sentence()}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(facts.strip(), width="stretch")
        for page, (label, icon, query) in (CLASSIFY if len(dataset.classes) > 1 else IMITATE).items():
            st.page_link(shell.path(page), label=label, icon=icon, query_params={"data": dataset.name} | query)
        if st.button("Remove", key="data.remove", icon=":material/delete:"):
            confirm(dataset.name, dataset.title)


def remove(name: str) -> None:
    """Delete a data set; a callback."""
    with trouble("Removing"):
        data.remove(name)


@st.dialog("Remove this data set?")
def confirm(name: str, title: str) -> None:
    """Ask before the stored pictures go, with the names of what needs them."""
    st.write("Its stored pictures and all its versions will be deleted. Models trained on it stay.")
    st.text(title)
    models = [card.title for card in library.needing(name)]
    runs = [run.title for run in jobs.all() if run.settings.get("data") == name and (run.live or run.can_resume)]
    for what, titles in (
        ("learned from it, and can't be measured on it any more", models),
        ("can't go on without it", runs),
    ):
        if titles:
            more = f" and {len(titles) - 5} more" if len(titles) > 5 else ""
            st.warning(formatting.plain(f"{', '.join(titles[:5])}{more}: {what}."))
    with st.container(horizontal=True):
        if st.button("Remove for good", key="data.remove.sure", type="primary", on_click=remove, args=(name,)):
            st.rerun()
        if st.button("Keep it", key="data.remove.keep"):
            st.rerun()
