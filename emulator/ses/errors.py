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
    """Source: DeleteIdentity of a name without `@` and dot, and notification attributes of unknown ones, recorded."""

    v1 = "InvalidParameterValue"
    template = "Identity {identity} is invalid. Must be a verified email address or domain."


class InvalidIdentityForHeaders(SesError):
    """Source: SetIdentityHeadersInNotificationsEnabled, recorded: "It must", unlike its siblings."""

    v1 = "InvalidParameterValue"
    template = "Identity {identity} is invalid. It must be a verified email address or domain."


class InvalidNotificationTopic(SesError):
    """Source: SetIdentityNotificationTopic of an empty topic, recorded. Unverified: the end of it for other topics."""

    v1 = "InvalidParameterValue"
    template = "SNS topic {topic} is invalid."


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


class ConfigurationSetAlreadyExists(SesError):
    """Source: CreateConfigurationSet of a name that is taken, recorded."""

    v1 = "ConfigurationSetAlreadyExistsException"
    template = "Configuration set <{ConfigurationSetName}> already exists."


class InvalidConfigurationSetName(SesError):
    """Source: of an event destination's name, recorded. Unverified: that it is said of a set's, and the code."""

    v1 = "InvalidConfigurationSetException"
    template = "Invalid configuration set name <{name}>: only alphanumeric ASCII characters, '_', and '-' are allowed."


class ConfigurationSetNameTooLong(SesError):
    """Source: of an event destination's name, recorded. Unverified: that it is said of a set's, and the code."""

    v1 = "InvalidConfigurationSetException"
    template = "Configuration set name cannot exceed {maximum} characters."


class ConfigurationSetLimitExceeded(SesError):
    """Unverified: the text; number and code are documented."""

    v1 = "LimitExceededException"
    template = "Number of configuration sets exceeds the limit of {maximum}."


class ConfigurationSetSendingPaused(SesError):
    """Source: the code, in AWS's model. Unverified: the text."""

    v1 = "ConfigurationSetSendingPausedException"
    template = "Sending is paused for configuration set {ConfigurationSetName}"


class TrackingOptionsNotSpecified(SesError):
    """Source: Create- and UpdateConfigurationSetTrackingOptions with a blank domain, recorded."""

    v1 = "InvalidTrackingOptionsException"
    template = "At least one field of TrackingOptions must contain a value."


class TrackingDomainNotVerified(SesError):
    """Source: Create- and UpdateConfigurationSetTrackingOptions, recorded."""

    v1 = "InvalidTrackingOptionsException"
    template = "Domain <{domain}> is not verified under this account."


class TrackingOptionsAlreadyExist(SesError):
    """Source: CreateConfigurationSetTrackingOptions, recorded."""

    v1 = "TrackingOptionsAlreadyExistsException"
    template = "Configuration set <{ConfigurationSetName}> already has tracking options."


class TrackingOptionsDoNotExist(SesError):
    """Source: Update- and DeleteConfigurationSetTrackingOptions, recorded, without a period."""

    v1 = "TrackingOptionsDoesNotExistException"
    template = "There are no tracking options for configuration set <{ConfigurationSetName}>"


class EventDestinationDoesNotExist(SesError):
    """Source: DeleteConfigurationSetEventDestination, recorded: it names the set. Unverified: of an update."""

    v1 = "EventDestinationDoesNotExistException"
    template = "No EventDestination found for {ConfigurationSetName}"


class EventDestinationAlreadyExists(SesError):
    """Source: recorded of SES v2. Unverified: the text of v1."""

    v1 = "EventDestinationAlreadyExistsException"
    template = (
        "An event destination with name <{EventDestinationName}> already exists for configuration set "
        "<{ConfigurationSetName}>."
    )


class EventDestinationLimitExceeded(SesError):
    """Unverified: the text; number and code are documented."""

    v1 = "LimitExceededException"
    template = "Number of event destinations exceeds the limit of {maximum}."


class InvalidEventDestinationName(SesError):
    """Source: recorded of SES v2. Unverified: the code of v1."""

    v1 = "InvalidParameterValue"
    template = "Invalid event destination name <{name}>: only alphanumeric ASCII characters, '_', and '-' are allowed."


class EventDestinationNameTooLong(SesError):
    """Source: recorded of SES v2. Unverified: the code of v1."""

    v1 = "InvalidParameterValue"
    template = "Event destination name cannot exceed {maximum} characters."


class NoEventType(SesError):
    """Source: recorded of SES v2. Unverified: the code of v1."""

    v1 = "InvalidParameterValue"
    template = "At least one event type must be specified."


class NoEventDestination(SesError):
    """Source: recorded of SES v2. Unverified: the code of v1."""

    v1 = "InvalidParameterValue"
    template = "Event destination is not provided."


class SeveralEventDestinations(SesError):
    """Source: recorded of SES v2, which has a destination more. Unverified: the code of v1."""

    v1 = "InvalidParameterValue"
    template = (
        "Please provide only one destination with each request. Either a Firehose Destination or a Cloudwatch "
        "Destination or an SNS Destination or an EventBridge Destination."
    )


class NoDimensions(SesError):
    """Source: recorded of SES v2. Unverified: the code of v1."""

    v1 = "InvalidCloudWatchDestinationException"
    template = "CloudWatch metrics dimension configuration list cannot be empty."


class TooManyDimensions(SesError):
    """Unverified: code and text; the number is documented."""

    v1 = "InvalidCloudWatchDestinationException"
    template = "Number of CloudWatch metrics dimensions exceeds the limit of {maximum}."


class InvalidDimensionName(SesError):
    """Unverified: the text; what a name may hold is documented."""

    v1 = "InvalidCloudWatchDestinationException"
    template = (
        "Invalid dimension name <{name}>: only {maximum} alphanumeric ASCII characters, '_', '-', and ':' are allowed."
    )


class DimensionOfReservedHeader(SesError):
    """Unverified: the text; which headers are none for dimensions is documented."""

    v1 = "InvalidCloudWatchDestinationException"
    template = "Invalid dimension name <{name}>: the header cannot be the source of a dimension."


class InvalidDimensionValue(SesError):
    """Unverified: the text; what a default value may hold is documented."""

    v1 = "InvalidCloudWatchDestinationException"
    template = (
        "Invalid default dimension value <{value}>: only {maximum} alphanumeric ASCII characters, '_', '-', '@', "
        "and '.' are allowed."
    )


class IamRoleNotAssumed(SesError):
    """Source: its first words, recorded of SES v2. Unverified: the rest, and the code of v1."""

    v1 = "InvalidFirehoseDestinationException"
    template = "Could not assume IAM role <{arn}>."


class FirehoseStreamNotAccessed(SesError):
    """Source: its first words, recorded of SES v2. Unverified: the rest, and the code of v1."""

    v1 = "InvalidFirehoseDestinationException"
    template = "Could not access Kinesis Firehose Stream <{arn}>."


class SnsTopicNotFound(SesError):
    """Source: CreateConfigurationSetEventDestination, recorded."""

    v1 = "InvalidSNSDestinationException"
    template = "SNS topic <{topic}> not found."


class SnsTopicNotPublishedTo(SesError):
    """Source: of a topic whose policy denies it, recorded. Unverified: of one that does not answer, or is FIFO."""

    v1 = "InvalidSNSDestinationException"
    template = "Could not publish message to SNS topic <{topic}>."


class SnsTopicEncrypted(SesError):
    """Source: its first words, recorded. Unverified: the rest."""

    v1 = "InvalidSNSDestinationException"
    template = "Access denied to KMS key of SNS topic <{topic}>."


class SendNotAuthorized(SesError):
    """Source: recorded; a backtick opens each quotation and an apostrophe closes it."""

    v1 = "AccessDenied"
    template = "User `{user}' is not authorized to perform `ses:{action}' on resource `{resource}'"


class InvalidPolicyName(SesError):
    """Source: PutIdentityPolicy, recorded."""

    v1 = "InvalidParameterValue"
    template = (
        "PolicyName is invalid. Policy names must only include alpha-numeric characters, dashes, and underscores."
    )


class InvalidPolicy(SesError):
    """Source: the code, recorded. Unverified: every text but that for a condition field."""

    v1 = "InvalidPolicyException"
    template = "{text}"

    def __init__(self, text: str) -> None:
        super().__init__(text=text)


class UnknownConditionField(SesError):
    """Source: PutIdentityPolicy, recorded; the field as it was spelt."""

    v1 = "InvalidPolicyException"
    template = "Unknown or unapplicable condition field '{field}'."


class TooManyPolicies(SesError):
    """Source: PutIdentityPolicy of a 21st policy, recorded; no period."""

    v1 = "InvalidParameterValue"
    template = "Number of policies for <{identity}> exceeds max allowed number of policies per resource"


class TooManyPolicyNames(SesError):
    """Unverified: no recording of GetIdentityPolicies with more than 20 names."""

    v1 = "InvalidParameterValue"
    template = "Too many policy names. The maximum is {maximum}."


class AccountSendingPaused(SesError):
    """Source: the code, in AWS's model. Unverified: the text."""

    v1 = "AccountSendingPausedException"
    template = "Account sending is disabled."


class AccountSuspended(SesError):
    """Source: sends of an account that AWS itself stopped, recorded."""

    v1 = "MessageRejected"
    template = (
        "Sending paused for this account. For more information, please check the inbox of the email address "
        "associated with your AWS account."
    )


class DailyQuotaExceeded(SesError):
    """Source: recorded as SMTP tells it. Unverified: that the API's text is the same."""

    v1 = "Throttling"
    template = "Daily message quota exceeded."


class SendRateExceeded(SesError):
    """Source: recorded; the status is 400, not 429."""

    v1 = "Throttling"
    template = "Maximum sending rate exceeded."


class CallRateExceeded(SesError):
    """Source: recorded of other services, without a period. Unverified: of SES."""

    v1 = "Throttling"
    template = "Rate exceeded"


class TemplateDoesNotExist(SesError):
    """Source: GetTemplate and SendTemplatedEmail of an unknown template, recorded: no brackets, no period."""

    v1 = "TemplateDoesNotExistException"
    template = "Template {TemplateName} does not exist"


class TemplateAlreadyExists(SesError):
    """Source: the code, recorded. Unverified: the text."""

    v1 = "AlreadyExistsException"
    template = "Template {Name} already exists"


class SubjectNotSpecified(SesError):
    """Source: CreateTemplate and UpdateTemplate without a subject, recorded."""

    v1 = "InvalidParameterValue"
    template = "The subject must be specified."


class InvalidTemplateName(SesError):
    """Unverified: that a name can be wrong, and the text."""

    v1 = "InvalidParameterValue"
    template = "Invalid template name <{TemplateName}>: only {maximum} ASCII letters, digits, '_' and '-' are allowed."


class InvalidTemplate(SesError):
    """Unverified: the text; that a template which cannot be rendered is refused is in AWS's model."""

    v1 = "InvalidTemplateException"
    template = "Template {TemplateName} is invalid: {part}: {fault}"


class TemplateTooLarge(SesError):
    """Unverified: code and text; the number is documented."""

    v1 = "InvalidTemplateException"
    template = "Template {TemplateName} is invalid: it is larger than {maximum} bytes"


class TemplateLimitExceeded(SesError):
    """Unverified: the text; number and code are documented."""

    v1 = "LimitExceededException"
    template = "Cannot have more than {maximum} templates."


class InvalidTemplateData(SesError):
    """Source: sends with data that is no JSON, recorded. Unverified: the code."""

    v1 = "InvalidParameterValue"
    template = "The template data is invalid."


class InvalidRenderingParameter(SesError):
    """Source: the code, for TestRenderTemplate with data that is no JSON, recorded. Unverified: the text."""

    v1 = "InvalidRenderingParameterException"
    template = "Template rendering data is invalid"


class MissingRenderingAttribute(SesError):
    """Source: TestRenderTemplate and Rendering Failure events, recorded."""

    v1 = "MissingRenderingAttributeException"
    template = "Attribute '{name}' is not present in the rendering data."


class RenderingFailed(SesError):
    """Unverified: what SES says of a text that grows without end, or the like."""

    v1 = "InvalidRenderingParameterException"
    template = "{fault}"


class CustomVerificationTemplateExists(SesError):
    """Source: CreateCustomVerificationEmailTemplate, recorded: with the brackets, without a period."""

    v1 = "CustomVerificationEmailTemplateAlreadyExistsException"
    template = "Custom verification email template <{CustomVerificationEmailTemplateName}> already exists"


class CustomVerificationTemplateDoesNotExist(SesError):
    """Source: Get, Update and Delete of an unknown template, recorded."""

    v1 = "CustomVerificationEmailTemplateDoesNotExistException"
    template = "Custom verification email template <{CustomVerificationEmailTemplateName}> does not exist"


class VerificationTemplateDoesNotExist(SesError):
    """Source: SendCustomVerificationEmail, recorded: in fewer words than the other calls."""

    v1 = "CustomVerificationEmailTemplateDoesNotExistException"
    template = "Template <{CustomVerificationEmailTemplateName}> does not exist"


class CustomVerificationTemplateLimitExceeded(SesError):
    """Unverified: the text; number and code are documented."""

    v1 = "LimitExceededException"
    template = "Cannot have more than {maximum} custom verification email templates."


class TemplateMemberRequired(SesError):
    """Unverified: that a name, subject or content which is there but empty is refused, and how."""

    v1 = "InvalidParameterValue"
    template = "{member} is required."


class VerificationTemplateNameTooLong(SesError):
    """Unverified: that a name can be too long, and the text."""

    v1 = "InvalidParameterValue"
    template = "Template name cannot exceed {maximum} characters."


class FromEmailAddressNotVerified(SesError):
    """Source: Create- and UpdateCustomVerificationEmailTemplate, recorded."""

    v1 = "FromEmailAddressNotVerifiedException"
    template = "The from email address <{FromEmailAddress}> is not verified"


class TemplateSenderNotVerified(SesError):
    """Source: SendCustomVerificationEmail, recorded: the text of other sends under a code of its own."""

    v1 = "FromEmailAddressNotVerifiedException"
    template = (
        "Email address is not verified. The following identities failed the check in region {region}: "
        "{FromEmailAddress}"
    )


class InvalidRedirectionUrl(SesError):
    """Source: Create- and UpdateCustomVerificationEmailTemplate, recorded."""

    v1 = "InvalidParameterValue"
    template = "The {outcome} redirection URL is invalid"


class ProductionAccessNotGranted(SesError):
    """Unverified: the text; the code is documented for accounts in the sandbox."""

    v1 = "ProductionAccessNotGrantedException"
    template = "Production access is not granted to this account."


class NotVerifiedForDkim(SesError):
    """Source: SetIdentityDkimEnabled of an unknown domain, recorded."""

    v1 = "InvalidParameterValue"
    template = "Domain {domain} is not verified for DKIM signing."


class IdentityDoesNotExist(SesError):
    """Source: SetIdentityMailFromDomain of an unknown identity, recorded."""

    v1 = "InvalidParameterValue"
    template = "Identity <{identity}> does not exist."


class BlankMailFromDomain(SesError):
    """Unverified: the text for a MAIL FROM domain of nothing but spaces."""

    v1 = "InvalidParameterValue"
    template = "MailFromDomain must be a domain or an empty string to clear; whitespace is not accepted."


class MailFromDomainNotSubdomain(SesError):
    """Source: SetIdentityMailFromDomain, recorded, without the article."""

    v1 = "InvalidParameterValue"
    template = (
        "Provided MAIL-FROM domain <{mail_from_domain}> is not subdomain of the domain of the identity <{identity}>."
    )


class MailFromDomainNotVerifiedForIdentity(SesError):
    """Source: SetIdentityMailFromDomain, recorded."""

    v1 = "InvalidParameterValue"
    template = (
        "Provided MAIL-FROM domain <{mail_from_domain}> or its parents are not verified for identity <{identity}>."
    )


class MailFromDomainNotVerified(SesError):
    """Source: recorded as SMTP tells it. Unverified: that the API's text is the same."""

    v1 = "MailFromDomainNotVerifiedException"
    template = "DNS setup for MAIL FROM domain is invalid."


class RuleSetDoesNotExist(SesError):
    """Source: recorded."""

    v1 = "RuleSetDoesNotExistException"
    template = "Rule set does not exist: {Name}"


class RuleSetAlreadyExists(SesError):
    """Source: CreateReceiptRuleSet and CloneReceiptRuleSet, recorded."""

    v1 = "AlreadyExistsException"
    template = "Rule set already exists: {Name}"


class CannotDeleteActiveRuleSet(SesError):
    """Source: DeleteReceiptRuleSet, recorded."""

    v1 = "CannotDeleteException"
    template = "Cannot delete active rule set: {Name}"


class TooManyRuleSets(SesError):
    """Source: the code, in AWS's model; the number is documented. Unverified: the text."""

    v1 = "LimitExceededException"
    template = "Too many rule sets"


class InvalidRuleSetName(SesError):
    """Source: recorded."""

    v1 = "InvalidParameterValue"
    template = "Not a valid ruleSetName: {name}"


class InvalidToken(SesError):
    """Source: ListReceiptRuleSets, recorded."""

    v1 = "InvalidParameterValue"
    template = "Invalid token: {token}"


class SeveralPositions(SesError):
    """Source: ReorderReceiptRuleSet of a name given twice, even of no rule, recorded."""

    v1 = "InvalidParameterValue"
    template = "Multiple positions found for rule: {name}"


class PositionsNotFound(SesError):
    """Source: ReorderReceiptRuleSet that leaves rules out, recorded; they are named in the order of the set."""

    v1 = "InvalidParameterValue"
    template = "Positions for rules not found: {names}"


class RuleDoesNotExist(SesError):
    """Source: recorded."""

    v1 = "RuleDoesNotExistException"
    template = "Rule does not exist: {Name}"


class RuleAlreadyExists(SesError):
    """Source: CreateReceiptRule, recorded."""

    v1 = "AlreadyExistsException"
    template = "Rule already exists: {Name}"


class TooManyRules(SesError):
    """Source: CreateReceiptRule of a 201st rule, recorded."""

    v1 = "LimitExceededException"
    template = "Too many rules"


class InvalidRuleName(SesError):
    """Source: recorded."""

    v1 = "InvalidParameterValue"
    template = "Not a valid ruleName: {name}"


class InvalidRuleRecipient(SesError):
    """Source: CreateReceiptRule, recorded."""

    v1 = "InvalidParameterValue"
    template = "Invalid recipient: {recipient}"


class TooManyActions(SesError):
    """Source: CreateReceiptRule with an 11th action, recorded."""

    v1 = "LimitExceededException"
    template = "Too many actions"


class StopActionNotLast(SesError):
    """Source: CreateReceiptRule, recorded."""

    v1 = "InvalidParameterValue"
    template = "Stop action, if any, must be placed at the end of the actions list"


class InvalidHeaderName(SesError):
    """Source: CreateReceiptRule, recorded."""

    v1 = "InvalidParameterValue"
    template = "Invalid header name: {name}"


class InvalidHeaderValue(SesError):
    """Source: CreateReceiptRule, recorded; line ends are told by their codes."""

    v1 = "InvalidParameterValue"
    template = "Invalid header value: {value}"


class InvalidSnsTopic(SesError):
    """Source: CreateReceiptRule, recorded."""

    v1 = "InvalidSnsTopicException"
    template = "Invalid SNS topic: {Topic}"


class CouldNotPublish(SesError):
    """Source: CreateReceiptRule with a topic that is not there, or not open to SES, recorded."""

    v1 = "InvalidSnsTopicException"
    template = "Could not publish to SNS topic: {Topic}"


class BucketNameEmpty(SesError):
    """Source: CreateReceiptRule, recorded."""

    v1 = "InvalidParameterValue"
    template = "Bucket name must not be empty"


class NoSuchBucket(SesError):
    """Source: CreateReceiptRule, recorded."""

    v1 = "InvalidS3ConfigurationException"
    template = "No such bucket: {Bucket}"


class CouldNotWrite(SesError):
    """Source: CreateReceiptRule with a bucket whose policy, or key, does not let SES write, recorded."""

    v1 = "InvalidS3ConfigurationException"
    template = "Could not write to bucket: {Bucket}"


class InvalidKmsKeyArn(SesError):
    """Source: CreateReceiptRule, recorded. Unverified: the code, which follows from the recorded length."""

    v1 = "InvalidParameterValue"
    template = "Invalid KMS encryption key ARN: {arn}"


class FunctionArnEmpty(SesError):
    """Source: CreateReceiptRule, recorded."""

    v1 = "InvalidParameterValue"
    template = "Lambda function ARN must not be empty"


class InvalidLambdaFunction(SesError):
    """Source: CreateReceiptRule, recorded."""

    v1 = "InvalidLambdaFunctionException"
    template = "Invalid Lambda function: {FunctionArn}"


class CouldNotInvoke(SesError):
    """Source: CreateReceiptRule with a function that is not there, or not open to SES, recorded."""

    v1 = "InvalidLambdaFunctionException"
    template = "Could not invoke Lambda function: {FunctionArn}"


class InvalidSmtpReplyCode(SesError):
    """Source: CreateReceiptRule with an empty code, recorded. Unverified: that others can be wrong too."""

    v1 = "InvalidParameterValue"
    template = "Invalid SMTP reply code: {code}"


class InvalidSmtpResponseMessage(SesError):
    """Source: CreateReceiptRule with an empty message, recorded."""

    v1 = "InvalidParameterValue"
    template = "Invalid SMTP response message: {message}"


class BounceSenderNotVerified(SesError):
    """Source: CreateReceiptRule, recorded."""

    v1 = "InvalidParameterValue"
    template = "Identity is not verified: {address}"


class FilterNameEmpty(SesError):
    """Source: CreateReceiptFilter, recorded."""

    v1 = "InvalidParameterValue"
    template = "filterName must not be empty"


class InvalidFilterName(SesError):
    """Source: CreateReceiptFilter, recorded."""

    v1 = "InvalidParameterValue"
    template = "Not a valid filterName: {name}"


class InvalidCidr(SesError):
    """Source: CreateReceiptFilter, recorded."""

    v1 = "InvalidParameterValue"
    template = "Invalid CIDR block: {cidr}"


class FilterAlreadyExists(SesError):
    """Source: CreateReceiptFilter, recorded."""

    v1 = "AlreadyExistsException"
    template = "Filter already exists: {Name}"


class TooManyFilters(SesError):
    """Source: CreateReceiptFilter of a 101st filter, recorded."""

    v1 = "LimitExceededException"
    template = "Too many filters"


class BounceReasonMissing(SesError):
    """Source: the rule, in AWS's model. Unverified: code and text."""

    v1 = "InvalidParameterValue"
    template = "You must provide either BounceType or RecipientDsnFields."


class BounceIdentitiesNotVerified(SesError):
    """Source: SendBounce, recorded up to the colon. Unverified: how the identities are listed."""

    v1 = "MessageRejected"
    template = "Failed to generate a bounce for {id}. The following identities are not verified: {identities}"


class OriginalMessageNotFound(SesError):
    """Source: the code, in AWS's model. Unverified: the text, and that it is the same once the time is over."""

    v1 = "MessageRejected"
    template = "Failed to generate a bounce for {id}. The original message was not found."


class NotARecipient(SesError):
    """Source: the rule, in AWS's model. Unverified: code and text."""

    v1 = "MessageRejected"
    template = "Failed to generate a bounce for {id}. {recipient} is not a recipient of the original message."


class OriginalMessageHasNoSender(SesError):
    """Unverified: all of it; nobody is told of what a message without a sender meets."""

    v1 = "MessageRejected"
    template = "Failed to generate a bounce for {id}. The original message has no sender."
