"""Binding: a plan says by a fingerprint which data it was begun with, so that others under the same name are noticed.

Names are all that a person sees of data; what stands under a name can be edited, or removed and added again with other
pictures. An edited set still has the version that a plan was begun with (`data.open(name, seen=fingerprint)`).
"""

from typing import TypeVar

from mlcore import data
from mlcore.errors import Kind, Refused
from mlcore.settings import Settings

P = TypeVar("P", bound=Settings)


def bound(plan: P) -> P:
    """The plan with the fingerprint of its data: of the version that it names, else of the current one.

    Settings that carry no fingerprint, and those whose data aren't on this machine yet, come back as they are.
    Raises Refused as `refuse_other`.
    """
    refuse_other(plan)
    if "fingerprint" not in type(plan).model_fields:
        return plan
    stored = data.stored(getattr(plan, "data", ""), getattr(plan, "fingerprint", ""))
    return plan.model_copy(update={"fingerprint": stored.fingerprint}) if stored else plan


def refuse_other(plan: object) -> None:
    """Raise Refused(not-compatible) where no version of the data under the name is that which a plan was begun with."""
    name, began = getattr(plan, "data", ""), getattr(plan, "fingerprint", "")
    if differs(name, began):
        raise Refused(
            Kind.NOT_COMPATIBLE,
            f"The data set {name!r} isn't the one that this was begun with: other pictures, classes or another split "
            "stand under its name now; begin anew with these, or add the older ones again.",
        )


def differs(name: str, fingerprint: str) -> bool:
    """Whether no version of the stored data set has that fingerprint; not where either is unknown."""
    stored = data.stored(name, fingerprint) if fingerprint else None
    return stored is not None and stored.fingerprint != fingerprint


def moved_on(name: str, fingerprint: str) -> str:
    """A sentence where an older version of a data set has that fingerprint; nothing where it is the current one."""
    number, now = data.version_of(name, fingerprint), data.stored(name)
    if number is None or now is None or now.fingerprint == fingerprint:
        return ""
    return f"This is version {number} of the data set {name!r}; version {now.version} is the current one."
