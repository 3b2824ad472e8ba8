"""Reading XML answers, and writing down the exact bytes of the expected ones."""

from lxml import etree

from tests.support.aws import Answer

NAMESPACE = "http://ses.amazonaws.com/doc/2010-12-01/"
FAULT_NAMESPACE = "http://webservices.amazon.com/AWSFault/2005-15-09"


def root(answer: Answer) -> etree._Element:
    """The document's root element."""
    return etree.fromstring(answer.body)


def request_id(answer: Answer) -> str:
    """The request id in the body."""
    return root(answer).findtext(".//{*}RequestId") or ""


def code(answer: Answer) -> str | None:
    """The code of a refusal; None of a success."""
    return root(answer).findtext(".//{*}Code")


def refusal(answer: Answer) -> tuple[int, str | None, str | None]:
    """Status, code and message; None for an element that is not there."""
    document = root(answer)
    return answer.status, document.findtext(".//{*}Code"), document.findtext(".//{*}Message")


def members(answer: Answer) -> list[str | None]:
    """The texts of the list members."""
    return [member.text for member in root(answer).iter("{*}member")]


def error_body(request_id: str, code: str, message: str | None, *, kind: str = "Sender", ns: str = NAMESPACE) -> bytes:
    """The bytes of a refusal. Source of the layout: recorded."""
    text = f"    <Message>{message}</Message>\n" if message is not None else ""
    return (
        f'<ErrorResponse xmlns="{ns}">\n'
        "  <Error>\n"
        f"    <Type>{kind}</Type>\n"
        f"    <Code>{code}</Code>\n"
        f"{text}"
        "  </Error>\n"
        f"  <RequestId>{request_id}</RequestId>\n"
        "</ErrorResponse>\n"
    ).encode()
