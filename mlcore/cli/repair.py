"""Verbs of repair: train-repair, repair."""

from pathlib import Path

import numpy as np

from mlcore import durable, images, intake, jobs, repair
from mlcore.cli.result import Result
from mlcore.cli.runs import begun
from mlcore.errors import Kind, Refused
from mlcore.repair.repairer import open_repairer
from mlcore.repair.settings import RepairSettings
from mlcore.settings import override, read


def train_repair(given) -> Result:
    """Train a network that repairs pictures; Ctrl-C stops it cleanly, and `resume` goes on."""
    plan = read(RepairSettings, override({"data": given.data}, given.assignments))
    return begun(jobs.start_task("repair", plan.model_dump(mode="json"), given.title), given.detach)


def mend(given) -> Result:
    """Fill the masked places of a picture by a repair network or a classical fill."""
    picture = images.decode(intake.read_file(Path(given.file)))
    pixels, mask = picture.pixels, _mask(given, picture.pixels)
    classical = given.id in repair.fills.names()
    repaired = repair.fill(given.id, pixels, mask) if classical else open_repairer(given.id).repair(pixels, mask)
    durable.write_bytes(Path(given.out), images.png(repaired))
    document = {"id": given.id, "out": given.out, "repaired_pixels": int(mask.sum())}
    text = f"{int(mask.sum())} of {mask.size} pixels repaired: {given.out}"
    if not given.truth:
        return Result(document, text)
    truth = images.decode(intake.read_file(Path(given.truth))).pixels
    if truth.shape != pixels.shape:
        raise Refused(Kind.NOT_COMPATIBLE, "The true picture must have the size of the damaged one.")
    found = repair.score(truth, repaired, mask)
    psnr = "" if found.psnr is None else f", PSNR {found.psnr:.2f} dB"
    return Result({**document, "score": found.to_json()}, f"{text}; L1 {found.l1:.3f}{psnr}, SSIM {found.ssim:.3f}")


def _mask(given, pixels: np.ndarray) -> np.ndarray:
    """The mask from a picture (bright is lost) or from a kind of damage."""
    if bool(given.mask) == bool(given.damage):
        raise Refused(Kind.BAD_SETTING, "Say what is lost: either --mask with a picture, or --damage with a kind.")
    if given.damage:
        return repair.damage(given.damage, *pixels.shape[:2], given.seed)
    return images.decode(intake.read_file(Path(given.mask))).pixels.mean(axis=2) >= 128


def _describe_train(parser) -> None:
    parser.add_argument("--data", required=True, metavar="N", help="data set on whose pictures repairing is learned")
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", dest="assignments", help="such as steps=3000"
    )
    parser.add_argument("--title", default="", help="what to call the network")
    parser.add_argument("--detach", action="store_true", help="give the id at once and train in the background")


def _describe_repair(parser) -> None:
    parser.add_argument("id", metavar="ID", help="a repair network, or a fill of `list fills`")
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--mask", metavar="FILE", help="picture of the same size, bright where pixels are lost")
    parser.add_argument("--damage", metavar="KIND", help=f"or a kind of damage: {', '.join(repair.damages)}")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="number that the damage comes from")
    parser.add_argument("--truth", metavar="FILE", help="the undamaged picture, to measure against")
    parser.add_argument("--out", required=True, metavar="PNG", help="write the repaired picture")


VERBS = {"train-repair": (_describe_train, train_repair), "repair": (_describe_repair, mend)}
