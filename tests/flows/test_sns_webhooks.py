"""Events go to webhooks as SNS would send them, where the settings say so."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

import emulator
from tests.support import aws, configuration_sets, mail, processes, webhook
from tests.support.aws import Account
from tests.support.configuration_sets import SNS, TOPIC
from tests.support.mail import ANN, BOB
from tests.support.sns import check_signature
from tests.support.webhook import Told, Webhook, visit

pytestmark = pytest.mark.outside

Start = Callable[..., Account]
NOON = "2030-01-01T12:00:00Z"
VALIDATED = "Successfully validated SNS topic for Amazon SES event publishing."
NAMESPACE = "http://sns.amazonaws.com/doc/2010-03-31/"
BOUNCE, COMPLAINT = "bounce@simulator.amazonses.com", "complaint@simulator.amazonses.com"


@pytest.fixture
def hook() -> Iterator[Webhook]:
    """A webhook that confirms its subscriptions."""
    with webhook.serving() as serving:
        yield serving


def started(start: Start, *webhooks: str, **settings: Any) -> Account:
    """An account with a configuration set that tells the topic of sends and deliveries; its clock stands."""
    account = start(sns_webhooks=",".join(webhooks), verified_identities="*", log_level="error", **settings)
    freeze(account)
    configuration_sets.create(account)
    configuration_sets.add(account, "all", "send", "delivery", **SNS)
    return account


def freeze(account: Account) -> None:
    account.inspect("PUT", "/clock", {"now": NOON, "frozen": True})


def sent(account: Account, **changed: Any) -> str:
    """The id of a message with the configuration set; it has met its recipients."""
    message_id = mail.send(account.client(), ConfigurationSetName=configuration_sets.NAME, **changed)
    account.drain()
    return message_id


def events(hook: Webhook) -> list[Told]:
    """The notifications but for the one that validates the topic."""
    return [each for each in hook.notifications if each.envelope["Message"] != VALIDATED]


def types(hook: Webhook) -> list[str]:
    return [each.event["eventType"] for each in events(hook)]


def publications(account: Account, channel: str = "event_destination") -> list[dict[str, Any]]:
    """The account's publications, oldest first."""
    return account.inspect("GET", "/publications", channel=channel)["publications"][::-1]  # type: ignore[no-any-return]


def sns(account: Account) -> Any:
    """A boto3 client of SNS, with the emulator as its endpoint."""
    return Account(f"{account.url}/sns", account.account_id).client("sns")


# ---- subscriptions


def test_an_endpoint_confirms_and_then_has_every_event_signed(start: Start, hook: Webhook) -> None:
    account = started(start, f"{TOPIC}={hook.url}")
    message_id = sent(account)
    assert [each.type for each in hook.told] == ["SubscriptionConfirmation", *["Notification"] * 3]
    certificate = visit(hook.told[0].envelope["SigningCertURL"])
    assert certificate.headers["content-type"] == "application/x-pem-file"
    for each in hook.told:
        check_signature(each.envelope, certificate.text)
        assert (each.envelope["Type"], each.envelope["TopicArn"]) == (each.type, TOPIC)
        assert each.headers["x-amz-sns-message-id"] == each.envelope["MessageId"]
        assert each.headers["content-type"] == "text/plain; charset=UTF-8"
        assert each.headers["user-agent"] == "Amazon Simple Notification Service Agent"
    send, delivery = events(hook)
    assert send.envelope["Subject"] == "Amazon SES Email Event Notification"
    assert [each.event["mail"]["messageId"] for each in (send, delivery)] == [message_id] * 2
    assert types(hook) == ["Send", "Delivery"]
    assert [(each["state"], each["via"]) for each in publications(account)] == [("published", hook.url)] * 2


def test_a_newer_signature_is_made_where_the_settings_want_it(start: Start, hook: Webhook) -> None:
    account = started(start, f"*={hook.url}", sns_signature_version="2")
    sent(account)
    certificate = visit(hook.told[0].envelope["SigningCertURL"]).text
    assert {each.envelope["SignatureVersion"] for each in hook.told} == {"2"}
    for each in hook.told:
        check_signature(each.envelope, certificate)


def test_an_endpoint_may_confirm_later_with_an_sdk(start: Start, hook: Webhook) -> None:
    hook.confirms = False
    account = started(start, f"*={hook.url}")
    sent(account)
    (request,) = hook.told
    waiting = publications(account)[0]
    assert request.envelope["SubscribeURL"] in waiting["attempts"][0]["error"]
    confirmed = sns(account).confirm_subscription(
        TopicArn=TOPIC, Token=request.envelope["Token"], AuthenticateOnUnsubscribe="true"
    )
    account.drain()
    assert types(hook) == ["Send", "Delivery"]
    assert {each.headers["x-amz-sns-subscription-arn"] for each in events(hook)} == {confirmed["SubscriptionArn"]}
    assert confirmed["SubscriptionArn"].startswith(f"{TOPIC}:")


def test_a_visit_of_subscribe_url_is_answered_as_sns_does(start: Start, hook: Webhook) -> None:
    hook.confirms = False
    account = started(start, f"*={hook.url}")
    account.drain()
    url = hook.told[0].envelope["SubscribeURL"]
    looked = aws.request(url, "HEAD", url.removeprefix(account.url), None, {})
    assert (looked.status, looked.body) == (200, b"")
    assert publications(account, "validation")[0]["state"] == "pending"
    answer = visit(url)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/xml")
    arn = publications(account, "sns_subscription")[0]["name"]
    assert answer.text == (
        f'<ConfirmSubscriptionResponse xmlns="{NAMESPACE}">\n'
        "  <ConfirmSubscriptionResult>\n"
        f"    <SubscriptionArn>{arn}</SubscriptionArn>\n"
        "  </ConfirmSubscriptionResult>\n"
        "  <ResponseMetadata>\n"
        f"    <RequestId>{answer.headers['x-amzn-requestid']}</RequestId>\n"
        "  </ResponseMetadata>\n"
        "</ConfirmSubscriptionResponse>\n"
    )
    account.drain()
    assert [each.envelope["Message"] for each in hook.notifications] == [VALIDATED]


def test_an_endpoint_that_never_confirms_has_nothing_and_it_is_seen_why(start: Start, hook: Webhook) -> None:
    hook.confirms = False
    account = started(start, f"*={hook.url}")
    sent(account)
    for _ in range(10):  # a message's events are told one after another
        account.advance("PT20S")
    assert hook.notifications == []
    for each in publications(account):
        assert (each["state"], len(each["attempts"])) == ("dead", 4)
        assert "waits to be confirmed" in each["attempts"][-1]["error"]


def test_an_endpoint_that_unsubscribes_has_no_more_until_it_comes_back(start: Start, hook: Webhook) -> None:
    account = started(start, f"*={hook.url}")
    account.drain()
    unsubscribe_url = hook.told[-1].envelope["UnsubscribeURL"]
    certificate = visit(hook.told[-1].envelope["SigningCertURL"]).text
    assert "<UnsubscribeResponse" in visit(unsubscribe_url).text
    sent(account)
    farewell = hook.told[-1]
    check_signature(farewell.envelope, certificate)
    assert farewell.type == "UnsubscribeConfirmation"
    assert types(hook) == []
    visit(farewell.envelope["SubscribeURL"])
    sent(account)
    assert types(hook) == ["Send", "Delivery"]
    sns(account).unsubscribe(SubscriptionArn=events(hook)[0].headers["x-amz-sns-subscription-arn"])
    sent(account)
    assert types(hook) == ["Send", "Delivery"]


def test_who_asks_sns_for_what_it_cannot_do_is_told_so(account: Account) -> None:
    client = sns(account)
    invalid = ("InvalidParameter", "Invalid parameter: Token", 400)
    assert aws.refusal(client.confirm_subscription, TopicArn=TOPIC, Token="nobodys") == invalid
    assert aws.refusal(client.list_topics)[::2] == ("NotImplemented", 501)
    assert client.unsubscribe(SubscriptionArn=f"{TOPIC}:nobodys")["ResponseMetadata"]["HTTPStatusCode"] == 200
    for target, status, part in (
        ("/sns/?Action=ConfirmSubscription", 400, "ValidationError"),
        ("/sns/?Action=Nothing", 400, "InvalidAction"),
        ("/sns/", 404, "UnknownOperationException"),
        ("/sns", 404, "UnknownOperationException"),
        ("/sns/SimpleNotificationService-0.pem", 404, "no such certificate"),
    ):
        answer = aws.request(account.url, "GET", target, None, {})
        assert (answer.status, part in answer.text) == (status, True)


# ---- which webhook has what


def test_raw_messages_have_no_envelope(start: Start, hook: Webhook) -> None:
    account = started(start, f"*=raw+{hook.url}")
    sent(account)
    request, validation, send, _ = hook.told
    assert request.envelope["Type"] == "SubscriptionConfirmation"
    assert validation.body.decode() == VALIDATED
    assert (send.envelope["eventType"], send.body[-2:]) == ("Send", b"}\n")
    assert send.headers["x-amz-sns-rawdelivery"] == "true"


def test_each_webhook_has_the_messages_of_its_topic(start: Start, hook: Webhook) -> None:
    with webhook.serving() as every, webhook.serving() as other:
        account = started(start, f"{TOPIC}={hook.url}", f"*={every.url}", f"{TOPIC}-2={other.url}")
        sent(account)
        assert types(hook) == types(every) == ["Send", "Delivery"]
        assert events(hook)[0].envelope["MessageId"] == events(every)[0].envelope["MessageId"]
        assert other.told == []


def test_a_webhook_that_asks_who_it_is_has_the_password_of_its_url(start: Start, hook: Webhook) -> None:
    hook.status, hook.headers = 401, {"WWW-Authenticate": 'Basic realm="webhooks"'}
    account = started(start, f"*={hook.url.replace('//', '//me:secret@')}")
    account.drain()
    assert ["authorization" in each.headers for each in hook.told] == [False, True]
    assert "secret" not in str(account.inspect("GET", "/publications")) + str(account.inspect("GET", "/jobs"))


def test_bounces_and_complaints_reach_webhooks_of_identities_topics(start: Start, hook: Webhook) -> None:
    account = start(sns_webhooks=f"*={hook.url}", log_level="error")
    ses = mail.client(account)
    for kind in ("Bounce", "Complaint"):
        ses.set_identity_notification_topic(Identity=ANN, NotificationType=kind, SnsTopic=TOPIC)
    for address in (BOUNCE, COMPLAINT, BOB):
        mail.send(ses, Destination={"ToAddresses": [address]})
    account.drain()
    told = [each for each in hook.notifications if "AmazonSnsSubscription" not in each.envelope["Message"]]
    assert [each.event["notificationType"] for each in told] == ["Bounce", "Complaint"]
    assert all("Subject" not in each.envelope for each in told)


# ---- failures


def test_a_webhook_that_redirects_is_not_followed_and_not_asked_again(start: Start, hook: Webhook) -> None:
    account = started(start, f"*={hook.url}")
    account.drain()
    with webhook.serving() as elsewhere:
        hook.status, hook.headers = 302, {"Location": elsewhere.url}
        sent(account)
        account.advance("PT5M")
        assert elsewhere.told == []
    assert types(hook) == ["Send", "Delivery"]
    for each in publications(account):
        assert (each["state"], [attempt["error"] for attempt in each["attempts"]]) == (
            "dead",
            ["the endpoint answered 302 Found"],
        )


def test_a_webhook_that_has_trouble_is_told_again_in_twenty_seconds(start: Start, hook: Webhook) -> None:
    account = started(start, f"*={hook.url}")
    account.drain()
    hook.status = 500
    sent(account)
    assert types(hook) == ["Send"]
    account.advance("PT19S")
    assert types(hook) == ["Send"]
    hook.status = 200
    account.advance("PT1S")
    assert types(hook) == ["Send", "Send", "Delivery"]
    first, second, _ = events(hook)
    assert first.body == second.body
    assert [each["state"] for each in publications(account)] == ["published", "published"]


def test_a_webhook_that_was_down_has_all_events_of_a_message_in_order(start: Start) -> None:
    with webhook.serving() as gone:
        account = started(start, f"*={gone.url}")
        account.drain()
    ids = [sent(account) for _ in range(3)]
    assert {each["state"] for each in publications(account)} == {"pending"}
    with webhook.serving(gone.port) as back:
        account.advance("PT20S")
        for message_id in ids:
            told = [each.event for each in events(back) if each.event["mail"]["messageId"] == message_id]
            assert [each["eventType"] for each in told] == ["Send", "Delivery"]
    assert {each["state"] for each in publications(account)} == {"published"}


def test_a_webhook_that_is_down_or_hangs_holds_up_no_other(start: Start, hook: Webhook) -> None:
    with webhook.serving() as gone:
        pass
    with webhook.serving() as hanging, ExitStack() as stack:
        account = started(start, f"*={gone.url}", f"*={hanging.url}", f"{TOPIC}={hook.url}")
        account.drain()
        hanging.hang(stack)
        mail.send(account.client(), ConfigurationSetName=configuration_sets.NAME)
        processes.until(lambda: types(hook) == ["Send", "Delivery"], 10)

        def states() -> dict[str, str]:
            return {each["via"]: each["state"] for each in publications(account)}

        # What an endpoint has is on record a moment later.
        expected = {gone.url: "pending", hanging.url: "pending", hook.url: "published"}
        processes.until(lambda: states() == expected, 10)


def test_what_was_published_can_be_published_again(start: Start, hook: Webhook) -> None:
    account = started(start, f"*={hook.url}")
    sent(account)
    hook.status = 404
    message_id = sent(account)
    hook.status = 200
    event = account.inspect("GET", "/events", message_id=message_id, type="Send")["events"][0]
    assert [each["state"] for each in event["publications"]] == ["dead"]
    assert account.inspect("POST", f"/events/{event['id']}/replay") == {"publications": 1}
    account.drain()
    assert types(hook) == ["Send", "Delivery", "Send", "Delivery", "Send"]
    (again,) = account.inspect("GET", "/events", message_id=message_id, type="Send")["events"][0]["publications"]
    assert (again["state"], [attempt["error"] for attempt in again["attempts"]]) == (
        "published",
        ["the endpoint answered 404 Not Found", None],
    )


# ---- crashes and restarts


def test_events_of_acknowledged_mail_survive_the_death_of_the_server(new_database_url: str, hook: Webhook) -> None:
    settings = {"sns_webhooks": f"*={hook.url}", "verified_identities": "*", "log_level": "error"}
    with emulator.running(database_url=new_database_url, **settings) as server:
        account = aws.new_account(server.url)
        configuration_sets.create(account)
        configuration_sets.add(account, "all", "send", "delivery", **SNS)
        account.drain()
        os.kill(server.pid, signal.SIGSTOP)  # whoever publishes does nothing any more
        ids = [mail.send(account.client(), ConfigurationSetName=configuration_sets.NAME) for _ in range(20)]
        assert events(hook) == []
        for pid in [server.pid, *processes.children(server.pid)]:
            os.kill(pid, signal.SIGKILL)
    with emulator.running(database_url=new_database_url, **settings) as server:
        Account(server.url, account.account_id).drain()
    for message_id in ids:
        told = [each.event["eventType"] for each in events(hook) if each.event["mail"]["messageId"] == message_id]
        assert told == ["Send", "Delivery"]


def test_subscriptions_and_the_certificate_outlive_the_server(new_database_url: str, hook: Webhook) -> None:
    settings = {"sns_webhooks": f"*={hook.url}", "verified_identities": "*", "public_url": "http://ses.example.com"}
    hook.confirms = False
    with emulator.running(database_url=new_database_url, **settings) as server:
        account = aws.new_account(server.url)
        configuration_sets.create(account)
        configuration_sets.add(account, "all", "send", **SNS)
        account.drain()
        sns(account).confirm_subscription(TopicArn=TOPIC, Token=hook.told[0].envelope["Token"])
        account.drain()
    with emulator.running(database_url=new_database_url, **settings) as server:
        sent(Account(server.url, account.account_id))
    request, before, after = hook.told
    assert types(hook) == ["Send"]
    assert before.envelope["SigningCertURL"] == after.envelope["SigningCertURL"]
    assert request.envelope["SubscribeURL"].startswith("http://ses.example.com/sns/?Action=ConfirmSubscription")
