"""What surrounds every page: navigation, sidebar, and the warm-up behind the scenes."""

import logging
import os
import threading
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import script_runner

from mlcore import doctor, jobs
from mlcore.jobs import Run, tasks
from pages.parts import address, formatting
from pages.parts.layout import metrics
from pages.parts.trouble import trouble

# A file, set before the navigation: else the tab shows the page's own icon, which is fetched from another host.
ICON = str(Path(__file__).parent / "icon.png")
LOGO = """<svg xmlns="http://www.w3.org/2000/svg" width="150" height="36" viewBox="0 0 150 36" role="img">
<rect x="2" y="4" width="28" height="28" rx="6" fill="#2563EB"/>
<path d="M6 26 L13 15 L18 22 L21 18 L26 26 Z" fill="#FFFFFF"/><circle cx="22" cy="12" r="2.5" fill="#FFFFFF"/>
<text x="40" y="27" font-family="sans-serif" font-size="25" font-weight="700" fill="{ink}">Vitrine</text></svg>"""
WARM_AFTER_SECONDS = 4  # the first page is drawn by then (2.1 s measured), the first click rarely done
WORDS_WIDTH = 220  # of a metric that is words and not a number: 'CPU, 2 cores'
IDLE_SECONDS = 60  # between looks for jobs; with none at all a browser that reconnects would lose the next click
SHOWN = 4  # jobs in the sidebar; the Runs page has them all
PAGES = {
    "home": ("Home", ":material/home:", "Put a picture in and see what it is."),
    "classify": ("Classify", ":material/image_search:", "What is in one picture, in many, in a folder or an archive."),
    "explain": (
        "Explain",
        ":material/lightbulb:",
        "Which parts of a picture speak for an answer, and what changes it.",
    ),
    "data": ("Data", ":material/photo_library:", "Data sets: look inside, or bring your own pictures."),
    "teach": (
        "Teach",
        ":material/school:",
        "Name some classes, give each a few pictures, and see if they can be told apart.",
    ),
    "train": ("Train", ":material/model_training:", "Train a classifier on a data set, and watch it learn."),
    "runs": ("Runs", ":material/list_alt:", "Every run and model: compare, stop, resume, name, delete."),
    "evaluate": (
        "Evaluate",
        ":material/fact_check:",
        "How good a model is on pictures it never saw, and where it errs.",
    ),
    "generate": ("Generate", ":material/auto_awesome:", "Pictures that never were, and what makes them (GANs)."),
    "repair": ("Repair", ":material/healing:", "What is lost in a picture, filled in several ways (inpainting)."),
}
GROUPS = {  # style.css writes them over their first pages
    "Look at pictures": ("home", "classify", "explain"),
    "Make a model": ("data", "teach", "train", "runs", "evaluate"),
    "Imagine pictures": ("generate", "repair"),
}


def path(name: str) -> str:
    """The file of a page, as links want it."""
    return f"pages/{name}.py"


def nav():
    """Declare the pages; returns the one that was asked for."""
    st.session_state["_shell"] = True
    st.set_page_config(page_icon=ICON, layout="wide")  # before anything is drawn: else it would move
    return st.navigation([_declared(name) for name in PAGES])


def _declared(name: str):
    title, icon, help = PAGES[name]
    return st.Page(path(name), title=title, icon=icon, url_path=name, default=name == "home", help=help)


def heading(name: str) -> None:
    """The title of a page, and a sentence on what it is for."""
    title, _, sentence = PAGES[name]
    st.title(title, anchor=False)
    st.write(sentence)


def logo() -> None:
    """The product's name, on every page."""
    ink = "#F1F5F9" if st.context.theme.type == "dark" else "#0F172A"
    st.logo(LOGO.format(ink=ink), size="large")


def require() -> None:
    """The first statement of every page: go through app.py, whatever address was opened first.

    Without it the first deep link to a fresh server runs the page file alone, past the gate.
    """
    if "_shell" not in st.session_state:
        nav()
        st.rerun()
    address.arrive(_page())


def _page() -> str:
    context = script_runner.get_script_run_ctx()
    return context.page_script_hash if context else ""


def sidebar() -> None:
    """Running jobs and the machine, below the navigation."""
    with st.sidebar, trouble("Looking for running jobs"):
        st.fragment(_draw_strip, run_every=10 if _active() else IDLE_SECONDS)()


def about(run: Run) -> tasks.About:
    """What its task says of a run; the Runs page follows one whose task isn't on the shelf any more."""
    unknown = tasks.About("runs", run.kind)
    return tasks.shelf.get(run.kind).about if run.kind in tasks.shelf.names() else unknown


def _active() -> list[Run]:
    return [run for run in jobs.all() if run.live or run.state == "queued"]


def _draw_strip() -> None:
    active = sorted(_active(), key=lambda run: run.position)  # those at work first
    for run in active[:SHOWN]:
        page, icon = path(about(run).page), ":material/progress_activity:"
        st.page_link(page, label=_line(run), icon=icon, query_params={"run": run.id})
    if len(active) > SHOWN:
        st.caption(f"and {len(active) - SHOWN} more in line")
    st.caption(f"Computes on: {doctor.device().value}")


def _line(run: Run) -> str:
    if run.state == "queued":
        where = f"Number {run.position} in line" if run.position else f"Waits on {run.elsewhere}"
        return formatting.plain(f"{where} · {run.title}")
    left = "" if run.eta_seconds is None else f" · {formatting.duration(run.eta_seconds)} left"
    return f"{formatting.percent(run.progress, 0)}{left} · {formatting.plain(run.title)}"


def machine() -> None:
    """The state of this machine, and what to do about what isn't well."""
    findings = {finding.name: finding for finding in doctor.examine()}
    shown = {"Computes on": "device", "Free memory": "free memory", "Free disk": "free disk"}
    values = {label: findings[name].value for label, name in shown.items()}
    metrics(values | {"Running jobs": str(len(_active()))}, width=WORDS_WIDTH)
    for finding in findings.values():
        if not finding.ok:
            st.warning(formatting.plain(f"{finding.name.capitalize()}: {finding.value}. {finding.advice}"))


@st.cache_resource(show_spinner=False)
def warm_up() -> None:
    """Load TensorFlow in the background, once per server, after the first page is drawn."""
    if os.environ.get("VITRINE_WARM", "1") != "0":
        timer = threading.Timer(WARM_AFTER_SECONDS, _load_keras)
        timer.daemon = True
        timer.start()


def _load_keras() -> None:
    try:
        import keras  # noqa: F401
    except Exception:  # a broken install is told by the page that needs it
        logging.getLogger("vitrine").exception("Keras could not be loaded ahead of time")


def keep_keras() -> None:
    """Leave Keras alone between the runs of pages.

    Streamlit clears Keras' session after each run of a page and of a fragment. With TensorFlow loaded that slows every
    click (docs/decisions/0014), and it replaces state under a network that another thread is building.
    """
    script_runner._clean_problem_modules = _nothing


def _nothing(*_, **__) -> None:
    """Do nothing."""
