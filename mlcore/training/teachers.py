"""The models that a recipe learns from: which can teach a data set, told from their cards alone."""

from mlcore import data, library
from mlcore.errors import Kind, Refused
from mlcore.library.card import Card
from mlcore.recipe import Distillation, Recipe


def fitting(classes: tuple[str, ...], shape: tuple[int, ...]) -> dict[str, str]:
    """Name and title of the models that can teach data of these classes and this shape."""
    return {card.id: card.title for card in library.all() if not _misfit(card, classes, shape)}


def check(recipe: Recipe) -> None:
    """Raises Refused(unknown-model, not-compatible) for a model that can't teach the recipe's data."""
    teachers = recipe.training.distillation.teachers
    dataset = data.summary(recipe.data, recipe.fingerprint) if teachers else None
    for teacher in teachers:
        card = library.card_of(teacher)
        if reason := dataset and _misfit(card, dataset.classes, dataset.shape):
            raise Refused(Kind.NOT_COMPATIBLE, f"{card.title!r} can't teach {dataset.title}: {reason}.")


def words(settings: Distillation) -> str:
    """What is learned from, in a sentence for whoever watches the run."""
    titles = " and ".join(library.card_of(name).title for name in settings.teachers)
    share = round(100 * settings.share)
    return (
        f"In the training loss the distance to the answers of {titles} has a weight of {share} %, that to the labels "
        f"{100 - share} %; the validation loss looks at the labels alone."
    )


def _misfit(card: Card, classes: tuple[str, ...], shape: tuple[int, ...]) -> str:
    """Why a model can't teach such data; empty where it can. Pictures of another size are brought to its own."""
    if card.kind != "classifier":
        return f"it is a {card.kind}, and only models that classify can teach"
    if card.classes != tuple(classes):
        return f"it knows {_listed(card.classes)}, and the data has {_listed(classes)}"
    if card.is_sequence != (len(shape) == 4):
        return "one of the two is for clips and the other for pictures"
    if card.is_sequence and card.shape != tuple(shape):
        return f"it takes clips of {_size(card.shape)}, and those of the data have {_size(shape)}"
    return ""


def _listed(classes: tuple[str, ...]) -> str:
    return f"{len(classes)} classes ({', '.join(classes[:3])}{', ...' if len(classes) > 3 else ''})"


def _size(shape: tuple[int, ...]) -> str:
    return "{} frames of {} x {} pixels".format(*shape)
