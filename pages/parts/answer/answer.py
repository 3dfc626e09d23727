"""An answer on screen: what it is, how sure, the class activation map over the picture, what to do next."""

import numpy as np
import streamlit as st

from mlcore import clips
from mlcore.explanation.render import overlay
from mlcore.library.articles import with_article
from pages.parts import charts, shell
from pages.parts.answer import alike, correct, own_size, trust, unlike
from pages.parts.formatting import plain, probability

TRACED = 4  # classes with a line of their own
SIDE = 320  # pixels a picture is drawn with, however small it is


def answer(classifier, chosen, key: str) -> None:
    """Predict and draw: the picture under its heat map beside the five likeliest classes."""
    prediction = classifier.predict(chosen.picture)
    heat = classifier.class_map(chosen.picture, prediction.best)
    left, right = st.columns([2, 3], gap="large")
    with left:
        _picture(classifier, chosen, heat, prediction, key)
    with right:
        _said(prediction, chosen, classifier.card)
        names, probabilities = zip(*prediction.top(5), strict=True)
        charts.bars(names, probabilities, f"{key}.bars")
        if classifier.card.is_sequence:
            timeline(classifier, chosen.picture, prediction, f"{key}.timeline")
        next_steps(classifier.card, key)
    alike.offer(classifier, chosen.picture, prediction, key)
    correct.offer(classifier.card, chosen, key)


def network_view(classifier, picture):
    """The part of a picture that the network sees, large enough to look at: uint8 (h, w, 3).

    Of a clip the frames, in rows.
    """
    height, width = classifier.card.size
    if classifier.card.is_sequence:
        return clips.strip(overlay.enlarged(clips.fitted(picture, tuple(classifier.card.shape)), SIDE))
    scale = max(1, -(-SIDE // max(height, width)))
    return clips.fitted(picture, (height * scale, width * scale, 3))


def timeline(classifier, clip, prediction, key: str) -> None:
    """How the likeliest classes rose and fell as the clip went on."""
    chances, names = classifier.timeline(clip), [name for name, _ in prediction.top(TRACED)]
    frames = np.arange(1, len(chances) + 1)
    lines = {name: (frames, chances[:, classifier.card.classes.index(name)]) for name in names}
    charts.curves(lines, "Frames seen", "Probability", key, percent_axis=True)
    st.caption("What the answer would have been had the clip stood still from that frame on.")


def tells(heat) -> bool:
    """Whether a heat map says anything: not that of a network that ends in a single place."""
    return heat is not None and heat.max() > heat.min()


def next_steps(card, key: str) -> None:
    """Where a person may want to go from an answer."""
    with st.container(horizontal=True, key=f"{key}.next"):
        query = {"model": card.id}
        st.page_link(shell.path("explain"), label="See why", icon=":material/lightbulb:", query_params=query)
        st.page_link(shell.path("train"), label="Train your own", icon=":material/model_training:")
        st.page_link(shell.path("classify"), label="Classify many", icon=":material/image_search:", query_params=query)


def _picture(classifier, chosen, heat, prediction, key) -> None:
    card = classifier.card
    shows_heat = tells(heat) and st.toggle("Show where the network looked", value=True, key=f"{key}.overlay")
    view = own_size.unless_asked(own_size.view_of(card, chosen.picture), key)
    pixels = _drawn(classifier, chosen.picture, view, heat if shows_heat else None)
    thing = "frames as the network sees them" if card.is_sequence else "picture as the network sees it"
    words = [f"Warm places speak for {prediction.best_name}"] if shows_heat else [] if view else [f"The {thing}"]
    words += [own_size.seen_at(card, view)] if view else own_size.enlarged(card, chosen.picture)
    caption = ". ".join(words)
    st.image(pixels, width="stretch", alt=f"{chosen.name}. {caption}.")
    st.caption(plain(f"{caption}." if view else caption))


def _drawn(classifier, picture, view, heat) -> np.ndarray:
    """The picture in its own size, else as the network sees it; under a heat map where there is one."""
    if view:
        return view.framed() if heat is None else overlay.on_view(view, heat)
    pixels = network_view(classifier, picture)
    return pixels if heat is None else overlay.overlay(pixels, heat, 0.5)


def certain_group(prediction):
    """The group of classes that is certain where no class alone is; None otherwise."""
    group = None if prediction.sure else prediction.group
    return group if group and group.probability >= prediction.threshold else None


def in_a_group(prediction, group) -> str:
    """'A cat (88 %), perhaps an Egyptian cat'."""
    name = with_article(prediction.classes[group.likeliest])
    whole = f"{with_article(group.name)} ({probability(group.probability, 0)}), perhaps {name}"
    return whole[0].upper() + whole[1:]


def _sure_of_the_group(prediction, group, backing) -> None:
    """Where the probability is spread over kin: what they are together, and perhaps which of them."""
    name, alone = prediction.classes[group.likeliest], float(prediction.probabilities[group.likeliest])
    st.subheader(plain(in_a_group(prediction, group)), anchor=False)
    st.write(
        f"No single class is likely enough: {plain(name)} alone has {probability(alone)}, "
        f"all of its kind together have {probability(group.probability)}."
        + ("" if backing.certainty else " How far that can be believed wasn't measured.")
    )


def _one_class(prediction, backing) -> None:
    """The likeliest class, how often such answers were right, and the classes that it may be instead."""
    st.subheader(plain(trust.heading(prediction, backing)), anchor=False)
    given = probability(prediction.confidence)
    of_it = "The model gives this" if prediction.sure else f"The likeliest answer is {plain(prediction.best_name)} with"
    st.write(f"{of_it} {given}. {trust.sentence(prediction, backing)}")
    trust.alternatives(prediction, backing)


def _said(prediction, chosen, card) -> None:
    """The answer; for a picture unlike those learned from that comes first, and the answer after it."""
    if unlike.is_flagged(prediction):
        unlike.heading(prediction, card.unlike)
        if chosen.truth:
            st.write(f"The data set calls this {plain(chosen.truth)}.")
        return
    _verdict(prediction, chosen, card)
    unlike.footnote(prediction, card)


def _verdict(prediction, chosen, card) -> None:
    group, backing = certain_group(prediction), trust.backing_of(card)
    if group:
        _sure_of_the_group(prediction, group, backing)
    else:
        _one_class(prediction, backing)
    if chosen.truth:
        st.write(f"The data set calls this {plain(chosen.truth)}.")
