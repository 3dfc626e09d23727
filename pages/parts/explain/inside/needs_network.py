"""What is read off the network itself, such as its layers and filters: loading it may take a while."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from mlcore.library.classifier import Classifier
from mlcore.progress import Progress
from pages.parts import background, pick
from pages.parts.explain.subject import Subject


def read_off(subject: Subject, name: str, read: Callable[[Classifier], Any]) -> Any:
    """What `read(classifier)` gives once the network is loaded; None until then."""
    results: list[Any] = []
    key = (name, pick.stamp(subject.card.id))

    def make(progress: Progress) -> Any:
        return read(subject.classifier)

    title = "Loading the network"
    background.wait([background.Request(st.container(), f"inside.{name}", title, key, make, results.append)])
    return results[0] if results else None
