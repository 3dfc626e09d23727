"""The door of the studio: navigation first, then the gate, then the page a person asked for."""

import streamlit as st

from pages.parts import address, shell, style
from pages.parts.components.history import keeps_one_entry

shell.keep_keras()
page = shell.nav()  # before the gate: it switches off the discovery of pages/, which would go round the gate
st.set_page_config(page_title=f"{page.title} · Vitrine")
style.apply()
shell.logo()
shell.gate()
with st.sidebar:
    address.own_history(keeps_one_entry)
shell.sidebar()
try:
    page.run()
    address.settle()
finally:
    shell.warm_up()
