"""What a stranger sees instead of a page."""

import streamlit as st

from pages.parts.formatting import plain
from pages.parts.gate import login


def ask() -> None:
    """Ask for a login where one is configured, and stop where nobody can log in; else do nothing."""
    configured = login.configured()
    if not configured.fault and st.user.get("is_logged_in", not configured.asked):
        return
    st.title("Vitrine", anchor=False)
    if configured.fault:
        st.error(plain(configured.fault))
    else:
        st.write("Please log in to go on.")
        st.button("Log in", key="gate.login", type="primary", on_click=st.login, disabled=not login.has_authlib())
        if not login.has_authlib():
            st.warning(plain(login.AUTHLIB))
    st.stop()
