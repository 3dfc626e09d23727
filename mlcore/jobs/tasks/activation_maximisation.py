"""Make a picture for every class, or for every feature map of a layer, in the background."""

from pathlib import Path

from mlcore.contracts import Emit, ShouldStop
from mlcore.events import StageStarted
from mlcore.explanation.inside.maximisation import MaximisationSettings
from mlcore.jobs.tasks import About, progress, shelf
from mlcore.progress import part
from mlcore.settings import choice, number, read

FOLDER = "pictures"


class ActivationMaximisationSettings(MaximisationSettings):
    model: str = choice("", "Id of the model")
    layer: str = choice("", "Layer whose feature maps are pleased; empty for the classes")
    most: int = number(64, 1, 2048, "Pictures at most: the first classes or maps")


WISHES = About("runs", "pictures that please a network")


@shelf.add("activation-maximisation", "What it looks for", ActivationMaximisationSettings, about=WISHES)
def activation_maximisation(
    settings: ActivationMaximisationSettings, folder: Path, emit: Emit, should_stop: ShouldStop
) -> None:
    """Makes pictures that please a network, one for each class or feature map, as PNG files."""
    from mlcore import durable, images, library
    from mlcore.explanation.inside import maximisation

    classifier = library.open_classifier(settings.model)
    emit(StageStarted("Loading the network"))
    chosen = read(MaximisationSettings, settings.model_dump(include=set(MaximisationSettings.model_fields)))
    count, make = _wishes(classifier, settings.layer, maximisation)
    total = min(count, settings.most)
    hear = progress(emit, should_stop, total)
    for index in range(total):
        path = folder / FOLDER / f"{index:04}.png"
        if not path.exists():
            durable.write_bytes(path, images.png(make(index, chosen, part(hear, index, total)).picture))
        hear((index + 1) / total)


def pictures_of(folder: Path) -> list[tuple[int, Path]]:
    """The pictures that a task has made so far, with the number of their class or map."""
    return [(int(path.stem), path) for path in sorted((folder / FOLDER).glob("[0-9]*.png"))]


def _wishes(classifier, layer: str, maximisation):
    """How many pictures there are to make, and what makes one."""
    if not layer:
        return len(classifier.card.classes), lambda index, *given: maximisation.of_class(classifier, index, *given)
    from mlcore.backend.gradients import score_of

    score = score_of(classifier.model)
    name = score.feature_layer(layer)
    count = next(each.shape[-1] for each in score.layers if each.name == name)
    return count, lambda index, *given: maximisation.of_channel(classifier, name, index, *given)
