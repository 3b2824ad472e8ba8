"""SendBulkTemplatedEmail: a message to each destination, and a status for each."""

import json
from typing import Any

import pytest

from tests.support import aws, mail, policies, templates, xml
from tests.support.aws import Account, refusal
from tests.support.mail import ANN, invalid
from tests.support.templates import NAME, simple

SOURCE = "{{name}}, {{place.city}} ({{place.country}}): {{#each list}}{{this}}{{/each}}"
DEFAULT = {"name": "you", "place": {"city": "Rome", "country": "Italy"}, "list": [1, 2]}


def ready(account: Account) -> Any:
    """A client of an account in which Ann is verified and there is a template."""
    client = mail.client(account)
    client.create_template(Template=simple(NAME, SOURCE))
    return client


def to(*addresses: str, data: dict[str, Any] | str | None = None, **more: Any) -> dict[str, Any]:
    """A destination."""
    own = {} if data is None else {"ReplacementTemplateData": data if isinstance(data, str) else json.dumps(data)}
    return {"Destination": {"ToAddresses": list(addresses)}, **own, **more}


def parameters(*destinations: dict[str, Any], **changed: Any) -> dict[str, Any]:
    plain = {"Source": ANN, "Template": NAME, "DefaultTemplateData": json.dumps(DEFAULT)}
    return {**plain, "Destinations": list(destinations), **changed}


def send(client: Any, *destinations: dict[str, Any], **changed: Any) -> list[dict[str, Any]]:
    answer = client.send_bulk_templated_email(**parameters(*destinations, **changed))
    return answer["Status"]  # type: ignore[no-any-return]


def refused(client: Any, *destinations: dict[str, Any], **changed: Any) -> tuple[str, str]:
    return refusal(client.send_bulk_templated_email, **parameters(*destinations, **changed))[:2]


def failed(status: str, error: str) -> dict[str, str]:
    return {"Status": status, "Error": error}


def texts(account: Account, statuses: list[dict[str, Any]]) -> list[str]:
    account.drain()
    return [mail.shown(account, each["MessageId"])["text"] for each in statuses]


# ---- what arrives


def test_each_destination_has_a_message_of_its_own_in_order(account: Account) -> None:
    client = ready(account)
    statuses = send(client, to("b@b.org", "c@b.org", data={"name": "B"}), to("d@d.org", data={"name": "D"}))
    assert [each["Status"] for each in statuses] == ["Success", "Success"]
    assert len({each["MessageId"] for each in statuses}) == 2
    assert texts(account, statuses) == ["B, Rome (Italy): 12", "D, Rome (Italy): 12"]
    first, second = (mail.shown(account, each["MessageId"]) for each in statuses)
    assert (first["to"], second["to"]) == (["b@b.org", "c@b.org"], ["d@d.org"])
    assert [each["status"] for each in first["recipients"]] == ["delivered", "delivered"]
    assert first["operation"] == "SendBulkTemplatedEmail"
    for each in statuses:
        happened = [event["type"] for event in templates.events(account, each["MessageId"])]
        assert happened == ["Send", "Delivery"]


def test_the_message_id_stands_before_the_status(account: Account) -> None:
    ready(account)
    given = {
        "Source": ANN,
        "Template": NAME,
        "DefaultTemplateData": "{}",
        "Destinations.member.1.Destination.ToAddresses.member.1": "b@b.org",
        "Destinations.member.2.Destination.ToAddresses.member.1": "nobody",
    }
    answer = account.query("SendBulkTemplatedEmail", given)
    statuses = xml.root(answer).find("{*}SendBulkTemplatedEmailResult/{*}Status")
    assert statuses is not None
    assert [[part.tag.partition("}")[2] for part in member] for member in statuses] == [
        ["MessageId", "Status"],
        ["Status", "Error"],
    ]


@pytest.mark.parametrize(
    ("own", "text"),
    [
        (None, "you, Rome (Italy): 12"),
        ({}, "you, Rome (Italy): 12"),
        ({"name": "B"}, "B, Rome (Italy): 12"),
        ({"place": {"city": "Pisa"}}, "you, Pisa (Italy): 12"),
        ({"list": [7]}, "you, Rome (Italy): 7"),
        ({"list": []}, "you, Rome (Italy): "),
        ({"other": 1, "name": "ö"}, "ö, Rome (Italy): 12"),
    ],
)
def test_replacement_data_lies_over_the_default_key_by_key(
    account: Account, own: dict[str, Any] | None, text: str
) -> None:
    assert texts(account, send(ready(account), to("b@b.org", data=own))) == [text]


@pytest.mark.parametrize(
    ("own", "name"), [({"name": None}, "name"), ({"place": "x"}, "place.city"), ({"place": None}, "place.city")]
)
def test_what_is_replaced_by_nothing_is_missing(account: Account, own: dict[str, Any], name: str) -> None:
    (fine, broken) = send(ready(account), to("b@b.org"), to("c@c.org", data=own))
    assert broken["Status"] == "Success"
    text = f"Attribute '{name}' is not present in the rendering data."
    assert templates.rendering_failure(account, broken["MessageId"]) == text
    assert mail.shown(account, fine["MessageId"])["recipients"][0]["status"] == "delivered"


def test_replacement_tags_take_the_place_of_default_ones_of_their_name(account: Account) -> None:
    tags = [{"Name": "a", "Value": "1"}, {"Name": "b", "Value": "2"}]
    own = [{"Name": "b", "Value": "3"}, {"Name": "c", "Value": "4"}]
    statuses = send(ready(account), to("b@b.org"), to("c@c.org", ReplacementTags=own), DefaultTags=tags)
    first, second = (mail.shown(account, each["MessageId"])["tags"] for each in statuses)
    assert first == {"a": ["1"], "b": ["2"]}
    assert second == {"a": ["1"], "b": ["3"], "c": ["4"]}


def test_fifty_destinations_of_fifty_recipients_are_the_most(account: Account) -> None:
    client = ready(account)
    destinations = [to(*(f"r{n}@d{d}.org" for n in range(50)), data={"name": str(d)}) for d in range(50)]
    statuses = send(client, *destinations)
    assert [each["Status"] for each in statuses] == ["Success"] * 50
    assert client.get_send_quota()["SentLast24Hours"] == 2_500
    assert texts(account, statuses) == [f"{d}, Rome (Italy): 12" for d in range(50)]
    assert refused(client, *destinations, to("one@more.org")) == invalid("Recipient count exceeds 50.")
    assert len(account.messages(template=NAME, limit=500)) == 50


# ---- what concerns one destination is told in its status


@pytest.mark.parametrize(
    ("destination", "error"),
    [
        (to("bob"), "Missing final '@domain'"),
        (to(), "Missing required header 'To'."),
        (to(*(f"{n}@x.org" for n in range(51))), "Recipient count exceeds 50."),
        (to("b@b.org", data="{"), "The template data is invalid."),
        (to("b@b.org", data=""), "The template data is invalid."),
        (to("b@b.org", data="[]"), "The template data is invalid."),
        (to("b@b.org", data='{"place":' * 250 + "{}" + "}" * 250), "The template data is invalid."),
        (to("b@b.org", ReplacementTags=[{"Name": "a b", "Value": "x"}]),
         "Invalid tag name <a b>: only alphanumeric ASCII characters, '_',  '-' are allowed."),
    ],
)  # fmt: skip
def test_a_faulty_destination_does_not_stop_the_others(
    account: Account, destination: dict[str, Any], error: str
) -> None:
    client = ready(account)
    statuses = send(client, to("a@a.org"), destination, to("z@z.org"))
    assert statuses[1] == failed("InvalidParameterValue", error)
    assert [each["Status"] for each in statuses] == ["Success", "InvalidParameterValue", "Success"]
    assert {message["to"][0] for message in account.messages(template=NAME)} == {"a@a.org", "z@z.org"}
    assert client.get_send_quota()["SentLast24Hours"] == 2


def test_an_unverified_recipient_in_the_sandbox_is_rejected_alone(account: Account) -> None:
    client = ready(account)
    mail.verify(account, "b@b.org")
    account.inspect("PATCH", "/account", {"sandbox": True})
    statuses = send(client, to("b@b.org"), to("c@c.org"), to("success@simulator.amazonses.com"))
    assert statuses[1] == failed("MessageRejected", mail.unverified("c@c.org")[1])
    assert [each["Status"] for each in statuses] == ["Success", "MessageRejected", "Success"]


def test_destinations_beyond_the_quota_of_the_day_are_told_so(account: Account) -> None:
    client = ready(account)
    account.inspect("PATCH", "/account", {"enforce_limits": True, "max_24_hour_send": 3, "max_send_rate": 100})
    statuses = send(client, to("a@a.org"), to("b@b.org", "c@c.org"), to("d@d.org"), to("e@e.org"))
    exceeded = failed("AccountDailyQuotaExceeded", "Daily message quota exceeded.")
    assert [each["Status"] for each in statuses[:2]] == ["Success", "Success"]
    assert statuses[2:] == [exceeded, exceeded]
    assert client.get_send_quota()["SentLast24Hours"] == 3


def test_destinations_beyond_the_rate_are_told_so(account: Account) -> None:
    client = ready(account)
    account.inspect("PATCH", "/account", {"enforce_limits": True, "max_24_hour_send": -1, "max_send_rate": 0.001})
    statuses = send(client, to("a@a.org"), to("b@b.org"), to("c@c.org"))
    assert statuses[0]["Status"] == "Success"
    assert statuses[1:] == [failed("AccountThrottled", "Maximum sending rate exceeded.")] * 2
    assert client.get_send_quota()["SentLast24Hours"] == 1


# ---- what concerns all of them refuses the call


@pytest.mark.parametrize(
    ("changed", "answer"),
    [
        ({"Template": "nobody"}, ("TemplateDoesNotExist", "Template nobody does not exist")),
        ({"Source": "eve@example.com"}, mail.unverified("eve@example.com")),
        ({"ReturnPath": "eve@example.com"}, mail.unverified("eve@example.com")),
        ({"Source": "eve"}, invalid("Missing final '@domain'")),
        ({"ReplyToAddresses": ["eve"]}, invalid("Missing final '@domain'")),
        ({"DefaultTemplateData": "{"}, invalid("The template data is invalid.")),
        ({"DefaultTemplateData": "[]"}, invalid("The template data is invalid.")),
        ({"DefaultTags": [{"Name": "", "Value": ""}]}, invalid("The tag name must be specified.")),
        ({"ConfigurationSetName": "n"}, ("ConfigurationSetDoesNotExist", "Configuration set <n> does not exist.")),
        ({"TemplateArn": "x"}, invalid("Invalid ARN <x>.")),
        ({"SourceArn": "x"}, invalid("Invalid ARN <x>.")),
        ({"Destinations": []}, invalid("Missing required header 'To'.")),
        ({"Destinations": [to(f"{n}@x.org") for n in range(51)]}, invalid("Recipient count exceeds 50.")),
    ],
)
def test_a_fault_of_all_destinations_refuses_the_call(
    account: Account, changed: dict[str, Any], answer: tuple[str, str]
) -> None:
    client = ready(account)
    assert refused(client, to("b@b.org"), **changed) == answer
    assert account.messages(template=NAME) == []


def test_a_paused_account_is_refused(account: Account) -> None:
    client = ready(account)
    client.update_account_sending_enabled(Enabled=False)
    assert refused(client, to("b@b.org"))[0] == "AccountSendingPausedException"


def test_a_mail_from_domain_that_is_not_in_order_refuses_the_call(account: Account) -> None:
    client = ready(account)
    mail.verify(account, "example.com", client=client)
    client.set_identity_mail_from_domain(
        Identity="example.com", MailFromDomain="m.example.com", BehaviorOnMXFailure="RejectMessage"
    )
    text = "DNS setup for MAIL FROM domain is invalid."
    assert refused(client, to("b@b.org")) == ("MailFromDomainNotVerifiedException", text)


def test_data_beyond_the_models_length_is_told_with_its_place(account: Account) -> None:
    answer = refused(ready(account), to("b@b.org", data='{"x": "' + "y" * 262_144 + '"}'))
    text = (
        "1 validation error detected: Value at 'destinations.1.member.replacementTemplateData' failed to satisfy "
        "constraint: Member must have length less than or equal to 262144"
    )
    assert answer == ("ValidationError", text)


def test_another_accounts_template_serves_all_destinations(account: Account) -> None:
    owner = aws.new_account(account.url)
    owner.client().create_template(Template=simple("theirs", "Theirs, {{name}}"))
    arn = f"arn:aws:ses:us-east-1:{owner.account_id}:template/theirs"
    statuses = send(mail.client(account), to("b@b.org"), to("c@c.org"), Template="theirs", TemplateArn=arn)
    assert texts(account, statuses) == ["Theirs, you"] * 2


def test_another_accounts_identity_serves_only_the_operation_that_its_policy_names(account: Account) -> None:
    owner, client = aws.new_account(account.url), account.client()
    mail.verify(owner, "example.com")
    client.create_template(Template=simple(NAME, SOURCE))
    through = policies.arn(owner, "example.com")
    user = f"arn:aws:iam::{account.account_id}:user/{account.account_id}"

    def allow(operation: str) -> None:
        allowed = policies.statement(owner, "example.com", account.account_id, Action=f"ses:{operation}")
        policies.put(owner, "example.com", "mine", policies.document(allowed))

    def denied(operation: str) -> tuple[str, str]:
        return "AccessDenied", f"User `{user}' is not authorized to perform `ses:{operation}' on resource `{through}'"

    allow("SendTemplatedEmail")
    assert refused(client, to("b@b.org"), SourceArn=through) == denied("SendBulkTemplatedEmail")
    templates.send(client, SourceArn=through)
    allow("SendBulkTemplatedEmail")
    assert templates.refused(client, SourceArn=through) == denied("SendTemplatedEmail")
    assert [each["Status"] for each in send(client, to("b@b.org"), to("c@c.org"), SourceArn=through)] == ["Success"] * 2
