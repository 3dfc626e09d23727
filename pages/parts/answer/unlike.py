"""Out-of-distribution detection on screen: what is said of a picture unlike those that a model learned from."""

import streamlit as st

from mlcore.library.card import Card, Noticing
from pages.parts import formatting

UNMEASURED = "Whether a picture is unlike those that this model learned from wasn't measured."


def is_flagged(prediction) -> bool:
    """Whether the picture is so unlike that its answer stands in second place."""
    return prediction.unlike is not None and prediction.unlike.flagged


def heading(prediction, noticing: Noticing | None = None) -> None:
    """What comes before the answer to a picture unlike those that the model learned from."""
    st.subheader("Unlike what it learned from", anchor=False)
    st.write(sentence(prediction, noticing))


def sentence(prediction, noticing: Noticing | None = None) -> str:
    """The same as a sentence, which ends in the answer; the card says what it was compared with."""
    compared = formatting.plain(noticing.basis) if noticing and noticing.basis else "of their kind that it hadn't seen"
    answer = f"{formatting.plain(prediction.best_name)} ({formatting.probability(prediction.confidence)})"
    return (
        "This picture is unlike those that the model learned from: "
        f"{prediction.unlike.place} pictures {compared}. If it is one of the model's "
        f"{len(prediction.classes):,} classes after all, then the likeliest is {answer}."
    )


def footnote(prediction, card: Card) -> None:
    """What an answer can't tell: a model answers with one of its classes, whatever the picture shows."""
    if prediction.unlike is None:
        st.caption(f"It always answers with one of its {len(card.classes):,} classes. {UNMEASURED}")
    elif not prediction.unlike.flagged:
        st.caption(f"It always answers with one of its {len(card.classes):,} classes. {notices(card.unlike)}")


def notices(noticing: Noticing | None) -> str:
    """How well it notices others, in one sentence: by the probe that it finds hardest."""
    if noticing is None or not noticing.caught:
        return "How often it notices a picture of something else wasn't measured."
    name, share = min(noticing.caught.items(), key=lambda each: each[1].estimate)
    if share.value == 1:
        tried = formatting.plain(", ".join(noticing.caught))
        return f"Of pictures of something else it noticed all that were tried ({tried})."
    return (
        f"Pictures of something else it notices often, not always: hardest was {formatting.plain(name)}, "
        f"noticed in {formatting.plain(share.text())}."
    )
