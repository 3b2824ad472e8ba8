"""Reports in the bytes of recorded ones; names and ids are neutral."""


def _bytes(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()


BOUNCE = _bytes("""\
Date: Mon, 5 Oct 2026 11:31:50 +0000
From: MAILER-DAEMON@eu-west-2.amazonses.com
To: Sender Name <sender@example.com>
Message-ID: <010b01a10bd59ab4-0816c2f1-77d0-41a1-8edb-92df76e92a3b-000000@eu-west-2.amazonses.com>
Subject: Delivery Status Notification (Failure)
MIME-Version: 1.0
Content-Type: multipart/report;\x20
	boundary="----=_Part_94187_1779699454.1791199910604";\x20
	report-type=delivery-status

------=_Part_94187_1779699454.1791199910604
Content-Type: text/plain; charset=us-ascii
Content-Transfer-Encoding: 7bit
Content-Description: Notification

An error occurred while trying to deliver the mail to the following recipients:
bounce@simulator.amazonses.com
------=_Part_94187_1779699454.1791199910604
Content-Type: message/delivery-status
Content-Transfer-Encoding: 7bit
Content-Description: Delivery Status Notification

Reporting-MTA: dns; d218-15.smtp-out.eu-west-2.amazonses.com

Action: failed
Final-Recipient: rfc822; bounce@simulator.amazonses.com
Diagnostic-Code: smtp; 550 5.1.1 As requested: user unknown <bounce@simulator.amazonses.com>
Status: 5.1.1


------=_Part_94187_1779699454.1791199910604
Content-Type: message/rfc822
Content-Description: Undelivered Message

From: Sender Name <sender@example.com>
Subject: Hi

Hello
------=_Part_94187_1779699454.1791199910604--
""")

RECEIVED_BOUNCE = _bytes("""\
Date: Thu, 1 Oct 2015 13:48:55 +0000
From: postmaster@example.com
To: author@example.net
Message-ID: <010b01a10bd59ab4-0816c2f1-77d0-41a1-8edb-92df76e92a3b-000000@us-west-2.amazonses.com>
Subject: Delivery Status Notification (Failure)
MIME-Version: 1.0
Content-Type: multipart/report;\x20
	boundary="----=_Part_0_1984813963.1443707337938";\x20
	report-type=delivery-status

------=_Part_0_1984813963.1443707337938
Content-Type: text/plain; charset=us-ascii
Content-Transfer-Encoding: 7bit
Content-Description: Notification

This message could not be delivered.
------=_Part_0_1984813963.1443707337938
Content-Type: message/delivery-status
Content-Transfer-Encoding: 7bit
Content-Description: Delivery Status Notification

Reporting-MTA: dns; inbound-smtp.us-west-2.amazonaws.com
Arrival-Date: Thu, 01 Oct 15 13:48:54 UTC

Action: failed
Final-Recipient: rfc822; nobody@example.com
Original-Recipient: rfc822; nobody@example.com
Diagnostic-Code: smtp; 550 5.1.1 Mailbox does not exist
Status: 5.1.1


------=_Part_0_1984813963.1443707337938
Content-Type: text/rfc822-headers
Content-Transfer-Encoding: 7bit
Content-Description: Undelivered Message

From: Sender Name <sender@example.com>
Subject: Hi


------=_Part_0_1984813963.1443707337938--
""")

COMPLAINT = _bytes("""\
Date: Mon, 5 Oct 2026 11:31:50 +0000
From: complaints@eu-west-2.email-abuse.amazonses.com
To: Sender Name <sender@example.com>
Message-ID: <010b01a10bd59ab4-0816c2f1-77d0-41a1-8edb-92df76e92a3b-000000@eu-west-2.amazonses.com>
Subject: FW:Test Message
MIME-Version: 1.0
Content-Type: multipart/report;\x20
	boundary="----=_Part_94187_1779699454.1791199910604";
	report-type=feedback-report

------=_Part_94187_1779699454.1791199910604
Content-Type: text/plain; charset=us-ascii
Content-Transfer-Encoding: 7bit

Hello,

This is an example of a complaint email response.

Thank you,

-Amazon SES Mailbox Simulator

------=_Part_94187_1779699454.1791199910604
Content-Type: message/feedback-report
Content-Transfer-Encoding: 7bit

Feedback-Type: abuse
User-Agent: Amazon SES Mailbox Simulator
Version: 3.0
Original-Envelope-Id: <1-2-3@eu-west-2.amazonses.com>
Original-Mail-From: 1-2-3@bounce.example.com
Original-Rcpt-to: complaint@simulator.amazonses.com
Source-IP: 10.0.80.40

------=_Part_94187_1779699454.1791199910604
Content-Type: message/rfc822

Received: from a.example ([10.0.80.40])
        by b.example;
        Mon, 05 Oct 2026 11:32:27 +0000 (UTC)
From: Sender Name <sender@example.com>
Subject: Hi

Hello

------=_Part_94187_1779699454.1791199910604--
""")

SUPPRESSED_COMPLAINT = _bytes("""\
Date: Thu, 8 Oct 2026 01:04:00 +0000
From: complaints@email-abuse.amazonses.com
To: Sender Name <sender@example.com>
Message-ID: <010b01a10bd59ab4-0816c2f1-77d0-41a1-8edb-92df76e92a3b-000000@email.amazonses.com>
Subject: Email Feedback Report (Complaint)
MIME-Version: 1.0
Content-Type: multipart/report; boundary=--boundary-335984580.1791421440678;
	report-type=feedback-report

----boundary-335984580.1791421440678
Content-Type: text/plain; charset=us-ascii;
Content-Transfer-Encoding: 7bit

It was not sent.
----boundary-335984580.1791421440678
Content-Type: message/feedback-report
Content-Transfer-Encoding: 7bit
Content-Disposition: inline

Feedback-Type: abuse
User-Agent: Simple Email Service - SES
Version: 0.1
Received-Date: Thu, 08 Oct 26 01:04:00 UTC
Original-Mail-From: Sender Name <sender@example.com>
Original-Rcpt-To: [jamie@example.net]
Source-IP: 198.51.100.7

----boundary-335984580.1791421440678
Content-Type: message/rfc822
Content-Disposition: inline

From: Sender Name <sender@example.com>
Subject: Hi

Hello

----boundary-335984580.1791421440678--
""")
