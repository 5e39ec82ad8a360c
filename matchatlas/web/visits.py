"""What a visitor may send to the server, and what of a visit stays there once it has ended.

Streamlit's page shares its websocket with menus that this product does not show, and its server
takes their messages from anybody; it also keeps what ended visits left until somebody else comes.
"""

import asyncio
import logging
import os
import re
import resource
import time
from contextlib import asynccontextmanager

from google.protobuf.message import DecodeError
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from streamlit import runtime
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

# The kinds of message that the pages send. Others empty the caches of all, tell of the server's
# files or end connections.
SENT_BY_PAGES = frozenset(
    {"rerun_script", "stop_script", "file_urls_request", "app_heartbeat", "backend_operation_request"}
)
UPLOAD = re.compile(r"/_stcore/upload_file/(?P<session>[^/]+)/(?P<file>[^/]+)$")
DOWNLOAD = "/media/"
MOST_FILES, MOST_BYTES = 12, 48_000_000  # of one visit at a time
# A lost connection finds its session again for so long; after it, the plan on the device.
KEPT_SECONDS, SWEEP_SECONDS = 40, 10
LEAST_FREE = 0.05  # of the descriptors, below which no further visitor should be sent here
TOLD_EVERY = 60  # seconds

log = logging.getLogger(__name__)


class Doorkeeper:
    """ASGI middleware: refuses messages that no page sends and files beyond a visit's bound, and lets
    nobody between keep what a visitor downloads."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        if scope["type"] == "websocket":
            return await self.app(scope, _only_pages_messages(receive), send)
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        if scope["method"] == "PUT" and (asked := UPLOAD.search(scope["path"])):
            if told := refused_upload(asked["session"], Headers(scope=scope).get("content-length")):
                return await JSONResponse({"errors": [told]}, 413)(scope, receive, send)
        elif DOWNLOAD in scope["path"]:
            send = _never_kept(send)
        return await self.app(scope, receive, send)


def is_foreign(data: bytes) -> bool:
    """Whether a message of the protocol is of a kind that no page sends; what is no message at all, or
    too long for one, is Streamlit's to refuse."""
    try:
        kind = BackMsg.FromString(data).WhichOneof("type")
    except DecodeError:
        return False
    return kind is not None and kind not in SENT_BY_PAGES


def _only_pages_messages(receive):
    async def filtered():
        while True:
            message = await receive()
            if message["type"] != "websocket.receive" or not is_foreign(message.get("bytes") or b""):
                return message
            log.warning("A message that no page sends was refused")

    return filtered


def _never_kept(send):
    async def told(message):
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["Cache-Control"] = "no-store, private"
        await send(message)

    return told


def refused_upload(session_id: str, announced: str | None) -> str | None:
    """Why a visit may not put one more file on the server, or None: what it has there counts whether
    or not a page asked for it."""
    manager = runtime.get_instance().uploaded_file_mgr
    held = manager.file_storage.get(session_id, {}) if isinstance(manager, MemoryUploadedFileManager) else {}
    size = sum(len(file.data) for file in held.values())
    coming = int(announced) if announced and announced.isdigit() else 0
    if len(held) >= MOST_FILES or size + coming > MOST_BYTES:
        return (
            f"A visit holds at most {MOST_FILES} files and {MOST_BYTES // 1_000_000} MB at a time. "
            "Remove one, or reload the page."
        )
    return None


class Housekeeper:
    """Closes visits that ended, with their files, downloads and descriptors; `sweep` is called every
    SWEEP_SECONDS."""

    def __init__(self, clock=time.monotonic):
        self._clock = clock
        self._left: dict[str, float] = {}

    def sweep(self) -> int:
        """Close every visit that has been disconnected for KEPT_SECONDS. Returns how many."""
        manager = runtime.get_instance()._session_mgr
        connected = {info.session.id for info in manager.list_active_sessions()}
        gone = {info.session.id for info in manager.list_sessions()} - connected
        now = self._clock()
        self._left = {session: self._left.get(session, now) for session in gone}
        ended = [session for session, since in self._left.items() if now - since >= KEPT_SECONDS]
        for session in ended:
            manager.close_session(session)
            del self._left[session]
        return len(ended)


@asynccontextmanager
async def housekeeping(_app):
    """For the life of the server: as many descriptors as the system allows, and a sweep now and then."""
    allow_descriptors()
    logging.getLogger("asyncio").addFilter(OnceAMinute("accept"))

    async def keep_house():
        keeper = Housekeeper()
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            try:
                if runtime.exists():
                    keeper.sweep()
            except Exception as error:
                log.error("Ended visits could not be closed", exc_info=error)

    task = asyncio.create_task(keep_house())
    try:
        yield
    finally:
        task.cancel()


def allow_descriptors() -> None:
    """Raise this process's soft limit of open files to the hard one: a shell's 1,024 is 300 visitors."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (ValueError, OSError):
        log.warning("The limit of open files could not be raised")


def has_room() -> bool:
    """Whether descriptors are left for further visitors; True where the system does not tell."""
    try:
        open_now = len(os.listdir("/proc/self/fd"))
    except FileNotFoundError:
        return True
    except OSError:  # not even this folder can be opened
        return False
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return open_now < (1 - LEAST_FREE) * limit


class OnceAMinute(logging.Filter):
    """Lets records with a word in them through once in TOLD_EVERY seconds."""

    def __init__(self, word: str, clock=time.monotonic):
        super().__init__()
        self._word, self._clock, self._last = word, clock, -float("inf")

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is told."""
        if self._word not in record.getMessage():
            return True
        now = self._clock()
        if now - self._last < TOLD_EVERY:
            return False
        self._last = now
        return True
