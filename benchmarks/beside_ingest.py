"""How long others wait while somebody's large archive is taken in on the same server.

    python -m benchmarks.beside_ingest [photographs, 3,000 by default]

Six visitors of Home classify, one picture after the other: alone first, then beside an archive of photographs of
500 x 375 pixels that a seventh dropped on Data and adds. Visitors speak the browser's protocol and draw nothing.
"""

import asyncio
import io
import sys
import tempfile
import zipfile
from pathlib import Path

import psutil

from benchmarks.load import dropper_warm, jpeg, p95, shows, watched
from benchmarks.measure import write
from benchmarks.server import ROOT, server
from benchmarks.visitor import Visitor

OTHERS, THINK_SECONDS, ALONE_ANSWERS = 6, 3.0, 8
DISTINCT = 200  # photographs that are drawn; the others are copies


def archive(count: int) -> bytes:
    """A ZIP of two classes."""
    drawn = [jpeg(375, 500, seed, 8) for seed in range(min(count, DISTINCT))]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as packed:
        for number in range(count):
            packed.writestr(f"photos/{('left', 'right')[number % 2]}/{number:05}.jpg", drawn[number % len(drawn)])
    return file.getvalue()


async def classifier(address: str, number: int, is_over: asyncio.Event) -> list[float | None]:
    """One who classifies on Home until it is over."""
    waits: list[float | None] = []
    async with Visitor(address) as visitor:
        await visitor.visit()
        await asyncio.sleep(THINK_SECONDS * number / OTHERS)
        while not is_over.is_set():
            content = jpeg(480, 640, 1000 * number + len(waits))
            waits.append(await visitor.drop(content, until=shows("home.answer.bars")))
            await asyncio.sleep(THINK_SECONDS)
    return waits


async def brings(address: str, count: int, is_over: asyncio.Event) -> dict[str, float | None]:
    """The one with the archive: seconds until it is previewed, and until it is added."""
    try:
        async with Visitor(address, "data") as visitor:
            await visitor.visit()
            seen = await visitor.drop(archive(count), "photos.zip", until=shows("data.own.add"))
            added = await visitor.press("data.own.add", until=shows("is added"))
    finally:
        is_over.set()
    return {"preview_seconds": seen, "added_seconds": added}


async def alone(is_over: asyncio.Event) -> None:
    await asyncio.sleep(THINK_SECONDS * ALONE_ANSWERS)
    is_over.set()


async def measured(address: str, process: psutil.Process, count: int) -> dict:
    await dropper_warm(address)
    rows = {}
    for name in ("alone", "beside"):
        is_over = asyncio.Event()
        work = brings(address, count, is_over) if name == "beside" else alone(is_over)
        others = [classifier(address, number, is_over) for number in range(OTHERS)]
        (brought, *waits), watch = await watched(process, work, *others)
        rows[name] = p95([each for one in waits for each in one]) | watch.facts() | (brought or {})
        print(name, rows[name], f"load {psutil.getloadavg()[0]:.1f}", flush=True)
    return rows


def main(words: list[str]) -> None:
    count = int(words[0]) if words else 3000
    with tempfile.TemporaryDirectory() as home, server(ROOT / "app.py", Path(home), VITRINE_WARM="0") as given:
        write("beside_ingest", asyncio.run(measured(*given, count)), f"python -m benchmarks.beside_ingest {count}")


if __name__ == "__main__":
    main(sys.argv[1:])
