"""Explain: attribution maps of an answer, what would change it (counterfactuals), and what lies inside."""

import streamlit as st

from pages.parts import pick, shell
from pages.parts.explain import subject
from pages.parts.explain.batch import explain_batch
from pages.parts.explain.compare import compare
from pages.parts.explain.inside.views import inside_views
from pages.parts.explain.maps import attribution_maps
from pages.parts.explain.report import report_section
from pages.parts.explain.what_if import ask_again
from pages.parts.trouble import trouble

shell.require()

PARTS = {"why": "Why this answer", "ask": "Ask again", "inside": "Look inside", "compare": "Compare"}
FOR_CLIPS = ("why", "compare")  # the others cover, tone and turn one picture
SHOWS = {"why": attribution_maps, "ask": ask_again, "inside": inside_views, "compare": compare}


shell.heading("explain")
with trouble("Explaining"):
    about = subject.choose()
    if about:
        subject.summary(about)
        parts = PARTS if not about.card.is_sequence else {name: PARTS[name] for name in FOR_CLIPS}
        part = pick.one("What do you want to know?", parts, "part", widget=st.segmented_control, required=True)
        body = st.container()
        if not about.card.is_sequence:
            with st.expander("The same for many pictures", key="explain.many"), trouble("Explaining many"):
                explain_batch(about.card)
            with st.expander("Which methods to trust with this model", key="explain.report"), trouble("The report"):
                report_section(about.card)
        with body, trouble("This part"):  # last: what takes its time keeps nothing else from being drawn
            SHOWS[part](about)
