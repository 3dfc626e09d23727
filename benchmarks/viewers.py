"""Ten people watch a run while it trains: how long pages take, how many ticks arrive, what it costs the training.

    python -m benchmarks.viewers [digits] [10] [40]        data set, viewers, seconds

Each viewer is a real session over a websocket that asks for its fragments as the browser does, without drawing them:
ten browsers would take the cores that are to be measured. One more visitor opens the Runs page every two seconds.
"""

import asyncio
import sys
import time

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

from benchmarks.measure import summary, write
from benchmarks.server import ROOT, cpu_seconds, server
from mlcore import data, jobs, training
from mlcore.events import EpochEnded, StepsDone
from mlcore.home import home

ALONE_SECONDS = 20
PATIENCE_SECONDS = 10  # a tick that takes longer wasn't delivered


class Session:
    """One open page, seen from the client."""

    def __init__(self, address: str, page: str, query: str):
        self._address = address.replace("http://", "ws://") + "/_stcore/stream"
        self._page, self._query, self._hash = page, query, ""
        self.ticks, self.wanted, self._fragments = [], 0, {}
        self._waiting: list[asyncio.Future] = []

    async def __aenter__(self):
        self._socket = await connect(self._address, subprotocols=["streamlit"], max_size=None)
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_):
        self._reader.cancel()
        await self._socket.close()

    async def visit(self) -> float:
        """Run the whole page; gives the seconds until it is there."""
        return await self._ask(self._message())

    async def watch(self, seconds: float) -> None:
        """Ask for the fragments at their own pace, for so long."""
        await asyncio.gather(*(self._follow(name, pace, seconds) for name, pace in list(self._fragments.items())))

    async def _follow(self, name: str, pace: float, seconds: float) -> None:
        for _ in range(int(seconds / pace)):
            asked = time.perf_counter()
            self.wanted += 1
            message = self._message()
            message.rerun_script.fragment_id, message.rerun_script.is_auto_rerun = name, True
            took = await self._ask(message)
            self.ticks += [took] if took < PATIENCE_SECONDS else []
            await asyncio.sleep(max(0.0, pace - (time.perf_counter() - asked)))

    async def _ask(self, message: BackMsg) -> float:
        """Seconds until the next run has ended; one run may answer two fragments that asked at once."""
        started, ended = time.perf_counter(), asyncio.get_running_loop().create_future()
        self._waiting.append(ended)
        await self._socket.send(message.SerializeToString())
        await asyncio.wait([ended], timeout=PATIENCE_SECONDS)
        return time.perf_counter() - started

    def _message(self) -> BackMsg:
        message = BackMsg()
        message.rerun_script.query_string, message.rerun_script.page_name = self._query, self._page
        message.rerun_script.page_script_hash = self._hash
        return message

    async def _read(self) -> None:
        async for content in self._socket:
            told = ForwardMsg.FromString(content)
            kind = told.WhichOneof("type")
            if kind == "new_session":
                self._hash = told.new_session.page_script_hash or self._hash
            elif kind == "auto_rerun":
                self._fragments[told.auto_rerun.fragment_id] = told.auto_rerun.interval
            elif kind == "script_finished" and told.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                waiting, self._waiting = self._waiting, []
                for each in waiting:
                    each.set_result(None) if not each.done() else None


async def audience(address: str, run: str, viewers: int, seconds: float) -> tuple[list[Session], list[float]]:
    """Let viewers watch a run, and one visitor open another page now and then."""
    sessions = [Session(address, "train", f"run={run}") for _ in range(viewers)]
    for session in sessions:
        await session.__aenter__()
        await session.visit()
    visits = []

    async def visit():
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            async with Session(address, "runs", "") as visitor:
                visits.append(await visitor.visit())
            await asyncio.sleep(2)

    await asyncio.gather(visit(), *(session.watch(seconds) for session in sessions))
    for session in sessions:
        await session.__aexit__()
    return sessions, visits


def speed(run: str, since: float, until: float) -> float:
    """Pictures per second of training in a span of time, from the run's own account."""
    lines, _ = jobs.read_events(run)
    events = [
        line.event for line in lines if since <= line.at <= until and isinstance(line.event, StepsDone | EpochEnded)
    ]
    told = [event.pictures_per_second for event in events]
    return sum(told) / len(told) if told else float("nan")


def main(name: str = "digits", viewers: int = 10, seconds: float = 40.0) -> None:
    """Measure once, show and keep the figures."""
    data.open(name)
    run = jobs.start(training.draft(name, "cnn", None, ["training.epochs=1000", "training.early_stopping=0"]))
    try:
        while not any(isinstance(line.event, EpochEnded) for line in jobs.read_events(run)[0]):
            time.sleep(0.5)
        began = time.time()
        time.sleep(ALONE_SECONDS)
        watched = time.time()
        with server(ROOT / "app.py", home(), VITRINE_WARM="0") as (address, process):
            before = cpu_seconds(process)
            sessions, visits = asyncio.run(audience(address, run, viewers, seconds))
            cpu = cpu_seconds(process) - before
        ended = time.time()
    finally:
        jobs.stop(run)
    ticks = [tick for session in sessions for tick in session.ticks]
    wanted = sum(int(seconds / pace) for session in sessions for pace in session._fragments.values())
    figures = {
        "tick_seconds": summary(ticks),
        "visit_seconds": summary(visits),
        "ticks": {"delivered": len(ticks), "wanted": wanted},
        "p95": {"tick_seconds": _p95(ticks), "visit_seconds": _p95(visits)},
        "server_cpu_share": round(cpu / (ended - watched), 3),
        "pictures_per_second": {
            "alone": round(speed(run, began, watched), 1),
            "watched": round(speed(run, watched, ended), 1),
        },
    }
    for title, found in figures.items():
        plain = {key: value for key, value in found.items() if key != "rounds"} if isinstance(found, dict) else found
        print(f"{title:20} {plain}")
    write("viewers", figures, f"python -m benchmarks.viewers {name} {viewers} {seconds:g}")


def _p95(values: list[float]) -> float:
    return round(sorted(values)[int(0.95 * (len(values) - 1))], 3)


if __name__ == "__main__":
    main(*sys.argv[1:2], *(int(text) for text in sys.argv[2:4]))
