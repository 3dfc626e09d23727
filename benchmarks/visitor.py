"""A visitor of a running server who speaks the browser's protocol and draws nothing, for benchmarks with many."""

import asyncio
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

LIMIT_SECONDS = 120.0  # what takes longer counts as lost
Drawn = Callable[[list[str]], bool]  # whether what was drawn is what was waited for


class Visitor:
    """One open page: what was drawn since the last click, and the drop zones on it."""

    def __init__(self, address: str, page: str = ""):
        self.address, self.page, self.session = address, page, ""
        self.drawn: list[str] = []
        self.zones: dict[str, str] = {}  # the ids of drop zones by their labels
        self.buttons: dict[str, str] = {}  # and those of buttons by their keys
        self._token, self._uploaded, self._is_new = generate_xsrf_token_string(), "", False
        self._dropped: WidgetState | None = None  # what a browser says again at each click

    async def __aenter__(self) -> "Visitor":
        url = self.address.replace("http", "ws") + "/_stcore/stream"
        options = {"max_size": None, "open_timeout": 60, "ping_interval": None, "close_timeout": 1}
        self._socket = await connect(url, subprotocols=["streamlit"], **options)
        self._heard: asyncio.Queue[bytes] = asyncio.Queue()
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *_) -> None:
        self._reader.cancel()
        await self._socket.close()

    async def _read(self) -> None:
        """Listen all the time, as a browser does: who doesn't makes the server wait."""
        with suppress(WebSocketException):
            async for content in self._socket:
                self._heard.put_nowait(content)

    async def visit(self, query: str = "", until: Drawn | None = None) -> float | None:
        """Seconds until the page of an address is drawn, or as much as is waited for; None where it wasn't."""
        message = BackMsg()
        message.rerun_script.page_name, message.rerun_script.query_string = self.page, query
        return await self._ask(message, until)

    async def drop(self, content: bytes, name: str = "it.jpg", until: Drawn | None = None) -> float | None:
        """Seconds from a file dropped into the first zone until its answer; what it replaces is deleted."""
        began, (zone, *_) = time.perf_counter(), self.zones.values()
        file = await self._upload(content, name)
        message = BackMsg()
        message.rerun_script.page_name = self.page
        self._dropped = message.rerun_script.widget_states.widgets.add(id=zone)
        self._dropped.file_uploader_state_value.uploaded_file_info.add(
            file_id=file.file_id, name=name, size=len(content), file_urls=file
        )
        took = await self._ask(message, until)
        if self._uploaded:
            await asyncio.to_thread(self._send, self._uploaded, "DELETE")
        self._uploaded = file.delete_url
        return None if took is None else time.perf_counter() - began

    async def press(self, key: str, until: Drawn | None = None) -> float | None:
        """Seconds from the click on a button until what is waited for; what was dropped stays there."""
        message = BackMsg()
        message.rerun_script.page_name = self.page
        if self._dropped:
            message.rerun_script.widget_states.widgets.add().CopyFrom(self._dropped)
        message.rerun_script.widget_states.widgets.add(id=self.buttons[key], trigger_value=True)
        return await self._ask(message, until)

    async def _upload(self, content: bytes, name: str):
        message = BackMsg()
        message.file_urls_request.request_id, message.file_urls_request.session_id = "one", self.session
        message.file_urls_request.file_names.append(name)
        await self._socket.send(message.SerializeToString())
        while (answer := await self._hear(LIMIT_SECONDS)).WhichOneof("type") != "file_urls_response":
            pass
        file = answer.file_urls_response.file_urls[0]
        await asyncio.to_thread(self._send, file.upload_url, "PUT", content, name)
        return file

    def _send(self, path: str, method: str, content: bytes = b"", name: str = "") -> None:
        headers = {"Cookie": f"_streamlit_xsrf={self._token}", "X-Xsrftoken": self._token}
        if content:
            headers["Content-Type"] = "multipart/form-data; boundary=b"
            head = f'--b\r\nContent-Disposition: form-data; name="f"; filename="{name}"\r\n\r\n'
            content = head.encode() + content + b"\r\n--b--\r\n"
        url = path if path.startswith("http") else f"{self.address}/{path.lstrip('/')}"
        with urllib.request.urlopen(urllib.request.Request(url, content or None, headers, method=method), timeout=60):
            pass

    async def _ask(self, message: BackMsg, until: Drawn | None) -> float | None:
        while not self._heard.empty():  # what the click before still drew
            self._heard.get_nowait()
        began, self._is_new = time.perf_counter(), False
        await self._socket.send(message.SerializeToString())
        while (left := began + LIMIT_SECONDS - time.perf_counter()) > 0:
            try:
                is_over = self._take(await self._hear(left))
            except TimeoutError:
                break
            if until(self.drawn) if until else is_over:
                return time.perf_counter() - began
            if is_over:
                break
        return None

    async def _hear(self, seconds: float) -> ForwardMsg:
        return ForwardMsg.FromString(await asyncio.wait_for(self._heard.get(), seconds))

    def _take(self, answer: ForwardMsg) -> bool:
        """Note what was drawn; whether the page is done. What is left of the click before isn't noted."""
        kind = answer.WhichOneof("type")
        if kind == "new_session":
            self.session = answer.new_session.initialize.session_id or self.session
            self.drawn, self._is_new = [], True
        if not self._is_new:
            return False
        if kind == "delta" and answer.delta.WhichOneof("type") == "new_element":
            element = answer.delta.new_element
            if element.WhichOneof("type") == "file_uploader":
                self.zones[element.file_uploader.label] = element.file_uploader.id
            if element.WhichOneof("type") == "button":
                self.buttons[element.button.id.split("-", 2)[-1]] = element.button.id
            self.drawn.append(str(element))
        return kind == "script_finished" and answer.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
