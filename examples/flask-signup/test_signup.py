"""What members and strangers meet, mail included."""

from typing import Any
from urllib.parse import urlsplit

import pytest

import app


def sign_up(browser: Any, address: str) -> int:
    """The status of the answer."""
    return int(browser.post("/signup", data={"email": address}).status_code)


def test_who_follows_the_link_is_a_member(browser: Any, ses_mailbox: Any) -> None:
    assert sign_up(browser, "ann@example.net") == 202
    message = ses_mailbox.wait(to="ann@example.net", subject="Confirm your address")
    assert message.link("Confirm that you want") in message.text
    answer = browser.get(urlsplit(message.link("/confirm/")).path)
    assert (answer.status_code, answer.text) == (200, "Welcome!\n")


def test_a_link_is_good_for_a_day(browser: Any, ses_mailbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sign_up(browser, "ben@example.net")
    link = urlsplit(ses_mailbox.wait(to="ben@example.net").link("/confirm/")).path
    monkeypatch.setattr(app, "CONFIRMED_WITHIN", -1)  # the day is over
    assert browser.get(link).status_code == 410


def test_an_address_that_bounces_is_not_written_to_again(browser: Any, ses_mailbox: Any) -> None:
    ses_mailbox.bounce("cat@example.net")
    assert sign_up(browser, "cat@example.net") == 202
    assert [each["publications"][0]["state"] for each in ses_mailbox.events(type="Bounce")] == ["published"]
    assert sign_up(browser, "cat@example.net") == 422
    assert len(ses_mailbox.messages(to="cat@example.net", direction="outbound")) == 1


def test_who_complains_is_left_alone(browser: Any, ses_mailbox: Any) -> None:
    sign_up(browser, "dan@example.net")
    ses_mailbox.wait(to="dan@example.net").complain()
    ses_mailbox.drain()
    assert sign_up(browser, "dan@example.net") == 422


def test_a_full_mailbox_is_tried_again_later(browser: Any, ses_mailbox: Any) -> None:
    ses_mailbox.bounce("eve@example.net", type="Transient")
    sign_up(browser, "eve@example.net")
    ses_mailbox.drain()
    assert sign_up(browser, "eve@example.net") == 202


def test_a_throttle_is_waited_out(browser: Any, ses_mailbox: Any) -> None:
    with ses_mailbox.fault("SendEmail", "Throttling", times=1) as fault:
        assert sign_up(browser, "fay@example.net") == 202
        assert fault.hits == 1
    assert ses_mailbox.wait(to="fay@example.net")


def test_who_cannot_be_written_to_is_told_so(browser: Any, ses_mailbox: Any) -> None:
    ses_mailbox.change_account(sending_enabled=False)
    assert sign_up(browser, "gus@example.net") == 503


def test_nobody_but_sns_says_who_is_unreachable(browser: Any) -> None:
    forged = {
        "Type": "Notification",
        "Message": '{"eventType": "Bounce"}',
        "SigningCertURL": "https://sns.example/a.pem",
    }
    assert browser.post("/ses/events", json=forged).status_code == 403
