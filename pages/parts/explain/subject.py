"""What the Explain page speaks of: a model, a picture, and the model's answer."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import streamlit as st

from mlcore import clips, images
from mlcore.explanation.render import overlay
from mlcore.library.card import Card
from mlcore.library.classifier import Classifier, Prediction
from pages.parts import formatting, pick, picture
from pages.parts.answer import own_size, trust, unlike
from pages.parts.answer.answer import certain_group, in_a_group, network_view
from pages.parts.explain.test_pictures import test_pictures
from pages.parts.layout import reserved
from pages.parts.picture import Chosen
from pages.parts.trouble import notices

KEY = "explain"
ANSWER = f"{KEY}.answer"  # the key of what `summary` draws
ANSWER_HEIGHT = 230  # pixels: some lines of answer, two on the picture, and a switch
WIDTH, WORDS_WIDTH = 110, 212  # pixels of the picture and of the answer: side by side on a phone
EDITED = 640  # pixels a side of a picture that is edited while a person waits


@dataclass(frozen=True)
class Subject:
    """A model and a picture with the model's answer."""

    card: Card
    classifier: Classifier
    chosen: Chosen
    prediction: Prediction

    @cached_property
    def pixels(self) -> np.ndarray:
        """What the network sees, uint8 (H, W, 3), or (T, H, W, 3) of a clip."""
        return clips.fitted(self.chosen.picture, tuple(self.card.shape))

    @cached_property
    def own(self) -> images.View | None:
        """The picture in its own size with the place that the network sees; None where it has no more pixels."""
        return own_size.view_of(self.card, self.chosen.picture)

    @property
    def view(self) -> images.View | None:
        """The same, unless the person wants to see what the network sees."""
        return None if st.session_state.get(f"{KEY}.as_seen") else self.own

    @cached_property
    def enlarged(self) -> np.ndarray:
        """The same, each pixel a square large enough to see."""
        return overlay.enlarged(self.pixels)

    @cached_property
    def key(self) -> tuple:
        """What differs when model or picture do; results are kept under it."""
        return (*pick.stamp(self.card.id), self.chosen.picture.sha256)

    @property
    def titles(self) -> dict[str, str]:
        """The classes: {number as text: name}."""
        return {str(index): name for index, name in enumerate(self.card.classes)}

    def side_by_side(
        self, edit: Callable[[np.ndarray], np.ndarray], after: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """What the network sees before and after an edit, large enough to look at.

        In the picture's own size `edit` is made anew; else `after` is what it made of `pixels`.
        """
        if self.view:
            before = images.thumbnail(self.view.seen, EDITED)
            return before, edit(before)
        return self.enlarged, overlay.enlarged(after)


def choose(usual: Chosen | None) -> Subject | None:
    """Model and picture; None, with a sentence, as long as there is no picture. A model is proposed for the `usual`."""
    card = pick.model(chosen=usual)
    classifier = pick.classifier(card)
    chosen, refusal = picture.attempt(partial(picture.current, share=True, card=card))
    _choose_picture(card, chosen)
    if refusal:
        raise refusal
    if chosen is None:
        thing = "clip" if card.is_sequence else "picture"
        st.write(f"Choose a {thing} above, and see which parts of it speak for an answer.")
        return None
    return Subject(card, classifier, chosen, classifier.predict(chosen.picture))


def summary(subject: Subject) -> None:
    """The picture as the network sees it, and the answer in a sentence: side by side where there is room."""
    with reserved(ANSWER, ANSWER_HEIGHT), st.container(horizontal=True):
        left, right = st.container(width=WIDTH), st.container(width=WORDS_WIDTH)
    words = right.container()
    with right:
        view = own_size.unless_asked(subject.own, KEY)
    with left:
        _draw_picture(subject, view)
    with words:
        _draw_words(subject, view)


def _draw_picture(subject: Subject, view: images.View | None) -> None:
    """In small, in its own size or as the network sees it."""
    name = subject.chosen.name
    if view:
        alt = f"{name}. {own_size.seen_at(subject.card, view)}"
        st.image(images.thumbnail(view.framed(), 2 * WIDTH), width=WIDTH, alt=alt)
    else:
        pixels = network_view(subject.classifier, subject.chosen.picture)
        st.image(pixels, width=WIDTH, alt=f"{name}, as the network sees it")


def _draw_words(subject: Subject, view: images.View | None) -> None:
    """The answer, and what is known of the picture."""
    prediction, chosen = subject.prediction, subject.chosen
    st.write(_answered(prediction, subject.card))
    if unlike.is_flagged(prediction):
        st.caption(unlike.sentence(prediction, subject.card.unlike))
    truth = f" The data set calls it {formatting.plain(chosen.truth)}." if chosen.truth else ""
    sees = f" {own_size.seen_at(subject.card, view)}." if view else ""
    st.caption(f"{formatting.plain(chosen.name)}\\." + truth + sees)  # '1292.' alone would begin a list
    notices(chosen.picture.notices, "explain")


def _answered(prediction: Prediction, card: Card) -> str:
    """The answer, at the level that is certain, and how far to believe it."""
    first, group = "Not sure. The likeliest answer is", certain_group(prediction)
    if prediction.sure:
        first = "The answer is"
    elif group:
        first = f"{formatting.plain(in_a_group(prediction, group))}. The likeliest class is"
    answer = f"{formatting.plain(prediction.best_name)} ({formatting.probability(prediction.confidence)})"
    return f"{first} {answer}. {trust.sentence(prediction, trust.backing_of(card))}"


def _choose_picture(card, chosen: Chosen | None) -> None:
    """Three ways to a picture; the last one chosen is the current one."""
    [test] = picture.chooser("explain", chosen is not None, ("One of the test pictures",), card)
    with test:
        test_pictures(card)
