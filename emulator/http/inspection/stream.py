"""What happens, while it happens."""

from dataclasses import dataclass, field
from functools import cache

from flask import Response, request

from emulator.http.asgi import STREAM
from emulator.http.feed import Feed, Listener
from emulator.http.inspection.routes import Routes
from emulator.http.parts import Parts

routes = Routes()


@dataclass(frozen=True, slots=True)
class StreamScope:
    """Whose messages and events are told."""

    account: str | None = field(default=None, metadata={"help": "12-digit account; default: all"})
    region: str | None = field(default=None, metadata={"help": "region; default: all"})


@routes.route("GET", "/stream", query=StreamScope, media_type="text/event-stream")
def stream(parts: Parts, query: StreamScope) -> Response:
    """Server-sent events without end: `message` of each new one, `event` of what happens to one, `deleted`.

    `message` has id, account, region and direction; `event` has id, type, message_id, account and region; `deleted`
    says that some messages are gone, so what is shown of the list may be no longer there.
    """
    opened = request.environ[STREAM]
    if request.method != "HEAD":
        opened.body = _feed(parts).join(Listener(opened.loop, query.account, query.region))
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return Response(iter(()), content_type="text/event-stream; charset=utf-8", headers=headers)


@cache
def _feed(parts: Parts) -> Feed:
    return Feed(parts.dispatcher.contexts, parts.stopping)
