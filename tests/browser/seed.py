"""An account in which everything that the inbox shows has happened: for its tests and its pictures."""

import json
import struct
import zlib
from email.message import EmailMessage
from typing import Any

from tests.support import aws
from tests.support.aws import Account

SHOP, NEWS, DOMAIN = "orders@fieldnotes.example", "news@fieldnotes.example", "fieldnotes.example"
NOVA = "nova.lind@example.org"
SET, RULES = "storefront", "support-desk"
TOPIC = "arn:aws:sns:us-east-1:123456789012:mail-events"
RECEIPT = {
    "TemplateName": "order-receipt",
    "SubjectPart": "Your order {{order}} is on its way",
    "TextPart": "Hi {{name}},\n\nyour order {{order}} has left our workshop.\n{{#each items}}- {{this}}\n{{/each}}",
    "HtmlPart": "<h1>On its way, {{name}}</h1><p>Order <b>{{order}}</b> has left our workshop.</p>"
    "<ul>{{#each items}}<li>{{this}}</li>{{/each}}</ul>"
    '<p><a href="https://fieldnotes.example/orders/{{order}}">Follow your parcel</a></p>',
}


def everything(account: Account) -> None:
    """Every view has something to show."""
    ses = account.client()
    identities(account, ses)
    configuration(account, ses)
    receipt_rules(ses)
    sends(account, ses)
    received(account)
    account.inspect("PUT", "/suppression/gone@example.net", {"reason": "BOUNCE"})
    account.inspect("PUT", "/suppression/cross@example.net", {"reason": "COMPLAINT"})
    account.inspect("PUT", "/recipients/full@example.net", {"outcome": "bounce", "bounce_type": "Transient"})
    faults(account)
    account.drain()


def identities(account: Account, ses: Any) -> None:
    """A verified domain, and others on their way."""
    ses.verify_domain_identity(Domain=DOMAIN)
    ses.verify_domain_dkim(Domain=DOMAIN)
    account.inspect("POST", f"/identities/{DOMAIN}/verify")
    ses.verify_domain_identity(Domain="staging.fieldnotes.example")
    ses.verify_domain_dkim(Domain="staging.fieldnotes.example")
    ses.verify_email_identity(EmailAddress=NOVA)
    ses.verify_email_identity(EmailAddress="failed@example.net")
    account.inspect("POST", "/identities/failed@example.net/fail")


def configuration(account: Account, ses: Any) -> None:
    """A configuration set that tracks, a topic that is told, and a template."""
    ses.create_configuration_set(ConfigurationSet={"Name": SET})
    ses.create_configuration_set_event_destination(
        ConfigurationSetName=SET,
        EventDestination={
            "Name": "to-topic",
            "Enabled": True,
            "MatchingEventTypes": ["send", "delivery", "bounce", "complaint", "open", "click", "renderingFailure"],
            "SNSDestination": {"TopicARN": TOPIC.replace("123456789012", account.account_id)},
        },
    )
    ses.create_template(Template=RECEIPT)
    ses.create_template(
        Template={"TemplateName": "welcome", "SubjectPart": "Welcome, {{name}}", "TextPart": "Hello {{name}}!"}
    )


def receipt_rules(ses: Any) -> None:
    """An active rule set of two rules, and a filter."""
    ses.create_receipt_rule_set(RuleSetName=RULES)
    ses.create_receipt_rule(
        RuleSetName=RULES,
        Rule={
            "Name": "tag-support",
            "Enabled": True,
            "ScanEnabled": True,
            "Recipients": [f"support@{DOMAIN}"],
            "Actions": [{"AddHeaderAction": {"HeaderName": "X-Queue", "HeaderValue": "support"}}],
        },
    )
    ses.create_receipt_rule(
        RuleSetName=RULES,
        After="tag-support",
        Rule={
            "Name": "bounce-noreply",
            "Enabled": True,
            "Recipients": [f"noreply@{DOMAIN}"],
            "Actions": [
                {
                    "BounceAction": {
                        "SmtpReplyCode": "550",
                        "StatusCode": "5.1.1",
                        "Message": "Mailbox does not exist",
                        "Sender": SHOP,
                    }
                },
            ],
        },
    )
    ses.set_active_receipt_rule_set(RuleSetName=RULES)
    ses.create_receipt_filter(Filter={"Name": "block-lab", "IpFilter": {"Policy": "Block", "Cidr": "198.51.100.0/24"}})


def faults(account: Account) -> None:
    """Two failures that hit nothing else of what is done here."""
    account.inspect("POST", "/faults", {"operation": "SendBulkTemplatedEmail", "code": "Throttling", "times": 3})
    match = {"recipient": "*@slow.example"}
    account.inspect("POST", "/faults", {"operation": "*", "delay_ms": 1500, "probability": 0.5, "match": match})


def sends(account: Account, ses: Any) -> None:
    """Messages of every operation, with every outcome."""
    plain(ses, "Minutes of Monday's meeting", "Hello all,\n\nthe minutes are in the wiki.\n\nSee you on Thursday")
    plain(ses, "Hard bounce: this address does not exist", "Anybody there?", to="bounce@simulator.amazonses.com")
    complained = plain(ses, "Weekly deals you never asked for", "Buy now!", to="complaint@simulator.amazonses.com")
    assert complained
    plain(ses, "Are you still there?", "We miss you.", to="suppressionlist@simulator.amazonses.com")
    plain(ses, "Your code is 482913", "Your sign-in code is 482913. It is good for ten minutes.", to=NOVA)
    ses.send_templated_email(
        Source=SHOP,
        Destination={"ToAddresses": ["ida@example.org"]},
        Template="order-receipt",
        TemplateData=json.dumps({"name": "Ida"}),
        ConfigurationSetName=SET,
    )
    receipt = {"name": "Nova", "order": "FN-20417", "items": ["Pocket notebook, dot grid", "Pencil set"]}
    ses.send_templated_email(
        Source=SHOP,
        Destination={"ToAddresses": [NOVA]},
        Template="order-receipt",
        TemplateData=json.dumps(receipt),
        ConfigurationSetName=SET,
        Tags=[{"Name": "campaign", "Value": "orders"}],
    )
    ses.send_raw_email(RawMessage={"Data": invoice().as_bytes()})
    account.drain()
    letter = ses.send_email(
        Source=f"Fieldnotes <{NEWS}>",
        Destination={"ToAddresses": [NOVA, "sam@example.org"], "CcAddresses": ["archive@example.org"]},
        Message={
            "Subject": {"Data": "The autumn letter: paper, ink and a new pencil"},
            "Body": {"Text": {"Data": LETTER_TEXT}, "Html": {"Data": LETTER}},
        },
        ConfigurationSetName=SET,
        Tags=[{"Name": "campaign", "Value": "autumn"}, {"Name": "audience", "Value": "readers"}],
        ReplyToAddresses=["hello@fieldnotes.example"],
    )["MessageId"]
    account.drain()
    for outcome in (
        {"recipient": NOVA, "type": "open", "user_agent": "Mozilla/5.0 (iPhone) Mail"},
        {"recipient": NOVA, "type": "click", "link": "https://fieldnotes.example/pencil"},
        {
            "recipient": "sam@example.org",
            "type": "bounce",
            "bounce_type": "Transient",
            "bounce_sub_type": "MailboxFull",
        },
    ):
        account.inspect("POST", f"/messages/{letter}/outcomes", outcome)


def plain(ses: Any, subject: str, text: str, to: str = "team@example.org") -> str:
    """The id of a message of text alone."""
    answer = ses.send_email(
        Source=SHOP,
        Destination={"ToAddresses": [to]},
        Message={"Subject": {"Data": subject}, "Body": {"Text": {"Data": text}}},
    )
    return str(answer["MessageId"])


def received(account: Account) -> None:
    """Mail that was received: some admitted, one with an attachment."""
    mail = EmailMessage()
    mail["From"], mail["To"] = "Jonas Berg <jonas@example.com>", f"support@{DOMAIN}"
    mail["Subject"] = "The corner of my notebook arrived bent"
    mail.set_content("Hello,\n\nthe notebook from order FN-20388 has a bent corner, see the picture.\n\nJonas\n")
    mail.add_attachment(picture(240, 160, 40), "image", "png", filename="corner.png")
    target = f"/_emulator/inbound?account={account.account_id}"
    answer = aws.request(account.url, "POST", target, mail.as_bytes(), {"Content-Type": "message/rfc822"})
    assert answer.status == 200, answer.text


def invoice() -> EmailMessage:
    """A message of nested parts: text, HTML with an inline picture, two attachments."""
    mail = EmailMessage()
    mail["From"], mail["To"] = f"Fieldnotes Billing <{SHOP}>", "accounts@example.org"
    mail["Subject"] = "Invoice 2026-1107 for November"
    mail.set_content("Please find the invoice attached.\n")
    mail.add_alternative(
        '<p>Please find the invoice attached.</p><p><img src="cid:logo@fieldnotes" alt="Fieldnotes" width="180"></p>',
        subtype="html",
    )
    body = mail.get_payload()[1]  # type: ignore[index]
    body.add_related(picture(180, 60, 200), "image", "png", cid="<logo@fieldnotes>")  # type: ignore[union-attr]
    mail.add_attachment(b"%PDF-1.4\n%%EOF\n", "application", "pdf", filename="invoice-2026-1107.pdf")
    mail.add_attachment("item,price\nnotebook,12.00\n", "csv", filename="positions.csv")
    return mail


def picture(width: int, height: int, shade: int) -> bytes:
    """A PNG: a soft gradient."""
    rows = b"".join(
        b"\0" + bytes(c for x in range(width) for c in ((shade + x) % 256, 120 + y * 100 // height, 190))
        for y in range(height)
    )
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


LETTER_TEXT = "The autumn letter\n\nA new pencil, and why paper likes it.\n\nhttps://fieldnotes.example/pencil\n"
LETTER = """<!doctype html><html><head><style>
body{margin:0;background:#f6f1e7;font-family:Georgia,serif;color:#2d2a26}
.card{max-width:560px;margin:24px auto;background:#fff;border-radius:10px;padding:36px 40px}
h1{font-size:30px;line-height:1.2;margin:0 0 14px}p{font-size:16px;line-height:1.6;margin:0 0 16px}
.button{display:inline-block;background:#b4472e;color:#fff;padding:12px 20px;border-radius:6px;text-decoration:none}
.banner{height:112px;border-radius:8px;margin:0 0 18px;background:linear-gradient(100deg,#e8d9bf,#d9a98f 60%,#b4472e)}
.quiet{color:#7a7268;font-size:13px}</style></head><body><div class="card">
<p class="quiet">Fieldnotes, number 14</p><h1>Paper, ink and a new pencil</h1>
<p>Dear reader, the leaves are down and the workshop smells of cedar. This month we made a pencil that is soft
enough for sketches and hard enough for lists.</p>
<div class="banner"><img src="https://fieldnotes.example/banner.png" alt=""></div>
<p>It comes in a box of six, and the box becomes a stand.</p>
<p><a class="button" href="https://fieldnotes.example/pencil">See the pencil</a></p>
<p class="quiet">You get this letter because you asked for it.
<a href="https://fieldnotes.example/unsubscribe">Unsubscribe</a></p>
</div></body></html>"""
