"""Out-of-distribution detection on screen: what is said of a picture unlike those that a model learned from."""

from functools import partial

import streamlit as st

from mlcore import data
from mlcore.library.card import Card, Noticing
from mlcore.progress import Progress
from pages.parts import background, formatting, gallery, pick

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


def strangers(card: Card) -> None:
    """The part of Evaluate: how often it flags its own pictures, and others."""
    st.subheader("Does it notice what it never learned?", anchor=False)
    noticing = card.unlike or _measured_on_demand(card)
    if noticing is None:
        return
    st.write(_basis(noticing))
    own = "Others of that kind" if noticing.basis else "Its own test pictures"
    rows = [(own, noticing.own)] if noticing.own else []
    st.dataframe(
        [_row(name, share) for name, share in [*rows, *noticing.caught.items()]],
        hide_index=True,
        key="evaluate.unlike",
        column_config={"Flagged": st.column_config.NumberColumn(format="%.1f %%")},
        alt="Share of pictures flagged as unlike those learned from, by kind of picture",
    )
    alarms = "The first line holds false alarms. " if noticing.own else ""
    st.caption(f"{alarms}Of pictures of something else none should get through. What isn't here wasn't tried.")


def _row(name: str, share) -> dict:
    interval = f"{share.low * 100:.1f} to {share.high * 100:.1f} %"
    return {"Pictures": name, "Flagged": share.estimate * 100, "95 % interval": interval, "Number": share.n}


def _basis(noticing: Noticing) -> str:
    few = " They are few: the threshold may lie some way off." if noticing.few else ""
    narrow = " Pictures of its other classes weren't at hand." if noticing.basis else ""
    return f"A picture is flagged that is further away than {formatting.plain(noticing.beyond)}.{few}{narrow}"


def _measured_on_demand(card: Card) -> Noticing | None:
    """Measure now, on demand, where the model's own data is here."""
    st.write(UNMEASURED)
    if card.starter or not gallery.is_stored(card.data):
        st.caption("It can be measured where the model's own data set is on this machine.")
        return None
    key = ("unlike", pick.stamp(card.id))
    if not st.toggle("Measure it now", background.is_known(key), key="evaluate.unlike.now"):
        return None
    found: list[Noticing | None] = []
    make = partial(_measure, card)
    background.wait([background.Request(st.container(), "unlike", "Looking at its pictures", key, make, found.append)])
    if found == [None]:
        st.caption("It has too few pictures that it didn't learn from.")
    return found[0] if found else None


def _measure(card: Card, progress: Progress) -> Noticing | None:
    from mlcore.evaluation import out_of_distribution

    return out_of_distribution.complete(pick.classifier(card), data.open(card.data), progress)
