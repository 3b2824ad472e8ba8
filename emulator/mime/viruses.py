"""Whether a message holds the EICAR test file, which every virus scanner takes for a virus."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emulator.mime.view import Leaf

MARK = "EICAR-STANDARD-ANTIVIRUS-TEST-FILE"  # no text without it holds the file
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + MARK.encode() + b"!$H+H*"  # in pieces, for the scanners of developers
DEPTH = 5  # how far to look into messages that are attached to attached messages


def infected(parts: Iterable["Leaf"], depth: int = DEPTH) -> bool:
    """Whether a body or attachment holds the file, once its transfer encoding is undone."""
    return any(EICAR in part.content or (depth > 0 and _attached(part, depth)) for part in parts)


def _attached(part: "Leaf", depth: int) -> bool:
    if part.content_type != "message/rfc822":
        return False
    from emulator.mime import view  # with the standard library's parser: not before there is something to read

    return infected(view.leaves(part.content), depth - 1)
