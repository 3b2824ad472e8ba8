"""Every refusal SES can give, once. Code and HTTP status come from AWS's model or its list of common errors."""

from typing import ClassVar


class SesError(Exception):
    """A refusal; the keywords fill its message and are the members that AWS's model gives the error."""

    v1: ClassVar[str]  # the error's shape in the model, or a common code
    template: ClassVar[str]

    def __init__(self, **members: str) -> None:
        self.members = members
        self.message = self.template.format(**members)
        super().__init__(self.message)


class InvalidParameterValue(SesError):
    """A value that the shape allows and SES does not."""

    v1 = "InvalidParameterValue"
    template = "{text}"

    def __init__(self, text: str) -> None:
        super().__init__(text=text)


class InvalidEmailAddress(SesError):
    """Source: VerifyEmailIdentity, recorded: no space before the bracket."""

    v1 = "InvalidParameterValue"
    template = "Invalid email address<{address}>."


class EmailAddressNotSpecified(SesError):
    """Source: recorded for a blank address."""

    v1 = "InvalidParameterValue"
    template = "Email address not specified."


class InvalidDomainName(SesError):
    """Source: VerifyDomainIdentity, recorded."""

    v1 = "InvalidParameterValue"
    template = "Invalid domain name {domain}."


class InvalidIdentity(SesError):
    """Source: DeleteIdentity of a name without `@` and dot, recorded."""

    v1 = "InvalidParameterValue"
    template = "Identity {identity} is invalid. Must be a verified email address or domain."


class InvalidMaxItems(SesError):
    """Source: ListIdentities, recorded."""

    v1 = "InvalidParameterValue"
    template = "Value {value} for parameter MaxItems is invalid. MaxItems must be between 1 and {maximum}."


class InvalidNextToken(SesError):
    """Source: ListIdentities, recorded."""

    v1 = "InvalidParameterValue"
    template = "Invalid NextToken <{token}>."


class TooManyIdentities(SesError):
    """Unverified: no recording of a Get...Attributes call with more than 100."""

    v1 = "InvalidParameterValue"
    template = "Too many identities. The maximum is {maximum}."


class IdentityLimitExceeded(SesError):
    """Unverified: code and text at the limit of identities in a region."""

    v1 = "LimitExceededException"
    template = "Cannot have more than {maximum} identities."


class InvalidArn(SesError):
    """Source: SourceArn of a send, recorded."""

    v1 = "InvalidParameterValue"
    template = "Invalid ARN <{arn}>."


class MissingRequiredHeader(SesError):
    """Source: sends without a recipient or a sender, recorded."""

    v1 = "InvalidParameterValue"
    template = "Missing required header '{name}'."


class RecipientCountExceeded(SesError):
    """Source: a send to 51 addresses, recorded."""

    v1 = "InvalidParameterValue"
    template = "Recipient count exceeds {maximum}."


class MessageTooLong(SesError):
    """Source: a send of 24 MB, recorded."""

    v1 = "InvalidParameterValue"
    template = "Message length is more than {maximum} bytes long: '{length}'."


class IllegalFilename(SesError):
    """Unverified: the text; that such attachments are refused is documented."""

    v1 = "InvalidParameterValue"
    template = "Illegal filename '{filename}'."


class TagNameMissing(SesError):
    """Source: recorded."""

    v1 = "InvalidParameterValue"
    template = "The tag name must be specified."


class TagNameTooLong(SesError):
    """Source: recorded."""

    v1 = "InvalidParameterValue"
    template = "Tag name cannot exceed {maximum} characters."


class InvalidTagName(SesError):
    """Source: recorded, with its two spaces."""

    v1 = "InvalidParameterValue"
    template = "Invalid tag name <{name}>: only alphanumeric ASCII characters, '_',  '-' are allowed."


class TagValueMissing(SesError):
    """Source: recorded."""

    v1 = "InvalidParameterValue"
    template = "The tag value must be specified."


class TagValueTooLong(SesError):
    """Source: recorded."""

    v1 = "InvalidParameterValue"
    template = "Tag value cannot exceed {maximum} characters."


class InvalidTagValue(SesError):
    """Source: recorded, with its spaces."""

    v1 = "InvalidParameterValue"
    template = "Invalid tag value <{value}>: only alphanumeric ASCII characters, '_',  '-' , '.', '@' are allowed."


class IdentitiesNotVerified(SesError):
    """Source: recorded; the region in capitals, the identities as they were given."""

    v1 = "MessageRejected"
    template = "Email address is not verified. The following identities failed the check in region {region}: {failed}"


class ConfigurationSetDoesNotExist(SesError):
    """Source: recorded for management calls. Unverified: the same text for sends."""

    v1 = "ConfigurationSetDoesNotExistException"
    template = "Configuration set <{ConfigurationSetName}> does not exist."


class SendNotAuthorized(SesError):
    """Source: recorded; a backtick opens each quotation and an apostrophe closes it."""

    v1 = "AccessDenied"
    template = "User `{user}' is not authorized to perform `ses:{action}' on resource `{resource}'"
