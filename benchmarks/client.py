"""A visitor without a browser: Streamlit's websocket protocol, as its own page speaks it."""

import time
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect
from websockets.protocol import State

LARGEST = 50_000_000  # bytes of one message


class ScriptFailed(RuntimeError):
    """A page ended with an exception."""


@dataclass
class Visitor:
    """One session: opens pages and changes select boxes. Use as `async with Visitor(...)`.

    address: of the server, as http://host:port; cookie: sent with the handshake, for affinity;
    source: the visitor's own address of this machine, one of 127.0.0.0/8.
    """

    address: str
    cookie: str = ""
    source: str = "127.0.0.1"
    selects: dict[str, list[str]] = field(default_factory=dict)  # widget id -> its options
    texts: list[str] = field(default_factory=list)  # what the last run said
    received: int = 0  # bytes of the last run
    _states: dict[str, str] = field(default_factory=dict)
    _page: tuple[str, str] = ("", "")
    _session: str = ""

    async def __aenter__(self) -> "Visitor":
        self._socket = await connect(
            f"ws{self.address.removeprefix('http')}/_stcore/stream",
            subprotocols=["streamlit"],
            additional_headers={"Cookie": self.cookie} if self.cookie else None,
            local_addr=(self.source, 0),
            max_size=LARGEST,
            compression=None,
            open_timeout=60,
            proxy=None,
            ping_interval=None,  # a busy server answers late, and is not gone
        )
        return self

    async def __aexit__(self, *exception) -> None:
        await self._socket.close()

    @property
    def lost(self) -> bool:
        """Whether the server has gone."""
        return self._socket.state is not State.OPEN

    async def open(self, page: str = "", query: str = "") -> float:
        """Open a page by its path; returns seconds until its script finished."""
        self._states, self.selects, self._page = {}, {}, (page, query)
        return await self._run(ClientState(query_string=query, page_name=page))

    async def choose(self, widget: str | None, option: str | None) -> float:
        """Choose an option of a select box; returns seconds until the rerun finished.

        widget None: run the page again as it is.
        """
        if widget:
            self._states[widget] = option
        state = ClientState(query_string=self._page[1], page_script_hash=self._hash)
        for name, value in self._states.items():
            state.widget_states.widgets.add(id=name, string_value=value)
        return await self._run(state)

    async def _run(self, state: ClientState) -> float:
        started, self.received, self.texts = time.perf_counter(), 0, []
        await self._socket.send(BackMsg(rerun_script=state).SerializeToString())
        while True:
            data = await self._socket.recv()
            self.received += len(data)
            message = ForwardMsg.FromString(data)
            kind = message.WhichOneof("type")
            if kind == "script_finished":
                if message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                    return time.perf_counter() - started
            elif kind in ("new_session", "navigation"):
                self._hash = getattr(message, kind).page_script_hash
                if kind == "new_session":
                    self._session = message.new_session.initialize.session_id
            elif kind == "delta":
                self._see(message.delta.new_element)

    def _see(self, element) -> None:
        kind = element.WhichOneof("type")
        if kind == "exception":
            raise ScriptFailed(element.exception.type)
        if kind == "alert" and "logged as problem" in element.alert.body:
            raise ScriptFailed(element.alert.body)
        if kind == "markdown":
            self.texts.append(element.markdown.body)
        if kind == "selectbox":
            self.selects[element.selectbox.id] = list(element.selectbox.options)
