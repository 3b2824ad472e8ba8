"""What S3 and Lambda are told of received mail, and what a function says."""

import threading
from collections.abc import Iterator

import pytest

from emulator.outside import aws
from emulator.outside.aws import Aws, Refused, TimedOut, Unreachable
from emulator.publishing import lambda_, s3
from emulator.publishing.lambda_ import Returned
from tests.support import functions, services
from tests.support.functions import Functions, Says

ACCOUNT, REGION = "123456789012", "us-east-1"


@pytest.fixture
def lambdas() -> Iterator[Functions]:
    """Lambda."""
    with functions.serving() as serving:
        yield serving


def invoke(lambdas: Functions, invocation_type: str = "RequestResponse") -> Returned:
    """What the function returns."""
    parameters = lambda_.invocation(functions.arn("f"), invocation_type, '{"a":"ü"}')
    return lambda_.send(Aws({"lambda": lambdas.url}), lambda_.call(ACCOUNT, REGION, parameters))


def test_a_mail_is_an_object_byte_for_byte() -> None:
    mail = b"Subject: Hi\r\n\r\n\x00\xfc\r\n"
    put = s3.call(ACCOUNT, REGION, s3.mail("mails", "in/1", mail))
    assert dict(put.parameters) == {
        "Bucket": "mails",
        "Key": "in/1",
        "Body": mail,
        "ContentType": "application/octet-stream",
    }
    with services.serving() as serving:
        readable = s3.call(ACCOUNT, REGION, s3.mail("mails", "in/1", b"Subject: Hi\r\n\r\n"))
        s3.send(Aws({"s3": serving.url}), readable)
        (told,) = serving.told
        assert (told.target, told.body) == ("mails/in/1", "Subject: Hi\r\n\r\n")
        assert told.headers["Content-Type"] == "application/octet-stream"
        serving.refusals["mails"] = 404, "NoSuchBucket"
        with pytest.raises(Refused, match="NoSuchBucket"):
            s3.send(Aws({"s3": serving.url}), readable)


def test_a_function_has_its_event_and_what_it_returns_is_known(lambdas: Functions) -> None:
    lambdas.dispose("f", "STOP_RULE")
    assert invoke(lambdas) == Returned(b'{"disposition": "STOP_RULE"}', None)
    assert lambdas.invoked == [functions.Invocation(functions.arn("f"), "RequestResponse", {"a": "ü"})]


def test_a_function_that_nobody_waits_for_returns_nothing(lambdas: Functions) -> None:
    assert invoke(lambdas, "Event") == Returned(b"", None)


def test_a_function_that_fails_says_how(lambdas: Functions) -> None:
    lambdas.says["f"] = Says(b'{"errorMessage":"no"}', error="Unhandled")
    assert invoke(lambdas) == Returned(b'{"errorMessage":"no"}', "Unhandled")


def test_a_failure_of_lambda_is_not_one_of_the_function(lambdas: Functions) -> None:
    lambdas.says["f"] = Says(b'{"Message":"no"}', 500)
    with pytest.raises(Unreachable, match="ServiceException"):
        invoke(lambdas)


def test_a_function_has_a_time_to_answer(lambdas: Functions, monkeypatch: pytest.MonkeyPatch) -> None:
    assert aws.LAMBDA_SECONDS == 30
    monkeypatch.setattr(aws, "LAMBDA_SECONDS", 0.1)
    lambdas.hangs["f"] = threading.Event()
    with pytest.raises(TimedOut, match="Read timeout"):
        invoke(lambdas)
