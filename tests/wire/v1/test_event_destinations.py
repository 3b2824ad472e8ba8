"""Event destinations: created, replaced and deleted; what they may be. Their topics have tests of their own."""

from typing import Any

import pytest

from tests.support import aws, configuration_sets, xml
from tests.support.aws import Account, refusal
from tests.support.configuration_sets import (
    DESTINATION,
    FIREHOSE,
    NAME,
    ROLE,
    SNS,
    STREAM,
    TOPIC,
    cloudwatch,
    constraint,
    destination,
    destinations,
    missing,
)

INVALID = "InvalidParameterValue"
CALLS = ["create", "update"]
TYPES = ["bounce", "click", "complaint", "delivery", "open", "reject", "renderingFailure", "send"]
DIMENSION = ("ses:configuration-set", "messageTag", "none")
NAME_CHARACTERS = "only 256 alphanumeric ASCII characters, '_', '-', and ':'"
VALUE_CHARACTERS = "only 256 alphanumeric ASCII characters, '_', '-', '@', and '.'"
NULL = "Member must not be null"
ONE_ONLY = (
    "Please provide only one destination with each request. Either a Firehose Destination or a Cloudwatch Destination "
    "or an SNS Destination or an EventBridge Destination."
)


@pytest.fixture
def account(account: Account) -> Account:
    """An account with a configuration set."""
    configuration_sets.create(account)
    return account


def _call(account: Account, call: str) -> Any:
    return getattr(account.client(), f"{call}_configuration_set_event_destination")


def _refused(account: Account, call: str, given: dict[str, Any], name: str = NAME) -> tuple[str, str, int]:
    return refusal(_call(account, call), ConfigurationSetName=name, EventDestination=given)


def _update(account: Account, given: dict[str, Any]) -> None:
    _call(account, "update")(ConfigurationSetName=NAME, EventDestination=given)


def _form(given: dict[str, str], name: str = NAME) -> dict[str, str]:
    return {"ConfigurationSetName": name, **{f"EventDestination.{key}": value for key, value in given.items()}}


def _absent(name: str) -> tuple[str, str, int]:
    return "EventDestinationDoesNotExist", f"No EventDestination found for {name}", 400


# ---- what is taken


@pytest.mark.parametrize(
    "blocks", [SNS, FIREHOSE, cloudwatch(DIMENSION), cloudwatch(("b", "emailHeader", "x@y.z"), ("a", "linkTag", "-"))]
)
def test_a_destination_is_given_back_as_it_was_given(account: Account, blocks: dict[str, Any]) -> None:
    given = destination(DESTINATION, *TYPES, **blocks)
    _call(account, "create")(ConfigurationSetName=NAME, EventDestination=given)
    assert destinations(account) == [given]


def test_what_is_not_said_to_be_enabled_is_not_and_a_type_said_twice_is_there_once(account: Account) -> None:
    given = {"Name": DESTINATION, "MatchingEventTypes": ["send", "open", "send"], **SNS}
    _call(account, "create")(ConfigurationSetName=NAME, EventDestination=given)
    assert destinations(account) == [{**given, "Enabled": False, "MatchingEventTypes": ["open", "send"]}]


def test_members_stand_in_the_order_of_the_model(account: Account) -> None:
    configuration_sets.add(account, "a", "open", **FIREHOSE)
    configuration_sets.add(account, "b", "open", **cloudwatch(DIMENSION))
    asked = {"ConfigurationSetName": NAME, "ConfigurationSetAttributeNames.member.1": "eventDestinations"}
    head = "        <Enabled>true</Enabled>\n        <MatchingEventTypes>\n          <member>open</member>\n"
    expected = (
        "      <member>\n        <Name>a</Name>\n"
        f"{head}        </MatchingEventTypes>\n"
        "        <KinesisFirehoseDestination>\n"
        f"          <IAMRoleARN>{ROLE}</IAMRoleARN>\n"
        f"          <DeliveryStreamARN>{STREAM}</DeliveryStreamARN>\n"
        "        </KinesisFirehoseDestination>\n"
        "      </member>\n"
        "      <member>\n        <Name>b</Name>\n"
        f"{head}        </MatchingEventTypes>\n"
        "        <CloudWatchDestination>\n"
        "          <DimensionConfigurations>\n"
        "            <member>\n"
        "              <DimensionName>ses:configuration-set</DimensionName>\n"
        "              <DimensionValueSource>messageTag</DimensionValueSource>\n"
        "              <DefaultDimensionValue>none</DefaultDimensionValue>\n"
        "            </member>\n"
        "          </DimensionConfigurations>\n"
        "        </CloudWatchDestination>\n"
        "      </member>\n"
    )
    assert (
        f"    <EventDestinations>\n{expected}    </EventDestinations>\n"
        in account.query("DescribeConfigurationSet", asked).text
    )


@pytest.mark.parametrize("call", [*CALLS, "delete"])
def test_each_change_is_answered_with_an_empty_result(account: Account, call: str) -> None:
    if call != "create":
        configuration_sets.add(account)
    operation = f"{call.title()}ConfigurationSetEventDestination"
    given = {"Name": DESTINATION, "MatchingEventTypes.member.1": "send", "SNSDestination.TopicARN": TOPIC}
    deleted = {"ConfigurationSetName": NAME, "EventDestinationName": DESTINATION}
    answer = account.query(operation, deleted if call == "delete" else _form(given))
    assert answer.text.startswith(f'<{operation}Response xmlns="{xml.NAMESPACE}">\n  <{operation}Result/>\n')


def test_an_update_replaces_all_but_the_name_and_the_place(account: Account) -> None:
    configuration_sets.add(account, "first")
    configuration_sets.add(account, "second", **FIREHOSE)
    given = {"Name": "first", "MatchingEventTypes": ["click"], **cloudwatch(DIMENSION)}
    _update(account, given)
    expected = {**given, "Enabled": False}
    assert destinations(account) == [expected, destination("second", "bounce", "send", **FIREHOSE)]
    _update(account, destination("first", "open"))
    assert destinations(account)[0] == destination("first", "open")


def test_a_deleted_destination_leaves_the_others_and_its_name_is_free(account: Account) -> None:
    for name in ("a", "b"):
        configuration_sets.add(account, name)
    _call(account, "delete")(ConfigurationSetName=NAME, EventDestinationName="a")
    assert [each["Name"] for each in destinations(account)] == ["b"]
    configuration_sets.add(account, "a", "open")
    assert [each["Name"] for each in destinations(account)] == ["b", "a"]


def test_each_set_has_destinations_of_its_own(account: Account) -> None:
    configuration_sets.create(account, "other")
    configuration_sets.add(account)
    configuration_sets.add(account, to="other")
    account.client().delete_configuration_set(ConfigurationSetName=NAME)
    assert [each["Name"] for each in destinations(account, "other")] == [DESTINATION]


# ---- what does not fit the model


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("types", [["Send"], ["bounce", "deliveryDelay"], ["subscription"], [""], ["a", "b", "c"]])
def test_types_that_are_none_are_refused_once_and_before_all_else(
    account: Account, call: str, types: list[str]
) -> None:
    values = "[click, bounce, send, open, complaint, delivery, renderingFailure, reject]"
    text = f"Member must satisfy constraint: [Member must satisfy enum value set: {values}]"
    expected = constraint("eventDestination.matchingEventTypes", text)
    assert _refused(account, call, {"Name": "a b", "MatchingEventTypes": types}, "nobody") == expected


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"MatchingEventTypes.member.1": "send"}, "name"),
        ({"Name": "d"}, "matchingEventTypes"),
        ({"Name": "d", "MatchingEventTypes": "", "SNSDestination": ""}, "sNSDestination.topicARN"),
        (
            {"Name": "d", "MatchingEventTypes": "", "KinesisFirehoseDestination.IAMRoleARN": ROLE},
            "kinesisFirehoseDestination.deliveryStreamARN",
        ),
        (
            {"Name": "d", "MatchingEventTypes": "", "CloudWatchDestination": ""},
            "cloudWatchDestination.dimensionConfigurations",
        ),
    ],
)
def test_a_member_that_is_missing_is_null(account: Account, call: str, given: dict[str, str], path: str) -> None:
    answer = account.query(f"{call.title()}ConfigurationSetEventDestination", _form(given, "nobody"))
    code, text, status = constraint(f"eventDestination.{path}", NULL)
    assert xml.refusal(answer) == (status, code, text)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("member", ["DimensionName", "DimensionValueSource", "DefaultDimensionValue"])
def test_a_dimension_has_all_three_members(account: Account, call: str, member: str) -> None:
    start = "CloudWatchDestination.DimensionConfigurations.member.1"
    members = {"DimensionName": "a", "DimensionValueSource": "linkTag", "DefaultDimensionValue": "b"}
    given = {f"{start}.{name}": value for name, value in members.items() if name != member}
    form = _form({"Name": "d", "MatchingEventTypes.member.1": "send", **given})
    answer = account.query(f"{call.title()}ConfigurationSetEventDestination", form)
    where = "eventDestination.cloudWatchDestination.dimensionConfigurations.1.member"
    code, text, status = constraint(f"{where}.{member[0].lower()}{member[1:]}", NULL)
    assert xml.refusal(answer) == (status, code, text)


@pytest.mark.parametrize("call", CALLS)
def test_the_source_of_a_dimension_is_one_of_three(account: Account, call: str) -> None:
    given = destination(**cloudwatch(DIMENSION, ("a", "messagetag", "b")))
    where = "eventDestination.cloudWatchDestination.dimensionConfigurations.2.member.dimensionValueSource"
    text = "Member must satisfy enum value set: [messageTag, emailHeader, linkTag]"
    assert _refused(account, call, given) == constraint(where, text)


# ---- what SES does not allow, in its order


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("name", ["", " ", "a b", "é", "a.b", "a\n", "x" * 65 + "!"])
def test_a_name_has_letters_digits_and_dashes(account: Account, call: str, name: str) -> None:
    text = f"Invalid event destination name <{name}>: only alphanumeric ASCII characters, '_', and '-' are allowed."
    assert _refused(account, call, {"Name": name, "MatchingEventTypes": []}, "nobody") == (INVALID, text, 400)


@pytest.mark.parametrize("call", CALLS)
def test_a_name_has_at_most_64_characters(account: Account, call: str) -> None:
    text = "Event destination name cannot exceed 64 characters."
    given = {"Name": "d" * 65, "MatchingEventTypes": []}
    assert _refused(account, call, given, "nobody") == (INVALID, text, 400)
    if call == "create":
        configuration_sets.add(account, "d" * 64)
        assert destinations(account)[0]["Name"] == "d" * 64


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"MatchingEventTypes": []}, "At least one event type must be specified."),
        ({"MatchingEventTypes": ["send"]}, "Event destination is not provided."),
        ({"MatchingEventTypes": ["send"], **SNS, **FIREHOSE}, ONE_ONLY),
        ({"MatchingEventTypes": ["send"], **SNS, **cloudwatch()}, ONE_ONLY),
    ],
)
def test_types_come_first_then_that_there_is_one_destination(
    account: Account, call: str, given: dict[str, Any], text: str
) -> None:
    assert _refused(account, call, {"Name": "d", **given}, "nobody") == (INVALID, text, 400)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("dimensions", "text"),
    [
        ([], "CloudWatch metrics dimension configuration list cannot be empty."),
        ([("a", "linkTag", "b")] * 11, "Number of CloudWatch metrics dimensions exceeds the limit of 10."),
        *(
            ([DIMENSION, (name, "messageTag", " ")], f"Invalid dimension name <{name}>: {NAME_CHARACTERS} are allowed.")
            for name in ("", "a b", "é", "a.b", "a\n", "n" * 257)
        ),
        *(
            ([("n", "linkTag", value)], f"Invalid default dimension value <{value}>: {VALUE_CHARACTERS} are allowed.")
            for value in ("", "a b", "é", "a:b", "a\n", "v" * 257)
        ),
        *(
            (
                [(name, "emailHeader", "v")],
                f"Invalid dimension name <{name}>: the header cannot be the source of a dimension.",
            )
            for name in ("To", "from", "CC", "Message-ID", "Return-Path", "Received", "DKIM-Signature")
        ),
    ],
)
def test_dimensions_are_looked_at_before_the_set(
    account: Account, call: str, dimensions: list[tuple[str, str, str]], text: str
) -> None:
    given = destination(**cloudwatch(*dimensions))
    assert _refused(account, call, given, "nobody") == ("InvalidCloudWatchDestination", text, 400)


def test_there_may_be_ten_dimensions_of_256_characters(account: Account) -> None:
    long = [(f"{number}" + ":" * 255, "messageTag", "@" * 256) for number in range(8)]
    blocks = cloudwatch(*long, ("To", "messageTag", "x"), ("subject", "emailHeader", "x"))
    configuration_sets.add(account, **blocks)
    assert destinations(account) == [destination(DESTINATION, "bounce", "send", **blocks)]


@pytest.mark.parametrize("call", [*CALLS, "delete"])
def test_a_set_that_is_missing_is_told_before_its_destination(account: Account, call: str) -> None:
    if call == "delete":
        answer = refusal(_call(account, call), ConfigurationSetName="nobody", EventDestinationName="d")
    else:
        answer = _refused(account, call, destination(), "nobody")
    assert answer == missing("nobody")


def test_a_destination_that_is_missing_is_told_by_the_name_of_its_set(account: Account) -> None:
    configuration_sets.create(account, "other")
    configuration_sets.add(account, to="other")
    delete = _call(account, "delete")
    for name in (DESTINATION, "", "é"):
        assert refusal(delete, ConfigurationSetName=NAME, EventDestinationName=name) == _absent(NAME)
    assert _refused(account, "update", destination(**FIREHOSE)) == _absent(NAME)
    assert destinations(account) == []


def test_the_names_of_a_set_are_each_taken_once(account: Account) -> None:
    configuration_sets.add(account)
    text = f"An event destination with name <{DESTINATION}> already exists for configuration set <{NAME}>."
    answer = _refused(account, "create", destination(DESTINATION, "open", **FIREHOSE))
    assert answer == ("EventDestinationAlreadyExists", text, 400)
    assert destinations(account) == [destination(DESTINATION, "bounce", "send")]
    configuration_sets.add(account, DESTINATION.upper())


def test_a_set_has_at_most_ten_destinations(account: Account) -> None:
    for number in range(10):
        configuration_sets.add(account, f"d{number}")
    text = "Number of event destinations exceeds the limit of 10."
    assert _refused(account, "create", destination("d10")) == ("LimitExceeded", text, 400)
    assert _refused(account, "create", destination("d9"))[0] == "EventDestinationAlreadyExists"
    _update(account, destination("d9", "open"))
    _call(account, "delete")(ConfigurationSetName=NAME, EventDestinationName="d0")
    configuration_sets.add(account, "d10")


@pytest.mark.parametrize("arn", ["", "x", ROLE.replace("role", "user"), ROLE.replace("arn:", ""), f"{ROLE} "])
def test_what_is_no_role_cannot_be_assumed(account: Account, arn: str) -> None:
    blocks: dict[str, Any] = {"KinesisFirehoseDestination": {"IAMRoleARN": arn, "DeliveryStreamARN": "x"}}
    answer = _refused(account, "create", destination(**blocks))
    assert answer == ("InvalidFirehoseDestination", f"Could not assume IAM role <{arn}>.", 400)
    assert destinations(account) == []


@pytest.mark.parametrize("arn", ["", "x", STREAM.replace("firehose", "kinesis"), f"{STREAM}/a", TOPIC])
def test_what_is_no_stream_cannot_be_accessed(account: Account, arn: str) -> None:
    configuration_sets.add(account)
    blocks: dict[str, Any] = {"KinesisFirehoseDestination": {"IAMRoleARN": ROLE, "DeliveryStreamARN": arn}}
    answer = _refused(account, "update", destination(**blocks))
    assert answer == ("InvalidFirehoseDestination", f"Could not access Kinesis Firehose Stream <{arn}>.", 400)
    assert destinations(account) == [destination(DESTINATION, "bounce", "send")]


def test_roles_have_paths_and_partitions_have_names(account: Account) -> None:
    role = "arn:aws-cn:iam::123456789012:role/service-role/a+b=c,d.e@f"
    stream = STREAM.replace("arn:aws:", "arn:aws-cn:").replace("us-east-1", "cn-north-1")
    blocks: dict[str, Any] = {"KinesisFirehoseDestination": {"IAMRoleARN": role, "DeliveryStreamARN": stream}}
    configuration_sets.add(account, **blocks)
    assert destinations(account)[0]["KinesisFirehoseDestination"] == blocks["KinesisFirehoseDestination"]


def test_destinations_of_another_account_are_not_there(account: Account) -> None:
    configuration_sets.add(account)
    stranger = aws.new_account(account.url)
    configuration_sets.create(stranger)
    assert destinations(stranger) == []
    delete = _call(stranger, "delete")
    assert refusal(delete, ConfigurationSetName=NAME, EventDestinationName=DESTINATION) == _absent(NAME)
    assert len(destinations(account)) == 1
