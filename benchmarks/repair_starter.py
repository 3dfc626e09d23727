"""Make a finished repair network the starter that comes along, with what it is worth on pictures that it never saw.

    python -m benchmarks.repair_starter ID [PICTURES]    needs the data set cifar10 that it learned from

The figures on its card are those of `benchmarks.repair` on so many test pictures, 1,000 unless said otherwise.
"""

import shutil
import sys

from benchmarks.repair import OURS, SMOOTH, table
from mlcore import durable, library
from mlcore.library.card import Card
from mlcore.library.publish import write_card
from mlcore.repair.repairer import open_repairer

NAME, TITLE = "repaired-photographs", "Repair of small photographs"
FILES = ("model.keras", "model.tflite", "task.json")
KEPT = ("psnr", "ssim", "l1")


def described(card: Card, found: dict, count: int) -> str:
    """What the card says: what it learned from, and PSNR beside that of the smoothest surface."""
    told = [
        f"{_db(fills[OURS])} dB where the smoothest surface has {_db(fills[SMOOTH])} ({title.split(', ')[1]})"
        for title, fills in found.items()
    ]
    return (
        f"Fills holes in photographs. A U-Net that learned on the 47,500 training pictures of CIFAR-10 (Krizhevsky "
        f"2009), 32 pixels wide, mirrored, too; on {count:,} test pictures its PSNR in the hole is {'; '.join(told)}. "
        "On large pictures it continues what is around the hole, and knows no objects."
    )


def _db(figures: dict) -> str:
    return f"{figures['psnr']['value']:.2f}"


def main(id: str, count: int = 1000) -> None:
    """Measure, copy, describe."""
    repairer, target = open_repairer(id), library.STARTERS / NAME
    found = table("cifar10", count, repairer)
    target.mkdir(exist_ok=True)
    for name in FILES:
        shutil.copyfile(repairer.folder / name, target / name)
    figures = {
        title: {fill: {name: each[name] for name in KEPT} for fill, each in fills.items() if isinstance(each, dict)}
        for title, fills in found.items()
    }
    durable.write_json(target / "repairs.json", {"pictures": count, "data": "cifar10", "figures": figures})
    told = {"id": NAME, "title": TITLE, "description": described(repairer.card, found, count)}
    write_card(target, repairer.card.model_copy(update=told))
    print(told["description"])


if __name__ == "__main__":
    main(sys.argv[1], *(int(text) for text in sys.argv[2:3]))
