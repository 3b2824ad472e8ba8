"""What a fault may be, and how it is refused where it can never happen."""

from typing import Any

import pytest

from emulator.ses import fault_checks, faults
from emulator.ses.fault_checks import Asked, Senseless
from emulator.ses.fault_presets import PRESETS
from emulator.wire import known_errors, model

KNOWN = known_errors.by_operation(model.load("ses", "2010-12-01"))
SEND = {"operation": "SendEmail", "code": "Throttling"}


def refused(**asked: Any) -> str:
    with pytest.raises(Senseless) as caught:
        fault_checks.checked(Asked(**asked), KNOWN)
    return str(caught.value)


def test_every_code_of_an_operation_and_every_common_one_has_the_status_of_aws() -> None:
    for operation, errors in KNOWN.items():
        for name, (code, status) in errors.items():
            asked = fault_checks.checked(Asked(operation=operation, code=name), KNOWN)
            assert (asked.code, asked.status) == (code, status)
    assert KNOWN["SendEmail"]["ConfigurationSetDoesNotExistException"] == ("ConfigurationSetDoesNotExist", 400)
    assert KNOWN["*"]["ServiceUnavailable"] == ("ServiceUnavailable", 503)
    assert "NotImplemented" not in KNOWN["*"]


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_made_of_faults_that_can_be(name: str) -> None:
    for failure in fault_checks.failures(Asked(preset=name)):
        said = failure._asdict()
        if failure.operation in KNOWN and failure.code:
            assert fault_checks.checked(Asked(**said), KNOWN).status == failure.status
        else:
            fault_checks.checked(Asked(**said), KNOWN)


def test_a_stage_of_smtp_is_one_in_any_case() -> None:
    assert fault_checks.checked(Asked(operation="smtp:connect", status=421), KNOWN).operation == "SMTP:CONNECT"


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ({"code": "Throttling"}, "operation is missing: an operation of SES, * for any of them, or a stage"),
        ({**SEND, "operation": "SendMail"}, "There is no operation 'SendMail'; did you mean SendEmail?"),
        ({**SEND, "operation": "send_email"}, "There is no operation 'send_email'; did you mean SendEmail?"),
        ({**SEND, "operation": "SMTP:RSET"}, "There is no operation 'SMTP:RSET'; did you mean SMTP:"),
        ({**SEND, "code": "Throtling"}, "SendEmail has no error 'Throtling'; did you mean Throttling?"),
        ({**SEND, "code": "xyz"}, "SendEmail has no error 'xyz'; there are AccessDenied, "),
        ({"operation": "*", "code": "throttling"}, "SES has no error 'throttling'; did you mean Throttling?"),
        ({**SEND, "code": "TemplateDoesNotExist"}, "SendEmail never answers with TemplateDoesNotExist; it has Access"),
        ({**SEND, "status": 429}, "Throttling comes with the status 400, not 429."),
        ({"operation": "*", "status": 200}, "status must be between 400 and 599, not 200."),
        ({"operation": "*"}, "The fault does nothing: give code, status, delay_ms, drop or truncate."),
        ({"operation": "*", "delay_ms": 0}, "The fault does nothing"),
        ({"operation": "*", "status": 503, "message": "x"}, "message goes with a code: "),
        ({**SEND, "message": " "}, "message must be a text of at most 2000 characters."),
        ({**SEND, "drop": "before"}, "A fault has one kind of failure, not code and status and drop; delay_ms goes"),
        ({"operation": "*", "drop": "after", "truncate": True}, "A fault has one kind of failure, not drop and trunc"),
        ({"operation": "*", "drop": "never"}, "drop must be before or after the call has happened, not 'never'."),
        ({**SEND, "times": 0}, "times must be between 1 and 1000000, not 0."),
        ({**SEND, "probability": 0.0}, "probability must be above 0 and at most 1, not 0.0."),
        ({**SEND, "probability": float("nan")}, "probability must be above 0 and at most 1, not nan."),
        ({**SEND, "seed": 1}, "seed goes with a probability."),
        ({**SEND, "delay_ms": 600_001}, "delay_ms must be between 0 and 600000, not 600001."),
        (
            {**SEND, "match": {"listener": "inbound"}},
            "match can name identity, source, recipient, configuration_set, t",
        ),
        ({**SEND, "match": {"source": ""}}, "match.source must have between 1 and 500 characters."),
        (
            {"operation": "SMTP:EHLO", "status": 421, "match": {"source": "x"}},
            "match can name listener of SMTP:EHLO, n",
        ),
        (
            {"operation": "SMTP:*", "status": 421, "match": {"listener": "x"}},
            "match.listener must be submission or inb",
        ),
        ({"operation": "SMTP:DATA", "code": "Throttling"}, "SMTP:DATA has neither code nor truncate: SMTP has reply c"),
        ({"operation": "SMTP:DATA", "status": 250}, "status must be a reply code between 400 and 599, not 250."),
        ({"operation": "SMTP:DATA", "status": 451, "message": "a\r\nb"}, "message must be one line of ASCII with at m"),
        ({"operation": "SMTP:DATA", "drop": "before", "message": "a"}, "message goes with a status, the reply code."),
        ({"operation": "SMTP:MAIL", "drop": "after"}, "drop must be before at SMTP:MAIL, not 'after'."),
        ({"preset": "outag"}, "There is no preset 'outag'; did you mean outage?"),
        (
            {"preset": "x"},
            "There is no preset 'x'; there are outage, paused-account, sandboxed, slow-network, throttlin",
        ),
        ({"preset": "outage", "code": "x"}, "The preset outage says for itself what happens: it takes no code."),
        ({"preset": "outage", "seed": 1}, "seed goes with a probability."),
        ({"preset": "sandboxed", "times": 1}, "The preset sandboxed says for itself what happens: it takes no times."),
        ({"preset": "sandboxed", "match": {"source": "x"}}, "The preset sandboxed concerns the whole account: it take"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(asked: dict[str, Any], text: str) -> None:
    assert refused(**asked).startswith(text)


@pytest.mark.parametrize(
    ("code", "operation", "text"),
    [
        ("Throttling", "SendEmail", "Maximum sending rate exceeded."),
        ("Throttling", "ListIdentities", "Rate exceeded"),
        ("AccountSendingPausedException", "SendEmail", "Account sending is disabled."),
        ("ConfigurationSetDoesNotExist", "SendEmail", "Configuration set <news> does not exist."),
        ("TemplateDoesNotExist", "SendEmail", None),  # the call named none
        ("MessageRejected", "SendEmail", None),  # which has several texts
        ("OptInRequired", "SendEmail", None),
    ],
)
def test_an_error_has_the_text_of_ses_where_there_is_one(code: str, operation: str, text: str | None) -> None:
    assert faults.text(code, operation, {"ConfigurationSetName": "news"}) == text
