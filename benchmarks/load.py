"""Many at once on one server: how long people wait, what goes wrong, how much memory it takes.

    python -m benchmarks.load [classify] [greedy] [photographs] [a folder with another version of the app]

- classify: 10, 20, 30, 60 visitors of Home who drop a picture of some 120 kB, look at the answer for three seconds, and
  drop the next one.
- greedy: ten visitors of Explain. Nine look at two maps of one test picture after the other; the tenth asks for three
  maps at the largest settings, and leaves in the end.
- photographs: twenty visitors drop a photograph of 48 megapixels each, one after the other, and leave.

Visitors speak the browser's protocol and draw nothing: browsers would take the cores that are to be measured.
"""

import asyncio
import io
import json
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import numpy as np
import psutil
from PIL import Image

from benchmarks.measure import RESULTS, summary, write
from benchmarks.server import ROOT, megabytes, server
from benchmarks.visitor import Visitor
from mlcore import data

CROWDS, THINK_SECONDS, CROWD_SECONDS = (10, 20, 30, 60), 3.0, 45.0
OTHERS, OTHERS_SECONDS, LEFT_SECONDS = 9, 90.0, 60.0
HEAVY = {
    "kernel-shap": {"samples": 100_000, "segments": 200},
    "rise": {"samples": 20_000, "cells": 32},
    "lime": {"samples": 20_000},
}
MODEL = "model=animals-and-vehicles&picture="
TWO_MAPS = "methods=grad-cam,occlusion"
PHOTOGRAPHS, LARGE = 20, (6000, 8000)
KEPT = RESULTS / "load.json"


class Watch:
    """The memory of a server, looked at now and then: MB before, at most, and at the end."""

    def __init__(self, process: psutil.Process):
        self._process, self.before, self.most = process, megabytes(process), megabytes(process)

    async def look(self) -> None:
        while True:
            self.most = max(self.most, megabytes(self._process))
            await asyncio.sleep(0.2)

    def facts(self, **more: float) -> dict:
        now = megabytes(self._process)
        return {"before_mb": round(self.before), "most_mb": round(self.most), "end_mb": round(now), **more}


async def watched(process: psutil.Process, *works) -> tuple[list, Watch]:
    """What comes of the works, beside each other, and the memory meanwhile."""
    watch = Watch(process)
    looking = asyncio.create_task(watch.look())
    try:
        return list(await asyncio.gather(*works)), watch
    finally:
        looking.cancel()


def p95(waits: list[float | None]) -> dict:
    """How long people waited, and how often in vain."""
    fine = [wait for wait in waits if wait is not None]
    high = round(float(np.percentile(fine, 95)), 2) if fine else None
    rest = {name: summary(fine)[name] for name in ("median",)} if fine else {}
    return {"answers": len(fine), "lost": len(waits) - len(fine), "p95_seconds": high, **rest}


def jpeg(height: int, width: int, seed: int, coarse: int = 4) -> bytes:
    """A picture of random patches."""
    small = np.random.default_rng(seed).integers(0, 256, (height // coarse, width // coarse, 3), "uint8")
    file = io.BytesIO()
    Image.fromarray(small).resize((width, height)).save(file, "JPEG", quality=85)
    return file.getvalue()


def shows(text: str, times: int = 1):
    """Whether so many of what was drawn hold a text."""
    return lambda drawn: sum(text in each for each in drawn) >= times


async def dropper(address: str, number: int) -> list[float | None]:
    """One who classifies on Home for a while."""
    waits, until = [], time.perf_counter() + CROWD_SECONDS
    async with Visitor(address) as visitor:
        await visitor.visit()
        await asyncio.sleep(THINK_SECONDS * number / max(CROWDS) * 10 % THINK_SECONDS)
        while time.perf_counter() < until:
            content = jpeg(480, 640, 1000 * number + len(waits))
            waits.append(await visitor.drop(content, until=shows("home.answer.bars")))
            await asyncio.sleep(THINK_SECONDS)
    return waits


async def classify(address: str, process: psutil.Process) -> dict:
    await dropper_warm(address)
    rows = {}
    for crowd in CROWDS:
        waits, watch = await watched(process, *(dropper(address, number) for number in range(crowd)))
        rows[str(crowd)] = p95([each for one in waits for each in one]) | watch.facts()
        print(crowd, rows[str(crowd)], f"load {psutil.getloadavg()[0]:.1f}", flush=True)
    return rows


async def dropper_warm(address: str) -> None:
    async with Visitor(address) as visitor:
        await visitor.visit()
        await visitor.drop(jpeg(480, 640, 1), until=shows("home.answer.bars"))


async def looker(address: str, places: list[int], seconds: float) -> list[float | None]:
    """One who looks at two maps of one test picture after the other, for a while."""
    waits, until = [], time.perf_counter() + seconds
    async with Visitor(address, "explain") as visitor:
        while time.perf_counter() < until:
            place = places.pop()
            query = f"{MODEL}data:cifar10:test:{place}&{TWO_MAPS}"
            waits.append(await visitor.visit(query, until=shows("vitrine_overlay", 2)))
            await asyncio.sleep(THINK_SECONDS)
    return waits


async def greed(address: str, seconds: float) -> list[float | None]:
    """One who asks for three heavy maps, waits, and leaves."""
    query = f"{MODEL}example:cat&methods={','.join(HEAVY)}&settings={quote(json.dumps(HEAVY))}"
    async with Visitor(address, "explain") as visitor:
        with suppress(TimeoutError):
            await asyncio.wait_for(visitor.visit(query, until=shows("vitrine_overlay", 3)), seconds)
    return []


async def greedy(address: str, process: psutil.Process) -> dict:
    places = [int(place) for place in data.at_hand("cifar10").split("test").at_hand]
    await looker(address, places, 1.0)
    rows = {}
    for name, seconds, is_there in (("alone", 45.0, False), ("beside", OTHERS_SECONDS, True), ("left", 45.0, False)):
        works = [looker(address, places, seconds) for _ in range(OTHERS)]
        works += [greed(address, seconds)] if is_there else []
        waits, watch = await watched(process, *works)
        rows[name] = p95([each for one in waits for each in one]) | watch.facts()
        print(name, rows[name], f"load {psutil.getloadavg()[0]:.1f}", flush=True)
    return rows


async def photographer(address: str, number: int, visitors: list) -> float | None:
    visitor = await Visitor(address).__aenter__()
    visitors.append(visitor)
    await visitor.visit()
    return await visitor.drop(jpeg(*LARGE, number, 16), until=shows("home.answer.bars"))


async def photographs(address: str, process: psutil.Process) -> dict:
    await dropper_warm(address)
    visitors: list[Visitor] = []

    async def each_in_turn() -> list[float | None]:
        waits = []
        for number in range(PHOTOGRAPHS):
            waits.append(await photographer(address, number, visitors))
            print(f"{number + 1}: {megabytes(process):.0f} MB", flush=True)
        return waits

    [waits], watch = await watched(process, each_in_turn())
    there = megabytes(process)
    for visitor in visitors:
        await visitor.__aexit__()
    await asyncio.sleep(LEFT_SECONDS)
    row = p95(waits) | watch.facts(all_there_mb=round(there))
    print("photographs", row, flush=True)
    return row


PARTS = {"classify": classify, "greedy": greedy, "photographs": photographs}


def main(words: list[str]) -> None:
    folder = next((Path(word) for word in words if word not in PARTS), ROOT)
    results = {}
    for name in [word for word in words if word in PARTS] or list(PARTS):
        warm = {"VITRINE_WARM": "1" if name == "greedy" else "0"}  # TensorFlow only where maps need it
        with tempfile.TemporaryDirectory() as home, server(folder / "app.py", Path(home), **warm) as (address, process):
            results[name] = asyncio.run(PARTS[name](address, process))
    if folder == ROOT:
        earlier = json.loads(KEPT.read_text())["result"] if KEPT.exists() else {}
        write("load", earlier | results, "python -m benchmarks.load")  # parts that weren't asked for stay


if __name__ == "__main__":
    main(sys.argv[1:])
