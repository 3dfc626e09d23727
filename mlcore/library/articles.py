"""English articles before the names of classes: a cat, an Egyptian cat, binoculars, ice cream."""

import re

AN = re.compile(r"(?!uni|eu|one\b)[aeiou]|hour", re.IGNORECASE)  # the sound decides: a unicycle, an hourglass
PLURAL = re.compile(r"[^ius]s$")  # binoculars, sunglasses; not bus, mantis, compass
SINGULAR = frozenset({"triceratops"})
UNCOUNTED = re.compile(  # of the names in the models that come along
    "armour|broccoli|carbonara|chain mail|chocolate sauce|consommé|corn|dough|eggnog|face powder|food or drink|"
    "guacamole|hair spray|hay|hen of the woods|ice cream|lotion|mashed potato|perfume|printed matter|rapeseed|red wine|"
    "sunscreen|swimwear|toilet paper|velvet|wool"
)


def with_article(name: str) -> str:
    """The name with `a` or `an`, or without where it is a plural or can't be counted."""
    head = name.split(" of ")[0]
    if UNCOUNTED.fullmatch(name) or (PLURAL.search(head) and head not in SINGULAR):
        return name
    return f"an {name}" if AN.match(name) else f"a {name}"
