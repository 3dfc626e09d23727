"""Pictures of things that a classifier never learned: photographs, faces, drawings, letters, other data sets.

The photographs are those that scikit-image and scikit-learn bring along, so that anybody can measure the same. Each
function gives pictures uint8 (H, W, 3) of any size, made or drawn by a seed.
"""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mlcore import data, images

SIDE = 224  # pixels of what is drawn here
PHOTOGRAPHS = {  # without chelsea (a cat) and horse (a silhouette of one), which the starters know
    "skimage/data": (
        *("astronaut.png", "brick.png", "camera.png", "cell.png", "clock_motion.png", "coffee.png", "coins.png"),
        *("grass.png", "gravel.png", "hubble_deep_field.jpg", "ihc.png", "microaneurysms.png", "moon.png"),
        *("motorcycle_left.png", "page.png", "retina.jpg", "rocket.jpg", "text.png"),
    ),
    "sklearn/datasets/images": ("china.jpg", "flower.jpg"),
}
LETTERS = "ABCDEFGHJKLMNPQRTUVWXYabdefhkmnqrtwy"  # those that aren't drawn like a digit
GREY = "#%02x%02x%02x"


def of(model: str, own: str = "") -> dict[str, list[np.ndarray]]:
    """Pictures of nothing that a model knows, by what they are; `own` is the data set of a model made here."""
    found = {
        "photographs": photographs(),
        "crops of photographs": crops(),
        "faces (25 pixels wide)": faces(),
        "drawings": drawings(),
        "light letters": letters(ink="light"),
        "dark letters": letters(ink="dark"),
    }
    if model == "photographs":  # most of the photographs show something of its thousand classes
        return {"MNIST digits": of_data("mnist"), **{name: found[name] for name in list(found)[2:]}}
    sets = {"MNIST digits": "mnist", "CIFAR-10 pictures": "cifar10", "photographs of ants and bees": "ants-and-bees"}
    taken = own or {"animals-and-vehicles": "cifar10", "handwritten-digits": "mnist"}[model]
    return {name: of_data(set, 1000) for name, set in sets.items() if set != taken} | found


def photographs() -> list[np.ndarray]:
    """The photographs themselves."""
    paths = (_package(folder) / name for folder, names in PHOTOGRAPHS.items() for name in names)
    return [images.decode(path.read_bytes()).pixels for path in paths]


def crops(count: int = 10, seed: int = 0) -> list[np.ndarray]:
    """So many squares out of each photograph, a quarter to the whole of its shorter side wide."""
    rng = np.random.default_rng(seed)
    return [_crop(rng, pixels) for pixels in photographs() for _ in range(count)]


def faces() -> list[np.ndarray]:
    """The 100 grey faces of Labeled Faces in the Wild (Huang et al. 2007) in scikit-image, 25 x 25 pixels."""
    grey = np.load(_package("skimage/data") / "lfw_subset.npy")[:100]
    return [np.repeat(np.uint8(np.rint(face * 255))[..., None], 3, axis=-1) for face in grey]


def drawings(count: int = 200, seed: int = 0) -> list[np.ndarray]:
    """Sketches of a few dark lines, boxes and rounds on white."""
    rng = np.random.default_rng(seed)
    return [_sketch(rng) for _ in range(count)]


def letters(count: int = 200, seed: int = 0, ink: str = "light") -> list[np.ndarray]:
    """Single printed letters, light on dark or dark on light."""
    rng = np.random.default_rng(seed)
    return [_letter(rng, ink) for _ in range(count)]


def of_data(name: str, count: int = 2000, split: str = "test", seed: int = 0) -> list[np.ndarray]:
    """Some pictures of a stored data set."""
    pictures = data.open(name).split(split)
    chosen = np.random.default_rng(seed).permutation(len(pictures))[:count]
    return list(pictures.read(np.sort(chosen)))


def inverted(pictures: list[np.ndarray]) -> list[np.ndarray]:
    """Dark where they were light."""
    return [255 - pixels for pixels in pictures]


def _package(folder: str) -> Path:
    package, _, rest = folder.partition("/")
    found = find_spec(package)
    if found is None or found.origin is None:
        raise SystemExit(f"{package} brings the photographs: pip install -r requirements.txt")
    return Path(found.origin).parent / rest


def _crop(rng: np.random.Generator, pixels: np.ndarray) -> np.ndarray:
    shorter = min(pixels.shape[:2])
    side = int(shorter * rng.uniform(0.25, 1))
    top, left = (int(rng.integers(0, size - side + 1)) for size in pixels.shape[:2])
    return pixels[top : top + side, left : left + side]


def _sketch(rng: np.random.Generator) -> np.ndarray:
    image = Image.new("RGB", (SIDE, SIDE), "white")
    pen = ImageDraw.Draw(image)
    ink, width = GREY % ((int(rng.integers(0, 90)),) * 3), int(rng.integers(2, 8))
    for _ in range(rng.integers(2, 8)):
        (left, right), (top, bottom) = np.sort(rng.uniform(0.08 * SIDE, 0.92 * SIDE, (2, 2)), axis=1).tolist()
        kind = rng.integers(4)
        if kind == 0:
            pen.line([tuple(point) for point in rng.uniform(0, SIDE, (4, 2)).tolist()], ink, width, "curve")
        elif kind == 1:
            pen.rectangle((left, top, right, bottom), None, ink, width)
        elif kind == 2:
            pen.ellipse((left, top, right, bottom), None, ink, width)
        else:
            pen.arc((left, top, right, bottom), *sorted(rng.uniform(0, 360, 2).tolist()), ink, width)
    return np.asarray(image)


def _letter(rng: np.random.Generator, ink: str) -> np.ndarray:
    dark, light = (GREY % ((int(level),) * 3) for level in (rng.integers(0, 20), rng.integers(235, 256)))
    paper, ink = (dark, light) if ink == "light" else (light, dark)
    image = Image.new("RGB", (SIDE, SIDE), paper)
    font = ImageFont.load_default(int(rng.uniform(0.6, 0.85) * SIDE))
    middle = tuple(SIDE / 2 + rng.uniform(-0.06, 0.06, 2) * SIDE)
    ImageDraw.Draw(image).text(middle, str(rng.choice(list(LETTERS))), ink, font, "mm")
    return np.asarray(image)
