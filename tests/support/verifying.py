"""Templates of custom verification mails, and mails after them."""

from tests.support.aws import Account
from tests.support.mail import ANN

# Neither a document nor without what the guide forbids; SES keeps it as it is.
CONTENT = '<h1>Wël\u200bcome {{name}}</h1>\r\n<a href="x">x</a><script>1 &lt; 2</script><!-- & -->\t'


def template(name: str = "welcome", **changed: str) -> dict[str, str]:
    """What CreateCustomVerificationEmailTemplate is given: from Ann, but for the changes."""
    return {
        "TemplateName": name,
        "FromEmailAddress": ANN,
        "TemplateSubject": "Please confirm",
        "TemplateContent": CONTENT,
        "SuccessRedirectionURL": "https://example.com/verified",
        "FailureRedirectionURL": "https://example.com/failed",
        **changed,
    }


def create(account: Account, *names: str, **changed: str) -> None:
    """The account has templates of these names."""
    for name in names:
        account.client().create_custom_verification_email_template(**template(name, **changed))


def content(account: Account, name: str = "welcome") -> str:
    """What the template of that name holds."""
    answer = account.client().get_custom_verification_email_template(TemplateName=name)
    return str(answer["TemplateContent"])


def names(account: Account, **given: int | str) -> list[str]:
    """The names of the account's templates, as they are listed."""
    answer = account.client().list_custom_verification_email_templates(**given)
    return [each["TemplateName"] for each in answer["CustomVerificationEmailTemplates"]]


def send(account: Account, address: str = "bob@example.net", name: str = "welcome", **given: str) -> str:
    """The id of a mail that was sent with SendCustomVerificationEmail."""
    answer = account.client().send_custom_verification_email(EmailAddress=address, TemplateName=name, **given)
    return str(answer["MessageId"])
