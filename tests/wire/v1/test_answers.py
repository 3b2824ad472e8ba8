"""Answers over Query: their bytes and headers.

Source of the layout: the recorded Content-Length of answers of SES, and a byte-level probe of a sibling service.
"""

import re
from collections.abc import Callable
from types import ModuleType

import pytest
from botocore.exceptions import ClientError
from sqlalchemy import create_engine, insert

from emulator.dispatch import Dispatcher, Operations
from emulator.store import schema
from emulator.wire.request import HttpRequest
from tests.support import aws, mail, workers, xml
from tests.support.aws import Account, Answer
from tests.support.mail import ANN, BOB
from tests.support.workers import OwnClock

UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def _metadata(answer: Answer) -> str:
    return f"  <ResponseMetadata>\n    <RequestId>{xml.request_id(answer)}</RequestId>\n  </ResponseMetadata>\n"


def _exactly(answer: Answer, operation: str, result: str) -> bool:
    opened = f'<{operation}Response xmlns="{xml.NAMESPACE}">\n'
    return answer.text == f"{opened}{result}{_metadata(answer)}</{operation}Response>\n"


@pytest.mark.parametrize(
    ("operation", "status"), [("ListIdentities", 200), ("VerifyDomainIdentity", 400), ("NoSuchThing", 400)]
)
def test_every_answer_has_the_same_headers(account: Account, operation: str, status: int) -> None:
    answer = account.query(operation)
    assert answer.status == status
    assert answer.headers["content-type"] == "text/xml"
    assert answer.headers["x-amzn-requestid"] == xml.request_id(answer)
    assert UUID4.fullmatch(xml.request_id(answer))
    assert answer.headers["content-length"] == str(len(answer.body))
    assert answer.headers["date"].endswith("GMT")


def test_every_call_has_an_id_of_its_own(account: Account) -> None:
    assert len({xml.request_id(account.query("ListIdentities")) for _ in range(20)}) == 20


def test_an_empty_list_of_identities_has_276_bytes(account: Account) -> None:
    answer = account.query("ListIdentities")
    assert len(answer.body) == 276
    assert _exactly(
        answer, "ListIdentities", "  <ListIdentitiesResult>\n    <Identities/>\n  </ListIdentitiesResult>\n"
    )


def test_the_attributes_of_a_domain_of_31_characters_have_659_bytes(account: Account) -> None:
    domain = "terraform-acceptance.example.co"
    assert len(domain) == 31
    token = account.client().verify_domain_identity(Domain=domain)["VerificationToken"]
    answer = account.query("GetIdentityVerificationAttributes", {"Identities.member.1": domain})
    assert len(answer.body) == 659
    result = (
        "  <GetIdentityVerificationAttributesResult>\n"
        "    <VerificationAttributes>\n"
        "      <entry>\n"
        f"        <key>{domain}</key>\n"
        "        <value>\n"
        "          <VerificationStatus>Pending</VerificationStatus>\n"
        f"          <VerificationToken>{token}</VerificationToken>\n"
        "        </value>\n"
        "      </entry>\n"
        "    </VerificationAttributes>\n"
        "  </GetIdentityVerificationAttributesResult>\n"
    )
    assert _exactly(answer, "GetIdentityVerificationAttributes", result)


def test_a_domain_and_an_address_have_an_entry_each_and_only_the_domain_a_token(account: Account) -> None:
    token = account.client().verify_domain_identity(Domain="domain.com")["VerificationToken"]
    account.query("VerifyEmailIdentity", EmailAddress="user@domain.com")
    asked = {"Identities.member.1": "domain.com", "Identities.member.2": "user@domain.com"}
    result = (
        "  <GetIdentityVerificationAttributesResult>\n"
        "    <VerificationAttributes>\n"
        "      <entry>\n"
        "        <key>domain.com</key>\n"
        "        <value>\n"
        "          <VerificationStatus>Pending</VerificationStatus>\n"
        f"          <VerificationToken>{token}</VerificationToken>\n"
        "        </value>\n"
        "      </entry>\n"
        "      <entry>\n"
        "        <key>user@domain.com</key>\n"
        "        <value>\n"
        "          <VerificationStatus>Pending</VerificationStatus>\n"
        "        </value>\n"
        "      </entry>\n"
        "    </VerificationAttributes>\n"
        "  </GetIdentityVerificationAttributesResult>\n"
    )
    answer = account.query("GetIdentityVerificationAttributes", asked)
    assert _exactly(answer, "GetIdentityVerificationAttributes", result)


def test_lists_have_members_and_the_token_comes_after_them(account: Account) -> None:
    for name in ("ann@example.com", "bob@example.com"):
        account.query("VerifyEmailIdentity", EmailAddress=name)
    answer = account.query("ListIdentities", MaxItems="1")
    token = xml.root(answer).findtext(".//{*}NextToken")
    result = (
        "  <ListIdentitiesResult>\n"
        "    <Identities>\n"
        "      <member>ann@example.com</member>\n"
        "    </Identities>\n"
        f"    <NextToken>{token}</NextToken>\n"
        "  </ListIdentitiesResult>\n"
    )
    assert _exactly(answer, "ListIdentities", result)


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("VerifyEmailIdentity", {"EmailAddress": "ann@example.com"}),
        ("DeleteIdentity", {"Identity": "ann@example.com"}),
    ],
)
def test_an_output_without_members_is_an_empty_result(
    account: Account, operation: str, parameters: dict[str, str]
) -> None:
    assert _exactly(account.query(operation, parameters), operation, f"  <{operation}Result/>\n")


@pytest.mark.parametrize("operation", ["VerifyEmailAddress", "DeleteVerifiedEmailAddress"])
def test_an_operation_without_output_in_the_model_has_no_result(account: Account, operation: str) -> None:
    assert _exactly(account.query(operation, EmailAddress="ann@example.com"), operation, "")


def test_a_refusal_has_its_id_beside_the_error(account: Account) -> None:
    answer = account.query("DeleteIdentity", Identity="foobar")
    message = "Identity foobar is invalid. Must be a verified email address or domain."
    assert answer.status == 400
    assert answer.body == xml.error_body(xml.request_id(answer), "InvalidParameterValue", message)


def test_an_invalid_action_is_refused_in_a_namespace_of_its_own(account: Account) -> None:
    answer = account.post(b"Action=GetSendQuota&Version=2009-10-16")
    message = "Could not find operation GetSendQuota for version 2009-10-16"
    expected = xml.error_body(xml.request_id(answer), "InvalidAction", message, ns=xml.FAULT_NAMESPACE)
    assert (answer.status, answer.body) == (400, expected)


def test_a_modelled_refusal_has_its_code_for_a_name_and_no_members_beside_the_message(account: Account) -> None:
    mail.verify(account, ANN)
    form = {"Source": ANN, "Destination.ToAddresses.member.1": BOB, "Message.Subject.Data": "Hi"}
    answer = account.query("SendEmail", {**form, "Message.Body.Text.Data": "Hello", "ConfigurationSetName": "nope"})
    message = "Configuration set &lt;nope&gt; does not exist."
    assert answer.status == 400
    assert answer.body == xml.error_body(xml.request_id(answer), "ConfigurationSetDoesNotExist", message)


def test_boto3_has_an_exception_for_each_code_that_the_model_declares_and_for_no_other(account: Account) -> None:
    client = account.client()
    with pytest.raises(client.exceptions.MessageRejected):
        mail.send(client)
    mail.verify(account, ANN)
    with pytest.raises(client.exceptions.ConfigurationSetDoesNotExistException):
        mail.send(client, ConfigurationSetName="nope")
    with pytest.raises(ClientError) as caught:
        client.delete_identity(Identity="foobar")
    assert type(caught.value) is ClientError


def test_an_operation_that_is_not_built_says_so_as_a_fault_of_the_server(new_database_url: str) -> None:
    dispatcher = Dispatcher(workers.contexts(new_database_url, OwnClock()), workers.ACCOUNT)
    nothing = ModuleType("nothing")
    nothing.OPERATIONS = {}  # type: ignore[attr-defined]
    dispatcher.operations = Operations(nothing)
    headers = {"Content-Type": aws.FORM}
    body = b"Action=ListIdentities&Version=2010-12-01"
    answer = dispatcher.call(
        HttpRequest("POST", "/", b"", lambda name: headers.get(name, ""), body, "127.0.0.1", False)
    )
    text = "ses-emulator does not implement ListIdentities yet; /_emulator/coverage lists what it does."
    assert answer.body == xml.error_body(answer.request_id, "NotImplemented", text, kind="Receiver")
    assert answer.status == 501


def test_a_failure_that_nobody_foresaw_is_an_internal_failure_and_the_server_goes_on(
    start: Callable[..., Account], new_database_url: str
) -> None:
    account = start()
    no_time = 2**62
    row = {"account_id": account.account_id, "region": account.region, "identity": ANN, "identity_type": "EmailAddress"}
    engine = create_engine(new_database_url)
    with engine.begin() as connection:
        connection.execute(insert(schema.identities), [{**row, "created_at": no_time, "started_at": no_time}])
    engine.dispose()
    answer = account.query("ListIdentities")
    message = "We encountered an internal error. Please try again."
    expected = xml.error_body(xml.request_id(answer), "InternalFailure", message, kind="Receiver")
    assert (answer.status, answer.body) == (500, expected)
    assert answer.headers["x-amzn-requestid"] == xml.request_id(answer)
    account.query("DeleteIdentity", Identity=ANN)
    assert account.query("ListIdentities").status == 200


def test_a_refusal_without_a_message_has_no_message_element(account: Account) -> None:
    answer = account.query("ListIdentities", MaxItems="abc")
    assert (answer.status, answer.body) == (400, xml.error_body(xml.request_id(answer), "MalformedInput", None))


def test_boto3_says_unknown_of_a_refusal_without_a_message(account: Account) -> None:
    with pytest.raises(ClientError, match=r"\(MalformedInput\) when calling the ListIdentities operation.*: Unknown$"):
        account.client().list_identities(MaxItems=2**31)


def test_markup_in_a_text_is_escaped(account: Account) -> None:
    answer = account.query("DeleteIdentity", Identity="<&>'\"]]>")
    message = "Identity &lt;&amp;&gt;'\"]]&gt; is invalid. Must be a verified email address or domain."
    assert answer.body == xml.error_body(xml.request_id(answer), "InvalidParameterValue", message)
    account.query("VerifyEmailIdentity", EmailAddress="a&b@example.com")
    assert b"<member>a&amp;b@example.com</member>" in account.query("ListIdentities").body


def test_characters_that_xml_cannot_hold_are_replaced(account: Account) -> None:
    answer = account.query("VerifyEmailIdentity", EmailAddress="a\x01\x1f\ufffe@example.com")
    assert xml.refusal(answer)[2] == "Invalid email address<a\ufffd\ufffd\ufffd@example.com>."


def test_letters_of_any_script_come_back_as_they_were(account: Account) -> None:
    address = "анна.ü.日本.😀@пример.рф"
    account.client().verify_email_identity(EmailAddress=address)
    assert account.client().list_identities()["Identities"] == [address]
    attributes = account.client().get_identity_verification_attributes(Identities=[address])
    assert attributes["VerificationAttributes"] == {address: {"VerificationStatus": "Pending"}}


def test_line_ends_in_a_text_survive_the_parser(account: Account) -> None:
    answer = account.query("DeleteIdentity", Identity="a\r\nb\tc")
    text = "Identity a\r\nb\tc is invalid. Must be a verified email address or domain."
    assert xml.refusal(answer)[2] == text
