"""What a person reads when something can't be done."""

import errno
import logging
from collections.abc import Callable
from contextlib import contextmanager

import streamlit as st

from mlcore.errors import Kind, Refused
from mlcore.home import home
from mlcore.reader import Unreadable
from pages.parts.formatting import plain

log = logging.getLogger("vitrine")


@contextmanager
def trouble(doing: str = "This"):
    """Turn a refusal into its sentence, and any other error into a calm one with the details in the log."""
    try:
        yield
    except Refused as refusal:
        show = st.info if refusal.kind == Kind.NOT_COMPATIBLE else st.error
        show(plain(refusal.message))
    except OSError as error:
        _say_of_the_machine(error, doing)
    except Exception:  # a page is the last place that can say it in words
        _say_our_fault(doing)


def of_the_machine(error: OSError) -> str:
    """Why a file couldn't be written, where a person can mend it; empty for any other trouble, which is ours."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk of this machine is full. Free some space, and do it again."
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return f"{error.filename or home()} can't be written. Ask whoever runs Vitrine for a home that can."
    return ""


def _say_of_the_machine(error: OSError, doing: str) -> None:
    if reason := of_the_machine(error):
        st.error(plain(f"{doing} didn't work: {reason}"))
    else:
        _say_our_fault(doing)


def _say_our_fault(doing: str) -> None:
    log.exception("%s failed", doing)
    st.error(f"{doing} didn't work, and that is our fault. The details are in the log of the server.")


def unreadable(listed: list[Unreadable], key: str, remove: Callable[[str], None]) -> None:
    """What can't be read, by name and with the reason, folded; a button deletes it where it isn't shown elsewhere."""
    if not listed:
        return
    count = "One folder or file" if len(listed) == 1 else f"{len(listed)} folders or files"
    with st.expander(f"{count} can't be read, or not as a whole", key=f"{key}.unreadable", on_change="rerun") as fold:
        if fold.open:
            for each in listed:
                _unreadable(each, key, remove)


def _unreadable(one: Unreadable, key: str, remove: Callable[[str], None]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(one.name)}**: {plain(one.reason)}", width="stretch")
        if not one.listed:
            st.button(
                "Delete for good",
                key=f"{key}.unreadable.{one.name}",
                icon=":material/delete:",
                on_click=_remove,
                args=(remove, one.name),
            )


def _remove(remove: Callable[[str], None], name: str) -> None:
    with trouble("Deleting"):
        remove(name)


def notices(given, key: str, folded: int = 3) -> None:
    """Show what was noticed about accepted input; long lists fold away."""
    texts = [notice.message for notice in given]
    for text in texts[:folded]:
        st.info(plain(text))
    if len(texts) > folded:
        with st.expander(f"{len(texts) - folded} more notices", key=f"{key}.notices"):
            for text in texts[folded:]:
                st.text(text)
