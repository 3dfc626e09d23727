"""Verbs of the library: models, show, remove."""

from argparse import ArgumentParser, Namespace

from mlcore import jobs, library, reader
from mlcore.cli.result import Result, percent, table, with_unreadable
from mlcore.errors import Kind, Refused
from mlcore.jobs import sweeps
from mlcore.library.card import Card
from mlcore.teach import drafts


def show_models(given: Namespace) -> Result:
    """The library: every finished model with its accuracy."""
    cards = library.all()
    rows = [
        {"id": card.id, "title": card.title, "data": card.data, "accuracy": percent(card.accuracy)} for card in cards
    ]
    listed = Result({"models": [_listed(card) for card in cards]}, table(rows, "No models yet; `train` makes one."))
    return with_unreadable(listed, jobs.unreadable())


def _listed(card: Card) -> dict:
    accuracy = card.accuracy.to_json() if card.accuracy else None
    return {**card.model_dump(mode="json"), "accuracy": accuracy}


def show(given: Namespace) -> Result:
    """All that is known of one model or run."""
    card = library.card_of(given.id) if any(card.id == given.id for card in library.all()) else None
    run = None if card and card.starter else _run(given.id, card)
    recipe = reader.facts(library.folder(given.id) / "recipe.json")
    card_facts = _listed(card) if card else None
    document = {"id": given.id, "recipe": recipe, "card": card_facts, "run": run}
    facts = card_facts or run or {}
    return Result(document, "\n".join(f"{name}: {value}" for name, value in facts.items() if value not in (None, "")))


def _run(id: str, card: Card | None) -> dict | None:
    try:
        run = jobs.run(id)
        return {"state": run.state, "progress": run.progress, "message": run.message}
    except Refused:
        if card:
            return None  # a model that was copied in without its run
        raise Refused(
            Kind.UNKNOWN_MODEL, f"There is no model or run called {id!r}; `models` and `runs` list them."
        ) from None


def remove(given: Namespace) -> Result:
    """Delete a model or run for good; also what can't be read, a sweep or draft among it."""
    if any(run.id == given.id for run in jobs.all()):
        jobs.remove(given.id)
    elif not _remove_unreadable(given.id):
        library.remove(given.id)
    return Result({"removed": given.id}, f"Removed {given.id}.")


def _remove_unreadable(name: str) -> bool:
    """Delete what can't be read of that name: a run or model, a sweep or a draft; whether there was one."""
    for shelf in (jobs, sweeps, drafts):
        if any(each.name == name and not each.listed for each in shelf.unreadable()):
            shelf.remove_unreadable(name)
            return True
    return False


def _with_id(parser: ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID")


VERBS = {
    "models": (lambda parser: None, show_models),
    "show": (_with_id, show),
    "remove": (_with_id, remove),
}
