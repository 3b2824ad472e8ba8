"""SendEmail and SendRawEmail through boto3."""

from tests.support.aws import Account


def test_a_message_is_accepted_kept_and_delivered(account: Account) -> None:
    account.client().verify_email_identity(EmailAddress="ann@example.com")
    account.inspect("POST", "/identities/ann@example.com/verify")
    sent = account.client().send_email(
        Source="Ann <ann@example.com>",
        Destination={"ToAddresses": ["bob@example.net"]},
        Message={"Subject": {"Data": "Hi"}, "Body": {"Text": {"Data": "Hello"}}},
    )
    account.drain()
    message = account.inspect("GET", f"/messages/{sent['MessageId']}")
    assert message["recipients"] == [{"address": "bob@example.net", "kind": "to", "status": "delivered"}]
    assert message["text"] == "Hello"
