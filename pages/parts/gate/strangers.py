"""What a stranger may say on the websocket: to draw the page that asks for the login, in a few words.

Streamlit takes 25 MB in a message and keeps them for five minutes, and whoever is connected may empty every cache.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg

LARGEST_BYTES = 16 * 1024  # a browser's own first message has under 1 kB, and an address some
HARMLESS = {"rerun_script", "stop_script", "app_heartbeat"}
UNANSWERED = "load_git_info"  # a browser asks by itself; which checkout runs is nothing for strangers, and takes time
POLICY_VIOLATION = 1008

Message = MutableMapping[str, Any]


def narrow(receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]):
    """A `receive` that lets harmless messages through, leaves one out and ends the connection at any other."""

    async def receive_harmless() -> Message:
        message = await receive()
        while message["type"] == "websocket.receive" and _kind(message.get("bytes")) == UNANSWERED:
            message = await receive()
        if message["type"] != "websocket.receive" or is_harmless(message.get("bytes")):
            return message
        await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        return {"type": "websocket.disconnect", "code": POLICY_VIOLATION}

    return receive_harmless


def is_harmless(data: bytes | None) -> bool:
    """Whether a message is short and one of those that a page needs to be drawn."""
    return _kind(data) in HARMLESS


def _kind(data: bytes | None) -> str | None:
    """What a short message of a browser asks for; None for anything else."""
    if data is None or len(data) > LARGEST_BYTES:
        return None
    try:
        return BackMsg.FromString(data).WhichOneof("type")
    except Exception:  # not a message of Streamlit's
        return None
