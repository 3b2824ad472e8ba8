"""The tree of a message's parts, as a curious reader looks at it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from emulator.mime import headers, view

if TYPE_CHECKING:
    from email.message import Message

ROOT: Final = "1"
MOST: Final = 1_000  # ours: parts that are shown


class Part(NamedTuple):
    """A part: `path` counts from 1 on each level, `size` decoded bytes, of a part with parts all of theirs."""

    path: str
    depth: int
    content_type: str
    charset: str | None
    encoding: str | None
    disposition: str | None
    filename: str | None
    content_id: str | None
    size: int


class _Node(NamedTuple):
    path: str
    message: "Message"
    inner: tuple["Message", ...]


def tree(message: bytes) -> list[Part]:
    """The parts, each before those that are within it; a message that cannot be parsed is one text."""
    try:
        nodes, bodies = _read(message)
        sizes: dict[str, int] = {}
        found = []
        for node in reversed(nodes):
            part = _described(node, bodies, sizes.get(node.path, 0))
            parent = node.path.rpartition(".")[0]
            sizes[parent] = sizes.get(parent, 0) + part.size
            found.append(part)
    except view.PARSER_FAULTS:
        return [Part(ROOT, 1, "text/plain", None, None, None, None, None, len(_body(message)))]
    return found[::-1]


def content(message: bytes, path: str) -> tuple[Part, bytes] | None:
    """The part at that path and its decoded bytes, of a multipart its source; None where there is none."""
    described = next((part for part in tree(message) if part.path == path), None)
    if described is None:
        return None
    try:
        nodes, bodies = _read(message)
        found = next(node for node in nodes if node.path == path)
        if found.message.is_multipart() and found.message.get_content_maintype() == "multipart":
            return described, view.source_of([found.message], bodies)[0]
        return described, view.leaf_of(found.message, bodies).content
    except view.PARSER_FAULTS:
        return described, _body(message)


def _read(message: bytes) -> tuple[list[_Node], list[bytes]]:
    from email import message_from_bytes, policy

    hollow, bodies = view.hollowed(message)
    nodes: list[_Node] = []
    waiting = [(ROOT, message_from_bytes(hollow, policy=policy.compat32))]
    while waiting and len(nodes) < MOST:
        path, part = waiting.pop()
        inner = tuple(_within(part))
        nodes.append(_Node(path, part, inner))
        waiting.extend(reversed([(f"{path}.{number}", each) for number, each in enumerate(inner, 1)]))
    return nodes, bodies


def _within(message: "Message") -> Iterator["Message"]:
    payload = message.get_payload()
    if isinstance(payload, list):
        yield from (inner for inner in payload if not isinstance(inner, str))


def _described(node: _Node, bodies: list[bytes], inner_size: int) -> Part:
    message = node.message
    encoding = str(message.get("content-transfer-encoding", "")).strip().lower() or None
    place = (node.path, node.path.count(".") + 1, message.get_content_type())
    if node.inner:  # its source, which is all of theirs once more, is made for nobody who did not ask for it
        filename = view.decode_words(message.get_filename() or "") or None
        return Part(*place, None, encoding, message.get_content_disposition(), filename, None, inner_size)
    leaf = view.leaf_of(message, bodies)
    return Part(*place, leaf.charset, encoding, leaf.disposition or None, leaf.filename, leaf.content_id, leaf.size)


def _body(message: bytes) -> bytes:
    return message[headers.header_block(message)[1] :]
