"""Event destinations of configuration sets: which events are published, and where."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

from emulator.context import Context
from emulator.ses import configuration_sets, errors, limits, topics
from emulator.store import event_destinations as rows
from emulator.store.configuration_sets import ConfigurationSet
from emulator.store.event_destinations import EventDestination

SNS, FIREHOSE, CLOUDWATCH = "SNSDestination", "KinesisFirehoseDestination", "CloudWatchDestination"

EMAIL_HEADER = "emailHeader"
# Source: developer guide (documented): headers that are no dimension's.
RESERVED_HEADERS = frozenset({"received", "to", "from", "dkim-signature", "cc", "message-id", "return-path"})
# Source: API reference (documented).
_DIMENSION_NAME = re.compile(r"[A-Za-z0-9_:-]+\Z")
_DIMENSION_VALUE = re.compile(r"[A-Za-z0-9_@.-]+\Z")
# Source: documents of SNS, IAM and Firehose.
_TOPIC = re.compile(r"arn:aws[a-z-]*:sns:([a-z0-9-]+):[0-9]{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?\Z")
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]{1,576}\Z")
_STREAM = re.compile(r"arn:aws[a-z-]*:firehose:[a-z0-9-]+:[0-9]{12}:deliverystream/[A-Za-z0-9_.-]{1,64}\Z")


class Wanted(NamedTuple):
    """A destination as a call gives it: `blocks` are the model's blocks of the services that it names."""

    name: str
    enabled: bool
    matching_event_types: Sequence[str]
    blocks: Mapping[str, Mapping[str, Any]]


def create(ctx: Context, set_name: str, wanted: Wanted) -> None:
    """The set has the destination, and its topic the message that says so.

    Source: a set that is missing is told before the topic, recorded. Unverified: the order of the other checks.
    """
    _check(wanted)
    configuration_set = configuration_sets.held(ctx, set_name)
    if _named(ctx, configuration_set, wanted.name):
        raise errors.EventDestinationAlreadyExists(ConfigurationSetName=set_name, EventDestinationName=wanted.name)
    if len(rows.of_set(ctx.tx, configuration_set.seq)) >= limits.EVENT_DESTINATIONS_PER_SET:
        raise errors.EventDestinationLimitExceeded(maximum=str(limits.EVENT_DESTINATIONS_PER_SET))
    _reach(ctx, configuration_set, wanted)
    rows.insert(ctx.tx, configuration_set.seq, *wanted)


def update(ctx: Context, set_name: str, wanted: Wanted) -> None:
    """The set's destination of that name is as given, in all.

    Unverified: only where it publishes to is looked at again, and only if that is another place.
    """
    _check(wanted)
    configuration_set = configuration_sets.held(ctx, set_name)
    before = _required(ctx, configuration_set, wanted.name)
    if before.destination != wanted.blocks:
        _reach(ctx, configuration_set, wanted)
    rows.replace(ctx.tx, before.seq, *wanted[1:])


def delete(ctx: Context, set_name: str, name: str) -> None:
    """The set has no such destination any more. Source: a missing set is told first, recorded."""
    rows.delete(ctx.tx, _required(ctx, configuration_sets.held(ctx, set_name), name).seq)


def of_set(ctx: Context, configuration_set: ConfigurationSet) -> tuple[EventDestination, ...]:
    """The destinations of a set. Unverified: in the order of their creation."""
    return rows.of_set(ctx.tx, configuration_set.seq)


def wanting(ctx: Context, configuration_set_seq: int, event_type: str) -> list[EventDestination]:
    """The set's enabled destinations that want events of that type, by its v1 name."""
    destinations = rows.of_set(ctx.tx, configuration_set_seq)
    return [each for each in destinations if each.enabled and event_type in each.matching_event_types]


# ---- steps


def _named(ctx: Context, configuration_set: ConfigurationSet, name: str) -> EventDestination | None:
    return next((each for each in rows.of_set(ctx.tx, configuration_set.seq) if each.name == name), None)


def _required(ctx: Context, configuration_set: ConfigurationSet, name: str) -> EventDestination:
    found = _named(ctx, configuration_set, name)
    if found is None:
        names = {"ConfigurationSetName": configuration_set.name, "EventDestinationName": name}
        raise errors.EventDestinationDoesNotExist(**names)
    return found


def _check(wanted: Wanted) -> None:
    """Nothing, where the destination could be one of some set."""
    if not configuration_sets.NAME.match(wanted.name):
        raise errors.InvalidEventDestinationName(name=wanted.name)
    if len(wanted.name) > limits.EVENT_DESTINATION_NAME_LENGTH:
        raise errors.EventDestinationNameTooLong(maximum=str(limits.EVENT_DESTINATION_NAME_LENGTH))
    if not wanted.matching_event_types:
        raise errors.NoEventType
    if not wanted.blocks:
        raise errors.NoEventDestination
    if len(wanted.blocks) > 1:
        raise errors.SeveralEventDestinations
    if CLOUDWATCH in wanted.blocks:
        _check_dimensions(wanted.blocks[CLOUDWATCH]["DimensionConfigurations"])


def _check_dimensions(dimensions: Sequence[Mapping[str, str]]) -> None:
    if not dimensions:
        raise errors.NoDimensions
    if len(dimensions) > limits.DIMENSIONS_PER_DESTINATION:
        raise errors.TooManyDimensions(maximum=str(limits.DIMENSIONS_PER_DESTINATION))
    most = limits.DIMENSION_LENGTH
    for each in dimensions:
        name, value = each["DimensionName"], each["DefaultDimensionValue"]
        if not _DIMENSION_NAME.match(name) or len(name) > most:
            raise errors.InvalidDimensionName(name=name, maximum=str(most))
        if each["DimensionValueSource"] == EMAIL_HEADER and name.lower() in RESERVED_HEADERS:
            raise errors.DimensionOfReservedHeader(name=name)
        if not _DIMENSION_VALUE.match(value) or len(value) > most:
            raise errors.InvalidDimensionValue(value=value, maximum=str(most))


def _reach(ctx: Context, configuration_set: ConfigurationSet, wanted: Wanted) -> None:
    """Nothing, where SES could publish to the destination, as far as its name tells and its topic answers.

    Unverified: what is said of an ARN that is none. Ours: nobody is asked whether role and stream exist.
    """
    if FIREHOSE in wanted.blocks:
        block = wanted.blocks[FIREHOSE]
        if not _ROLE.match(block["IAMRoleARN"]):
            raise errors.IamRoleNotAssumed(arn=block["IAMRoleARN"])
        if not _STREAM.match(block["DeliveryStreamARN"]):
            raise errors.FirehoseStreamNotAccessed(arn=block["DeliveryStreamARN"])
    if SNS in wanted.blocks:
        _validate_topic(ctx, f"{configuration_set.name}/{wanted.name}", wanted.blocks[SNS]["TopicARN"])


def _validate_topic(ctx: Context, name: str, topic: str) -> None:
    """The topic, a Standard one in this region, has the message; where there is no SNS, it is recorded.

    Source: a topic elsewhere is not found, recorded; no FIFO topic, developer guide (documented).
    """
    from emulator.ses import event_documents  # with all that reads mail: no send needs it

    found = _TOPIC.match(topic)
    if found is None or found[1] != ctx.region:
        raise errors.SnsTopicNotFound(topic=topic)
    if found[2]:
        raise errors.SnsTopicNotPublishedTo(topic=topic)
    code = topics.refusal(ctx, name, topic, event_documents.TOPIC_VALIDATED)
    if code is not None:
        _refuse(topic, code)


def _refuse(topic: str, code: str) -> NoReturn:
    if code == "NotFound":
        raise errors.SnsTopicNotFound(topic=topic)
    if code.startswith("KMS"):
        raise errors.SnsTopicEncrypted(topic=topic)
    raise errors.SnsTopicNotPublishedTo(topic=topic)
