"""One HTTP request as the protocols read it, whatever server took it."""

from collections.abc import Callable
from typing import NamedTuple


class HttpRequest(NamedTuple):
    """A request; path and query as they were on the wire, `header` a header's value by its name in any case, or ``.

    The values of a header that is given more than once are joined by commas, without the blanks around each.
    """

    method: str
    path: str
    query: bytes
    header: Callable[[str], str]
    body: bytes
    source_ip: str
    secure: bool
