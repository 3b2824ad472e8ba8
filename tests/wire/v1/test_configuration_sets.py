"""Configuration sets: created, described, listed and deleted."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import create_engine, insert

from emulator.store import schema
from tests.support import aws, configuration_sets, xml
from tests.support.aws import Account, Answer, refusal
from tests.support.configuration_sets import ATTRIBUTES, NAME, constraint, described, missing, names

OPENED = '<{operation}Response xmlns="http://ses.amazonaws.com/doc/2010-12-01/">\n'
METADATA = "  <ResponseMetadata>\n    <RequestId>{request_id}</RequestId>\n  </ResponseMetadata>\n"
EXISTS = ("ConfigurationSetAlreadyExists", f"Configuration set <{NAME}> already exists.", 400)
TAKES_A_NAME: dict[str, dict[str, object]] = {
    "delete_configuration_set": {},
    "describe_configuration_set": {},
    "delete_configuration_set_event_destination": {"EventDestinationName": "d"},
    "delete_configuration_set_tracking_options": {},
    "put_configuration_set_delivery_options": {},
    "update_configuration_set_reputation_metrics_enabled": {"Enabled": True},
    "update_configuration_set_sending_enabled": {"Enabled": False},
}


def _answer(answer: Answer, operation: str, result: str) -> None:
    metadata = METADATA.format(request_id=xml.request_id(answer))
    expected = f"{OPENED.format(operation=operation)}{result}{metadata}</{operation}Response>\n"
    assert (answer.status, answer.text) == (200, expected)


def _create(account: Account, name: str) -> tuple[str, str, int]:
    return refusal(account.client().create_configuration_set, ConfigurationSet={"Name": name})


# ---- the bytes of answers


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("CreateConfigurationSet", {"ConfigurationSet.Name": "other"}),
        ("DeleteConfigurationSet", {"ConfigurationSetName": NAME}),
        ("PutConfigurationSetDeliveryOptions", {"ConfigurationSetName": NAME, "DeliveryOptions.TlsPolicy": "Require"}),
    ],
)
def test_a_change_is_answered_with_an_empty_result(
    account: Account, operation: str, parameters: dict[str, str]
) -> None:
    configuration_sets.create(account)
    _answer(account.query(operation, parameters), operation, f"  <{operation}Result/>\n")


@pytest.mark.parametrize(
    "operation", ["UpdateConfigurationSetSendingEnabled", "UpdateConfigurationSetReputationMetricsEnabled"]
)
def test_two_operations_have_no_result(account: Account, operation: str) -> None:
    configuration_sets.create(account)
    _answer(account.query(operation, ConfigurationSetName=NAME, Enabled="true"), operation, "")


def test_without_attributes_only_the_name_is_described(account: Account) -> None:
    configuration_sets.create(account)
    configuration_sets.add(account)
    expected = (
        "  <DescribeConfigurationSetResult>\n"
        "    <ConfigurationSet>\n"
        f"      <Name>{NAME}</Name>\n"
        "    </ConfigurationSet>\n"
        "  </DescribeConfigurationSetResult>\n"
    )
    operation = "DescribeConfigurationSet"
    _answer(account.query(operation, ConfigurationSetName=NAME), operation, expected)
    _answer(account.query(operation, ConfigurationSetName=NAME, ConfigurationSetAttributeNames=""), operation, expected)


def test_all_that_a_set_can_have_is_described_in_the_order_of_the_model(start: Callable[..., Account]) -> None:
    account = start(verified_identities="track.example.com")
    account.inspect("PUT", "/clock", {"now": "2026-03-12T17:13:21.662Z", "frozen": True})
    client = configuration_sets.create(account)
    for enabled in (False, True):
        client.update_configuration_set_sending_enabled(ConfigurationSetName=NAME, Enabled=enabled)
    client.put_configuration_set_delivery_options(ConfigurationSetName=NAME, DeliveryOptions={"TlsPolicy": "Require"})
    client.create_configuration_set_tracking_options(
        ConfigurationSetName=NAME, TrackingOptions={"CustomRedirectDomain": "track.example.com"}
    )
    configuration_sets.add(account, "sns")
    asked = {f"ConfigurationSetAttributeNames.member.{n}": name for n, name in enumerate(reversed(ATTRIBUTES), 1)}
    answer = account.query("DescribeConfigurationSet", {"ConfigurationSetName": NAME, **asked})
    expected = (
        "  <DescribeConfigurationSetResult>\n"
        "    <ConfigurationSet>\n"
        f"      <Name>{NAME}</Name>\n"
        "    </ConfigurationSet>\n"
        "    <EventDestinations>\n"
        "      <member>\n"
        "        <Name>sns</Name>\n"
        "        <Enabled>true</Enabled>\n"
        "        <MatchingEventTypes>\n"
        "          <member>bounce</member>\n"
        "          <member>send</member>\n"
        "        </MatchingEventTypes>\n"
        "        <SNSDestination>\n"
        f"          <TopicARN>{configuration_sets.TOPIC}</TopicARN>\n"
        "        </SNSDestination>\n"
        "      </member>\n"
        "    </EventDestinations>\n"
        "    <TrackingOptions>\n"
        "      <CustomRedirectDomain>track.example.com</CustomRedirectDomain>\n"
        "    </TrackingOptions>\n"
        "    <DeliveryOptions>\n"
        "      <TlsPolicy>Require</TlsPolicy>\n"
        "    </DeliveryOptions>\n"
        "    <ReputationOptions>\n"
        "      <SendingEnabled>true</SendingEnabled>\n"
        "      <ReputationMetricsEnabled>false</ReputationMetricsEnabled>\n"
        "      <LastFreshStart>2026-03-12T17:13:21.662Z</LastFreshStart>\n"
        "    </ReputationOptions>\n"
        "  </DescribeConfigurationSetResult>\n"
    )
    _answer(answer, "DescribeConfigurationSet", expected)


def test_of_a_new_set_what_it_does_not_have_is_left_out(account: Account) -> None:
    configuration_sets.create(account)
    asked = {f"ConfigurationSetAttributeNames.member.{n}": name for n, name in enumerate(ATTRIBUTES, 1)}
    answer = account.query("DescribeConfigurationSet", {"ConfigurationSetName": NAME, **asked})
    expected = (
        "  <DescribeConfigurationSetResult>\n"
        "    <ConfigurationSet>\n"
        f"      <Name>{NAME}</Name>\n"
        "    </ConfigurationSet>\n"
        "    <EventDestinations/>\n"
        "    <ReputationOptions>\n"
        "      <SendingEnabled>true</SendingEnabled>\n"
        "      <ReputationMetricsEnabled>false</ReputationMetricsEnabled>\n"
        "    </ReputationOptions>\n"
        "  </DescribeConfigurationSetResult>\n"
    )
    _answer(answer, "DescribeConfigurationSet", expected)


def test_an_account_without_sets_has_an_empty_list(account: Account) -> None:
    operation = "ListConfigurationSets"
    expected = "  <ListConfigurationSetsResult>\n    <ConfigurationSets/>\n  </ListConfigurationSetsResult>\n"
    _answer(account.query(operation), operation, expected)


def test_a_refusal_has_no_members_but_type_code_and_message(account: Account) -> None:
    configuration_sets.create(account)
    refused = {
        "DescribeConfigurationSet": ({"ConfigurationSetName": "nobody"}, missing("nobody")),
        "CreateConfigurationSet": ({"ConfigurationSet.Name": NAME}, EXISTS),
        "DeleteConfigurationSetEventDestination": (
            {"ConfigurationSetName": NAME, "EventDestinationName": "d"},
            ("EventDestinationDoesNotExist", f"No EventDestination found for {NAME}", 400),
        ),
    }
    for operation, (parameters, (code, text, status)) in refused.items():
        answer = account.query(operation, parameters)
        escaped = text.replace("<", "&lt;").replace(">", "&gt;")
        assert answer.status == status
        assert answer.body == xml.error_body(xml.request_id(answer), code, escaped)


# ---- CreateConfigurationSet


def test_a_name_can_be_taken_only_once(account: Account) -> None:
    client = configuration_sets.create(account)
    client.update_configuration_set_sending_enabled(ConfigurationSetName=NAME, Enabled=False)
    assert _create(account, NAME) == EXISTS
    assert described(account)["ReputationOptions"]["SendingEnabled"] is False


def test_case_makes_another_name(account: Account) -> None:
    configuration_sets.create(account, "my-set", "My-Set")
    assert names(account) == ["my-set", "My-Set"]
    assert described(account, "My-Set")["ConfigurationSet"] == {"Name": "My-Set"}
    assert refusal(account.client().describe_configuration_set, ConfigurationSetName="MY-SET") == missing("MY-SET")


@pytest.mark.parametrize("name", ["", " ", "a b", "a.b", "é", "a\n", "set/1", "a@b", "<&>", "a" * 70 + "!"])
def test_a_name_has_letters_digits_and_dashes(account: Account, name: str) -> None:
    text = f"Invalid configuration set name <{name}>: only alphanumeric ASCII characters, '_', and '-' are allowed."
    assert _create(account, name) == ("InvalidConfigurationSet", text, 400)
    assert names(account) == []


def test_a_name_has_at_most_64_characters(account: Account) -> None:
    configuration_sets.create(account, "n" * 64, "_", "-", "0")
    text = "Configuration set name cannot exceed 64 characters."
    assert _create(account, "n" * 65) == ("InvalidConfigurationSet", text, 400)
    assert names(account) == ["n" * 64, "_", "-", "0"]


def test_a_set_without_a_name_is_none(account: Account) -> None:
    where = {"": "", "ConfigurationSet.Nmae": ".name", "ConfigurationSet": ".name"}
    for given, path in where.items():
        answer = account.query("CreateConfigurationSet", {given: "x"} if given else {})
        code, text, status = constraint(f"configurationSet{path}", "Member must not be null")
        assert xml.refusal(answer) == (status, code, text)


def test_callers_who_create_the_same_set_at_once_succeed_once(start: Callable[..., Account]) -> None:
    account = start(workers=2)

    def create(number: int) -> str | None:
        return xml.code(account.query("CreateConfigurationSet", {"ConfigurationSet.Name": f"s{number // 8}"}))

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(create, range(64)))
    assert sorted(filter(None, codes)) == ["ConfigurationSetAlreadyExists"] * 56
    assert sorted(names(account)) == [f"s{number}" for number in range(8)]


# ---- a set that is not there


@pytest.mark.parametrize("operation", TAKES_A_NAME)
@pytest.mark.parametrize("name", ["nobody", "", "No Body", "é" * 300])
def test_an_unknown_set_is_told_by_name(account: Account, operation: str, name: str) -> None:
    configuration_sets.create(account)
    call = getattr(account.client(), operation)
    assert refusal(call, ConfigurationSetName=name, **TAKES_A_NAME[operation]) == missing(name)


@pytest.mark.parametrize("operation", TAKES_A_NAME)
def test_a_call_that_names_no_set_is_refused(account: Account, operation: str) -> None:
    action = "".join(word.title() for word in operation.split("_"))
    others = dict.fromkeys(TAKES_A_NAME[operation], "true")
    code, text, status = constraint("configurationSetName", "Member must not be null")
    assert xml.refusal(account.query(action, others)) == (status, code, text)


# ---- DescribeConfigurationSet


def test_only_what_is_asked_for_is_described(account: Account) -> None:
    configuration_sets.create(account)
    assert set(described(account, NAME, "eventDestinations")) == {"ConfigurationSet", "EventDestinations"}
    assert set(described(account, NAME, "reputationOptions")) == {"ConfigurationSet", "ReputationOptions"}
    assert set(described(account, NAME, "deliveryOptions", "trackingOptions")) == {"ConfigurationSet"}


@pytest.mark.parametrize("names", [("Name",), ("EventDestinations",), ("",), ("eventDestinations", "a", "b")])
def test_attributes_that_are_none_are_refused_once_and_before_the_set(account: Account, names: tuple[str, ...]) -> None:
    asked = {f"ConfigurationSetAttributeNames.member.{n}": name for n, name in enumerate(names, 1)}
    answer = account.query("DescribeConfigurationSet", {"ConfigurationSetName": "nobody", **asked})
    values = f"Member must satisfy enum value set: [{', '.join(ATTRIBUTES)}]"
    code, text, status = constraint("configurationSetAttributeNames", f"Member must satisfy constraint: [{values}]")
    assert xml.refusal(answer) == (status, code, text)


# ---- DeleteConfigurationSet


def test_a_deleted_set_is_unknown_and_a_new_one_of_its_name_has_nothing_of_it(account: Account) -> None:
    client = configuration_sets.create(account)
    configuration_sets.add(account)
    client.put_configuration_set_delivery_options(ConfigurationSetName=NAME, DeliveryOptions={"TlsPolicy": "Require"})
    client.update_configuration_set_sending_enabled(ConfigurationSetName=NAME, Enabled=False)
    client.delete_configuration_set(ConfigurationSetName=NAME)
    assert refusal(client.describe_configuration_set, ConfigurationSetName=NAME) == missing(NAME)
    assert refusal(client.delete_configuration_set, ConfigurationSetName=NAME) == missing(NAME)
    configuration_sets.create(account)
    assert described(account) == {
        "ConfigurationSet": {"Name": NAME},
        "EventDestinations": [],
        "ReputationOptions": {"SendingEnabled": True, "ReputationMetricsEnabled": False},
    }


# ---- ListConfigurationSets


def test_sets_are_listed_by_name_alone_in_the_order_of_their_creation(account: Account) -> None:
    client = configuration_sets.create(account, "b", "a", "C")
    answer = client.list_configuration_sets()
    assert answer["ConfigurationSets"] == [{"Name": "b"}, {"Name": "a"}, {"Name": "C"}]
    assert "NextToken" not in answer


def test_pages_continue_where_they_ended(account: Account) -> None:
    client = configuration_sets.create(account, *"abcde")
    first = client.list_configuration_sets(MaxItems=2)
    client.delete_configuration_set(ConfigurationSetName="c")
    second = client.list_configuration_sets(MaxItems=2, NextToken=first["NextToken"])
    assert second["ConfigurationSets"] == [{"Name": "d"}, {"Name": "e"}]
    assert "NextToken" not in second
    pages = client.get_paginator("list_configuration_sets")
    assert [p["ConfigurationSets"] for p in pages.paginate(PaginationConfig={"PageSize": 3})] == [
        [{"Name": "a"}, {"Name": "b"}, {"Name": "d"}],
        [{"Name": "e"}],
    ]


def test_at_most_a_thousand_of_at_most_ten_thousand_come_at_a_time(
    start: Callable[..., Account], new_database_url: str
) -> None:
    account = start()
    row = {"account_id": account.account_id, "region": "us-east-1", "created_at": 0}
    options = {"sending_enabled": True, "reputation_metrics_enabled": False}
    engine = create_engine(new_database_url)
    with engine.begin() as connection:
        rows = [{**row, **options, "name": f"s{number}"} for number in range(10_000)]
        connection.execute(insert(schema.configuration_sets), rows)
    engine.dispose()
    client = account.client()
    for asked in ({}, {"MaxItems": 1000}, {"MaxItems": 5_000}):
        answer = client.list_configuration_sets(**asked)
        assert [each["Name"] for each in answer["ConfigurationSets"]] == [f"s{number}" for number in range(1000)]
    assert names(account) == [f"s{number}" for number in range(10_000)]
    text = "Number of configuration sets exceeds the limit of 10000."
    assert _create(account, "one-more") == ("LimitExceeded", text, 400)
    assert _create(account, "s9999")[0] == "ConfigurationSetAlreadyExists"
    client.delete_configuration_set(ConfigurationSetName="s0")
    configuration_sets.create(account, "one-more")
    assert names(account)[-1] == "one-more"


@pytest.mark.parametrize("asked", [0, -1])
def test_less_than_one_cannot_be_listed(account: Account, asked: int) -> None:
    text = f"Value {asked} for parameter MaxItems is invalid. MaxItems must be between 1 and 1000."
    answer = refusal(account.client().list_configuration_sets, MaxItems=asked)
    assert answer == ("InvalidParameterValue", text, 400)


def test_a_token_of_another_list_region_or_account_does_not_continue_this_one(account: Account) -> None:
    client = configuration_sets.create(account, "a", "b")
    for number in range(2):
        client.verify_email_identity(EmailAddress=f"{number}@example.com")
    own = client.list_configuration_sets(MaxItems=1)["NextToken"]
    stranger, there = aws.new_account(account.url), account.elsewhere("eu-west-1")
    wrong = [(account, client.list_identities(MaxItems=1)["NextToken"]), (account, "x"), (stranger, own), (there, own)]
    for caller, token in wrong:
        answer = refusal(caller.client().list_configuration_sets, NextToken=token)
        assert answer == ("InvalidParameterValue", f"Invalid NextToken <{token}>.", 400)


# ---- whose sets


def test_sets_belong_to_one_account_in_one_region(account: Account) -> None:
    configuration_sets.create(account)
    for stranger in (account.elsewhere("eu-west-1"), aws.new_account(account.url)):
        assert names(stranger) == []
        assert refusal(stranger.client().describe_configuration_set, ConfigurationSetName=NAME) == missing(NAME)
        configuration_sets.create(stranger)
        stranger.client().delete_configuration_set(ConfigurationSetName=NAME)
    assert names(account) == [NAME]


def test_a_reset_takes_the_sets_along(account: Account) -> None:
    configuration_sets.create(account)
    configuration_sets.add(account)
    account.inspect("POST", "/reset")
    assert names(account) == []
    assert refusal(account.client().describe_configuration_set, ConfigurationSetName=NAME) == missing(NAME)
