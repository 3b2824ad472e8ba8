"""Receivers of publications without a network: other AWS services and webhooks that say what a test wants."""

from collections.abc import Callable, Mapping
from typing import Any

from emulator.context import Contexts, Webhook
from emulator.outside.aws import Answer, Aws, Call
from emulator.outside.web import Reply, Web
from emulator.publishing.webhooks import Post

ENDPOINT = "http://aws.example.com"
HOOK = "http://app.example.com/hook"
OK = Reply(200, "OK", "")


class Services(Aws):
    """Other AWS services, all at one endpoint, or at none."""

    def __init__(self, *services: str) -> None:
        super().__init__(dict.fromkeys(services, ENDPOINT))
        self.calls: list[Call] = []
        self.said: Callable[[Call], Answer] = lambda _call: Answer({"FailedPutCount": 0})

    def answer(self, call: Call) -> Answer:
        """The test's answer."""
        self.calls.append(call)
        return self.said(call)

    def parameters(self) -> list[Mapping[str, Any]]:
        """What was said to them."""
        return [dict(call.parameters) for call in self.calls]


class Hooks(Web):
    """Webhooks."""

    def __init__(self) -> None:
        super().__init__()
        self.posts: list[Post] = []
        self.said: Callable[[Post], Reply] = lambda _post: OK

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """The test's answer."""
        self.posts.append(Post(url, tuple(headers.items()), body))
        return self.said(self.posts[-1])

    def messages(self) -> list[str]:
        """The kind of each request, or its message where it is a raw one."""
        return [
            post.body.decode() if "x-amz-sns-rawdelivery" in dict(post.headers) else dict(post.headers)[_TYPE]
            for post in self.posts
        ]


_TYPE = "x-amz-sns-message-type"


def contexts(on: Contexts, services: Services, hooks: Hooks, *webhooks: Webhook) -> Contexts:
    """The contexts with these receivers."""
    outside = on.outside._replace(aws=services, web=hooks)
    return on._replace(outside=outside, policy=on.policy._replace(webhooks=webhooks))
