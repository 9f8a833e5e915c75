"""The local chat: bots, people and groups behind one HTTP server."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable, MutableMapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from bot.localchat.gateway import serve_call, serve_file
from bot.localchat.limits import Limiter, Limits
from bot.localchat.media import Files
from bot.localchat.methods.receiving import drop_webhook
from bot.localchat.steering import serve_control, serve_media
from bot.localchat.world import Bot, World

PAGE = Path(__file__).parent / "page"


class App(Starlette):
    """The page by Starlette; calls go past its routing and middleware, for speed."""

    def __init__(self, world: World) -> None:
        """Serve one world."""
        static = Mount("/static", StaticFiles(directory=PAGE, check_dir=False))
        super().__init__(routes=[Route("/", _page), static])
        self.world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lead a request to the part that answers it."""
        if scope["type"] == "http":
            path = scope["path"]
            if path.startswith("/bot"):
                await serve_call(self.world, scope, receive, send)
                return
            if path.startswith("/control/"):
                await serve_control(self.world, scope, receive, send)
                return
            if path.startswith("/file/bot"):
                await serve_file(self.world, scope, send)
                return
            if path.startswith("/media/"):
                await serve_media(self.world, scope, send)
                return
        await super().__call__(scope, receive, send)


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends small answers at once only on sockets that name their protocol;
    # otherwise each answer waits 40 ms for an acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(1024)
    return listener


async def _page(_: Request) -> FileResponse:
    return FileResponse(PAGE / "index.html")


class LocalChat:
    """Our own small Telegram."""

    def __init__(
        self,
        limits: Limits | None = Limits(),  # noqa: B008 - frozen
        folder: Path | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin empty; without a folder files stay in memory."""
        self.world = World(Files(folder), Limiter(limits, monotonic), now, monotonic)
        self.app = App(self.world)
        self.url = ""
        self._server: uvicorn.Server | None = None
        self.world.cut = self._cut

    def add_bot(
        self, token: str, first_name: str, username: str, *, privacy: bool = True
    ) -> dict[str, Any]:
        """Make a bot; return it as a User."""
        number = token.partition(":")[0]
        if not number.isdigit() or token in self.world.tokens or int(number) in self.world.bots:
            raise ValueError(
                "a token is a number, a colon and a secret, each bot with its own number"
            )
        user: dict[str, Any] = {
            "id": int(number),
            "is_bot": True,
            "first_name": first_name,
            "username": username,
            "can_join_groups": True,
            "can_read_all_group_messages": not privacy,
            "supports_inline_queries": False,
        }
        bot = Bot(token, user, privacy)
        self.world.tokens[token] = self.world.bots[bot.id] = bot
        return user

    @asynccontextmanager
    async def running(self, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
        """Serve within a block; yield the address, port 0 takes a free one."""
        listener = listen(host, port)
        shown = f"[{host}]" if ":" in host else host
        self.url = f"http://{shown}:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            self.app,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=1,
        )
        config.load()
        server = self._server = uvicorn.Server(config)
        # The parts of uvicorn's serve() without its signal handlers: ours is a guest here.
        server.lifespan = config.lifespan_class(config)
        await server.startup(sockets=[listener])
        ticking = asyncio.create_task(server.main_loop())
        try:
            yield self.url
        finally:
            self._close()
            ticking.cancel()
            await server.shutdown(sockets=[listener])
            self._server = None

    async def serve(self, host: str, port: int, ready: Callable[[str], None] | None = None) -> None:
        """Serve until cancelled; tell the address once it listens."""
        async with self.running(host, port) as url:
            if ready is not None:
                ready(url)
            await asyncio.Event().wait()

    def _close(self) -> None:
        """Let everybody go who waits for something."""
        self.world.closing.set()
        for bot in self.world.bots.values():
            bot.updates.wake()
            drop_webhook(bot)
        for person in self.world.people.values():
            for listener in person.listeners:
                listener.set()
        for poll in self.world.polls.values():
            if poll.timer is not None:
                poll.timer.cancel()

    def _cut(self, scope: MutableMapping[str, Any]) -> None:
        """Break the connection of a request."""
        if self._server is None:
            return
        for connection in self._server.server_state.connections:
            transport = connection.transport
            if transport.get_extra_info("peername")[:2] == tuple(scope["client"]):
                transport.abort()
