"""Out-of-distribution detection on Evaluate: how often a model flags its own pictures, and those of others."""

from functools import partial

import streamlit as st

from mlcore.library.card import Card, Noticing
from mlcore.progress import Progress
from pages.parts import background, formatting, gallery, pick
from pages.parts.answer.unlike import UNMEASURED
from pages.parts.layout import table_height


def strangers(card: Card) -> None:
    """The part of Evaluate: how often it flags its own pictures, and others."""
    st.subheader("Does it notice what it never learned? (out-of-distribution)", anchor=False)
    noticing = card.unlike or _measured_on_demand(card)
    if noticing is None:
        return
    st.write(_basis(noticing))
    own = "Others of that kind" if noticing.basis else "Its own test pictures"
    rows = [(own, noticing.own)] if noticing.own else []
    rows += noticing.caught.items()
    shares = formatting.percent_format(share.estimate for _, share in rows)
    st.dataframe(
        [_row(name, share) for name, share in rows],
        hide_index=True,
        height=table_height(len(rows)),
        key="evaluate.unlike",
        column_config={"Flagged": st.column_config.NumberColumn(format=shares)},
        alt="Share of pictures flagged as unlike those learned from, by kind of picture",
    )
    alarms = "The first line holds false alarms. " if noticing.own else ""
    st.caption(f"{alarms}Of pictures of something else none should get through. What isn't here wasn't tried.")


def _row(name: str, share) -> dict:
    return {
        "Pictures": name,
        "Flagged": share.estimate * 100,
        "95\u00a0% interval": formatting.bounds(share),
        "Number": share.n,
    }


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
    slot, title = st.container(), "Looking at its pictures"
    background.wait([background.Request(slot, "unlike", title, key, make, found.append, stays=True)])
    if found == [None]:
        st.caption("It has too few pictures that it didn't learn from.")
    return found[0] if found else None


def _measure(card: Card, progress: Progress) -> Noticing | None:
    from mlcore.evaluation import out_of_distribution
    from mlcore.evaluation.unseen import own_data

    classifier = pick.classifier(card)
    return out_of_distribution.complete(classifier, own_data(classifier), progress)
