"""Which model answers when nobody chose one: the one that suits the picture."""

from collections.abc import Sequence

from mlcore.library.card import Card

SMALL = 64  # pixels of a picture's longer side, from which on it is taken for a photograph
MADE_FOR = {"grey": "handwritten-digits", "colour": "animals-and-vehicles"}  # small pictures, among what comes along


def suited(cards: Sequence[Card], size: tuple[int, int] | None = None, grey: bool = False) -> Card:
    """The model for a picture of this size (height and width in pixels): a pinned one, else one that comes along.

    A small picture goes to the model of such pictures, anything else to the one of the most classes. A model that
    somebody made answers when it is chosen or pinned: nothing says that it suits a stranger's picture. Only where
    none comes along, it is the first of the list.
    """
    small = MADE_FOR["grey" if grey else "colour"] if size and max(size) < SMALL else ""
    ranks = [(card.pinned, card.starter, card.id == small, len(card.classes) * card.starter) for card in cards]
    return cards[ranks.index(max(ranks))]
