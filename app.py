"""The door of the studio: navigation first, then the gate, then the page a person asked for.

Streamlit imports this file once for the server, and runs it once more for every page and click.
"""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from pages.parts import address, shell, style
from pages.parts.components.history import keeps_one_entry
from pages.parts.gate import doors, network, page


def draw() -> None:
    """Draw the page that was asked for, or what a stranger sees instead."""
    shell.keep_keras()
    asked = shell.nav()  # before the gate: it switches off the discovery of pages/, which would go round the gate
    st.set_page_config(page_title=f"{asked.title} · Vitrine")
    style.apply()
    shell.logo()
    page.ask()
    with st.sidebar:
        address.own_history(keeps_one_entry)
    shell.sidebar()
    try:
        asked.run()
        address.settle()
    finally:
        shell.warm_up()


if __name__ == "__main__":
    draw()
else:
    network.check(Path(__file__))
    app = st.App(__file__, middleware=[Middleware(doors.Doors)])
