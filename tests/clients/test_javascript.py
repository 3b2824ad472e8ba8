"""@aws-sdk/client-ses, version 3 of the AWS SDK for JavaScript."""

import base64
from typing import Any

from tests.support import node, story
from tests.support.aws import Account

Call = tuple[str, dict[str, Any]]


def calls(told: dict[str, Any], *commands: Call, **config: Any) -> list[dict[str, Any]]:
    """What each command came to: its output, or an `error`."""
    credentials = {"accessKeyId": told["key"], "secretAccessKey": told["secret"]}
    given = {"endpoint": told["url"], "region": told["region"], "credentials": credentials, **config}
    return node.run("client_ses", {"config": given, "calls": commands})  # type: ignore[no-any-return]


def test_the_aws_sdk_for_javascript_makes_sends_reads_and_is_refused(account: Account) -> None:
    told = story.given(account)
    made, also_made, quota, identities, email, raw, templated, refused = calls(
        told,
        ("CreateConfigurationSet", {"ConfigurationSet": {"Name": told["set"]}}),
        ("CreateTemplate", {"Template": told["template"]}),
        ("GetSendQuota", {}),
        ("ListIdentities", {}),
        ("SendEmail", told["email"]),
        ("SendRawEmail", {"RawMessage": {"Data": base64.b64encode(story.RAW).decode()}}),
        ("SendTemplatedEmail", told["templated"]),
        ("SendEmail", told["refused"]),
    )
    assert made == also_made == {}
    sent = {"SendEmail": email, "SendRawEmail": raw, "SendTemplatedEmail": templated}
    said = {
        "quota": [quota["Max24HourSend"], quota["MaxSendRate"]],
        "identities": identities["Identities"],
        "sent": {operation: output["MessageId"] for operation, output in sent.items()},
        "refused": {"code": refused["error"]["name"], "message": refused["error"]["message"]},
    }
    story.check(account, said)


def test_the_aws_sdk_for_javascript_knows_ses_s_errors_by_their_classes(account: Account) -> None:
    told = story.given(account)
    nowhere = told["email"] | {"ConfigurationSetName": "nowhere"}
    found = calls(
        told,
        ("SendEmail", told["refused"] | {"ConfigurationSetName": None}),
        ("SendEmail", nowhere),
        ("GetTemplate", {"TemplateName": "nothing"}),
        ("SendEmail", told["email"] | {"ConfigurationSetName": None, "Source": "nobody"}),
        ("CreateConfigurationSet", {"ConfigurationSet": {"Name": ""}}),
    )
    errors = [each["error"] for each in found]
    assert [each["name"] for each in errors] == [
        "MessageRejected",
        "ConfigurationSetDoesNotExistException",
        "TemplateDoesNotExistException",
        "InvalidParameterValue",
        "InvalidConfigurationSetException",
    ]
    for error in errors:
        assert error["known"], error
        assert error["$fault"] == "client"
        assert error["metadata"] == {"httpStatusCode": 400, "attempts": 1, "hasRequestId": True}


def test_the_aws_sdk_for_javascript_tries_again_when_it_is_throttled(account: Account) -> None:
    told = story.given(account)
    account.inspect("PATCH", "/account", {"api_rate_limit": 0.001})
    first, second = calls(told, ("ListIdentities", {}), ("ListIdentities", {}), maxAttempts=2)
    assert first["Identities"] == ["ann@example.com"]
    error = second["error"]
    assert (error["name"], error["message"]) == ("Throttling", "Rate exceeded")
    assert error["metadata"] == {"httpStatusCode": 400, "attempts": 2, "hasRequestId": True}
