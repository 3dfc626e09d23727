"""Explain: attribution maps of an answer, what would change it (counterfactuals), and what lies inside."""

import streamlit as st

from pages.parts import pick, picture, shell
from pages.parts.components.into_view import into_view
from pages.parts.explain import subject
from pages.parts.explain.batch import explain_batch
from pages.parts.explain.compare import compare
from pages.parts.explain.inside.views import inside_views
from pages.parts.explain.maps import attribution_maps
from pages.parts.explain.report import report_section
from pages.parts.explain.what_if import ask_again
from pages.parts.layout import reserved
from pages.parts.trouble import trouble

shell.require()

PARTS = {"why": "Why this answer", "ask": "Ask again", "inside": "Look inside", "compare": "Compare"}
FOR_CLIPS = ("why", "compare")  # the others cover, tone and turn one picture
BODY_HEIGHT = 600  # pixels: what goes beyond one picture stands below the fold
PLAIN = {"required": True, "label_visibility": "collapsed"}
SHOWS = {"why": attribution_maps, "ask": ask_again, "inside": inside_views, "compare": compare}


def asked(about: subject.Subject) -> str:
    """What the person wants to know of the answer."""
    parts = PARTS if not about.card.is_sequence else {name: PARTS[name] for name in FOR_CLIPS}
    return pick.one("What do you want to know?", parts, "part", widget=st.segmented_control, **PLAIN)


def further(card) -> None:
    """What goes beyond one picture, folded."""
    with st.expander("The same for many pictures", key="explain.many"), trouble("Explaining many"):
        explain_batch(card)
    with st.expander("Which methods to trust with this model", key="explain.report"), trouble("The report"):
        report_section(card)


shell.heading("explain")
with trouble("Explaining"):
    chosen = picture.attempt(picture.current)[0]
    side, main = st.columns([2, 5], gap="medium") if chosen else (st.container(), st.container())
    with side:
        about = subject.choose(chosen)
        if about:
            subject.summary(about)
    if about:
        with main:
            part = asked(about)
            body = reserved("explain.body", BODY_HEIGHT)
        if not about.card.is_sequence:
            further(about.card)
        into_view("explain.body", (about.key, part), PARTS[part], begin=subject.ANSWER)
        with body, trouble("This part"):  # last: what takes its time keeps nothing else from being drawn
            SHOWS[part](about)
