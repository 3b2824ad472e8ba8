"""Flask-Mail, which sends over SMTP."""

from flask import Flask
from flask_mail import Mail, Message

from emulator import Running
from tests.support import mail, smtp, story
from tests.support.aws import Account
from tests.support.mail import ANN, BOB


def test_flask_mail_sends_over_smtp(account: Account, server: Running) -> None:
    mail.verify(account, ANN)
    app = Flask(__name__)
    app.config.update(
        MAIL_SERVER="127.0.0.1",
        MAIL_PORT=server.submission_port,
        MAIL_USE_TLS=True,
        MAIL_USERNAME=account.account_id,
        MAIL_PASSWORD=smtp.password(account),
    )
    sender = Mail(app)
    with app.app_context(), sender.connect() as connection:
        for number in (1, 2):
            message = Message(f"{story.SUBJECT} {number}", [BOB], story.TEXT, story.HTML, sender=("Ann", ANN))
            message.attach("list.csv", "text/csv", "a;b\n")
            connection.send(message)
    account.drain()
    second, first = account.messages(direction="outbound")
    assert [each["subject"] for each in (first, second)] == [f"{story.SUBJECT} 1", f"{story.SUBJECT} 2"]
    for shown in (first, second):
        assert (shown["operation"], shown["source"]) == ("SendSmtpEmail", ANN)
        assert (shown["text"], shown["html"]) == (story.TEXT, story.HTML)
        assert shown["attachments"][0]["filename"] == "list.csv"
        assert shown["recipients"] == [{"address": BOB, "kind": "to", "status": "delivered"}]
