"""Binding: a plan says by a fingerprint which data it was begun with, so that others under the same name are noticed.

Names are all that a person sees of data; what stands under a name can be removed and added again with other pictures.
"""

from typing import TypeVar

from mlcore import data
from mlcore.errors import Kind, Refused
from mlcore.settings import Settings

P = TypeVar("P", bound=Settings)


def bound(plan: P) -> P:
    """The plan with the fingerprint of the data that stand under its name now; raises Refused as `refuse_other`.

    Settings that carry no fingerprint, and those whose data aren't on this machine yet, come back as they are.
    """
    refuse_other(plan)
    fields = type(plan).model_fields
    stored = data.stored(getattr(plan, "data", "")) if "fingerprint" in fields else None
    return plan.model_copy(update={"fingerprint": stored.fingerprint}) if stored else plan


def refuse_other(plan: object) -> None:
    """Raise Refused(not-compatible) where other data stand under the name than those that a plan was begun with."""
    name, began = getattr(plan, "data", ""), getattr(plan, "fingerprint", "")
    if differs(name, began):
        raise Refused(
            Kind.NOT_COMPATIBLE,
            f"The data set {name!r} isn't the one that this was begun with: other pictures, classes or another split "
            "stand under its name now; begin anew with these, or add the older ones again.",
        )


def differs(name: str, fingerprint: str) -> bool:
    """Whether the data set stored under a name is another than that of the fingerprint; not where either is unknown."""
    stored = data.stored(name) if fingerprint else None
    return stored is not None and stored.fingerprint != fingerprint
