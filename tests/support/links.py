"""Following links, as the reader of a mail does."""

from urllib.parse import parse_qs, urlsplit, urlunsplit

from tests.support import aws
from tests.support.aws import Account, Answer


def follow(link: str, url: str | None = None) -> Answer:
    """The answer to a click; the redirect is not followed. `url`: where the server is now, if it has moved."""
    parts = urlsplit(link)
    return aws.request(url or f"http://{parts.netloc}", "GET", f"{parts.path}?{parts.query}", None, {})


def page_after(link: str, url: str | None = None) -> str:
    """The last part of the path that a click is redirected to."""
    answer = follow(link, url)
    assert answer.status == 302, answer.text
    return urlsplit(answer.headers["location"]).path.rpartition("/")[2]


def parameters(link: str) -> dict[str, str]:
    """The parameters of a link, each given once."""
    found = parse_qs(urlsplit(link).query, strict_parsing=True, keep_blank_values=True)
    assert all(len(values) == 1 for values in found.values())
    return {name: values[0] for name, values in found.items()}


def at(link: str, url: str) -> str:
    """The same link on another server."""
    return urlunsplit(urlsplit(link)._replace(netloc=urlsplit(url).netloc))


def verification_link(account: Account, address: str) -> str:
    """The link in the newest mail to an address: the one line that is a URL of the verification service."""
    to_it = (each["id"] for each in account.messages() if each["recipients"][0]["address"] == address)
    message = account.inspect("GET", f"/messages/{next(to_it)}")
    links: list[str] = [line for line in message["text"].splitlines() if line.startswith("http")]
    assert len(links) == 1
    return links[0]
