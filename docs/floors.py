"""The one list of floors of mlcore, from the ground up: a module imports its own floor or lower ones.

`tests/test_floors.py` keeps it so, and `make docs` draws it in docs/architecture.md. Change it in the same commit as
the reason for the change.
"""

FLOORS = [
    (
        "errors",
        "home",
        "settings",
        "registry",
        "events",
        "reader",
        "durable",
        "intervals",
        "numerals",
        "tables",
        "machine",
        "progress",
        "turns",
        "contracts",
        "tensors",
    ),
    ("images", "clips", "archives", "modelfiles", "recipe", "custom_layers", "signatures"),
    ("data", "intake"),
    ("library", "backend", "backbones", "architectures"),  # a network may build on a finished one
    ("training", "evaluation", "explanation", "pretrained"),
    ("teach", "findings", "generation", "repair", "active_learning"),
    ("jobs", "doctor"),
    ("cli", "__main__"),
]
