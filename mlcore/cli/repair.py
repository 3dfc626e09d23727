"""Verbs of repair (inpainting): train-repair, repair."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

import numpy as np

from mlcore import durable, generation, images, intake, jobs, library, repair
from mlcore.cli.generation import class_named
from mlcore.cli.output import add_output
from mlcore.cli.result import Result
from mlcore.cli.runs import begun
from mlcore.errors import Kind, Refused
from mlcore.generation.latent.inversion import USUAL
from mlcore.repair.completion import complete
from mlcore.repair.mask_files import read_mask
from mlcore.repair.repairer import open_repairer
from mlcore.repair.settings import RepairSettings
from mlcore.settings import override, read

MOST = 40  # alternatives: as many as a search starts from


def train_repair(given: Namespace) -> Result:
    """Train a network that repairs pictures; Ctrl-C stops it cleanly, and `resume` goes on."""
    plan = read(RepairSettings, override({"data": given.data}, given.assignments))
    return begun(jobs.start_task("repair", plan.model_dump(mode="json"), given.title), given.detach)


def repair_picture(given: Namespace) -> Result:
    """Fill the masked places of a picture by a repair network or a classical fill; by a generator, imagine them."""
    picture = images.decode(intake.read_file(Path(given.file)))
    pixels, mask = picture.pixels, _mask(given, picture.pixels)
    classical = given.id in repair.fills.names()
    if not classical and library.card_of(given.id).kind == "generator":
        return _imagined(given, pixels, mask)
    if given.count != 1 or given.target is not None:
        raise Refused(Kind.BAD_SETTING, "--count and --class are for a generator, which imagines; leave them out.")
    repaired = repair.fill(given.id, pixels, mask) if classical else open_repairer(given.id).repair(pixels, mask)
    durable.write_bytes(Path(given.out), images.png(repaired))
    document = {"id": given.id, "out": given.out, "repaired_pixels": int(mask.sum())}
    text = f"{int(mask.sum())} of {mask.size} pixels repaired: {given.out}"
    score, measures = _measured(given, pixels, repaired, mask)
    return Result({**document, **score}, text + measures)


def _measured(given: Namespace, pixels: np.ndarray, filled: np.ndarray, mask: np.ndarray) -> tuple[dict, str]:
    """How near a filled picture comes to the true one, for scripts and in words; nothing where that isn't known."""
    if not given.truth:
        return {}, ""
    truth = images.decode(intake.read_file(Path(given.truth))).pixels
    if truth.shape != pixels.shape:
        raise Refused(Kind.NOT_COMPATIBLE, "The true picture must have the size of the damaged one.")
    score = repair.score(truth, filled, mask)
    psnr = "" if score.psnr is None else f", PSNR {score.psnr:.2f} dB"
    return {"score": score.to_json()}, f"; L1 {score.l1:.3f}{psnr}, SSIM {score.ssim:.3f}"


def _imagined(given: Namespace, pixels: np.ndarray, mask: np.ndarray) -> Result:
    """Write what a generator would put into the hole: the best alternative to --out, further ones beside it."""
    generator, out = generation.open(given.id), Path(given.out)
    if not 1 <= given.count <= MOST:
        raise Refused(Kind.BAD_SETTING, f"{given.count} alternatives can't be imagined; allowed are 1 to {MOST}.")
    settings = USUAL.model_copy(update={"seed": given.seed})
    completions = complete(
        generator, pixels, mask, given.count, class_named(generator.card.classes, given.target), settings
    )
    rows, lines = [], []
    for number, each in enumerate(completions.alternatives, 1):
        path = out if number == 1 else out.with_name(f"{out.stem}-{number}{out.suffix}")
        durable.write_bytes(path, images.png(each.picture))
        target = None if each.match.target is None else generator.card.classes[each.match.target]
        score, measures = _measured(given, pixels, each.picture, mask)
        rows.append({"out": str(path), "class": target, "error": round(each.match.error, 4), **score})
        lines.append(f"{path}: {each.match.error:.1%} off in the known part{measures}")
    document = {"id": given.id, "out": given.out, "imagined_pixels": int(mask.sum()), "alternatives": rows}
    head = f"{int(mask.sum())} of {mask.size} pixels imagined, not repaired: something else may have been there."
    far = ["This generator's pictures are of another kind than this one."] if completions.verdict == "far" else []
    return Result({**document, "near": completions.verdict}, "\n".join([head, *lines, *far]))


def _mask(given: Namespace, pixels: np.ndarray) -> np.ndarray:
    """The mask from a picture or from a kind of damage."""
    if bool(given.mask) == bool(given.damage):
        raise Refused(Kind.BAD_SETTING, "Say what is lost: either --mask with a picture, or --damage with a kind.")
    if given.damage:
        height, width = pixels.shape[:2]
        return repair.damage(given.damage, height, width, given.seed)
    return repair.checked_mask(pixels, read_mask(intake.read_file(Path(given.mask))))


def _describe_train(parser: ArgumentParser) -> None:
    parser.add_argument("--data", required=True, metavar="N", help="data set on whose pictures repairing is learned")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", dest="assignments", help="such as steps=3000"
    )
    parser.add_argument("--title", default="", help="what to call the network")
    parser.add_argument("--detach", action="store_true", help="give the id at once and train in the background")


def _describe_repair(parser: ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="a repair network, a fill of `list fills`, or a generator")
    parser.add_argument("file", metavar="FILE")
    parser.add_argument(
        "--mask",
        metavar="FILE",
        help="picture of the same size: bright, or painted on a clear layer, where pixels are lost",
    )
    parser.add_argument("--damage", metavar="KIND", help=f"or a kind of damage: {', '.join(repair.damages)}")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="number that damage and imagining come from")
    parser.add_argument("--truth", metavar="FILE", help="the undamaged picture, to measure against")
    parser.add_argument("--count", type=int, default=1, metavar="N", help="of a generator: alternatives (default: 1)")
    parser.add_argument("--class", dest="target", metavar="C", help="of a generator: class (default: the best ones)")
    add_output(parser, "--out", "PNG", help="write the filled picture; others as NAME-2.PNG", required=True)


VERBS = {"train-repair": (_describe_train, train_repair), "repair": (_describe_repair, repair_picture)}
