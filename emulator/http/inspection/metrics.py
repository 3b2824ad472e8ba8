"""Numbers for Prometheus, taken when it asks for them; its library is loaded at the first scrape."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flask import Response

from emulator.http.inspection.routes import Routes
from emulator.http.parts import Parts
from emulator.ses import quotas
from emulator.store import jobs as job_rows
from emulator.store import messages as message_rows
from emulator.store import send_statistics

if TYPE_CHECKING:
    from prometheus_client import Metric

routes = Routes()

SCOPE = ("account", "region")


@routes.route("GET", "/metrics", media_type="text/plain")
def metrics(parts: Parts) -> Response:
    """Numbers for Prometheus: the calls that this process answered, and of all processes mail, work and quotas."""
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

    return Response(generate_latest(_Numbers(parts)), content_type=CONTENT_TYPE_LATEST)


class _Numbers:
    """What Prometheus calls a collector."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def collect(self) -> "Iterator[Metric]":
        """Every number there is."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

        calls = CounterMetricFamily(
            "ses_emulator_calls", "AWS calls that this process answered", labels=("operation", "code")
        )
        for (operation, code), number in self._parts.dispatcher.calls.copy().items():
            calls.add_metric((operation, code), number)
        accepted = CounterMetricFamily(
            "ses_emulator_recipients_accepted", "Recipients of accepted messages", labels=SCOPE
        )
        delivered = CounterMetricFamily(
            "ses_emulator_recipients_delivered", "Recipients that took a message", labels=SCOPE
        )
        used = GaugeMetricFamily("ses_emulator_quota_used", "Recipients of the last 24 hours", labels=SCOPE)
        maximum = GaugeMetricFamily(
            "ses_emulator_quota_max", "Recipients in 24 hours at most; -1: no limit", labels=SCOPE
        )
        jobs = GaugeMetricFamily("ses_emulator_jobs", "Work in the queue", labels=("state",))
        with self._parts.context(None, None) as ctx:
            for account_id, region, counts in send_statistics.totals(ctx.tx):
                scope = (account_id, region)
                quota = quotas.of(ctx._replace(account_id=account_id, region=region))
                accepted.add_metric(scope, counts.delivery_attempts)
                delivered.add_metric(scope, counts.deliveries)
                used.add_metric(scope, quota.sent_last_24_hours)
                maximum.add_metric(scope, quota.max_24_hour_send)
            for state, number in job_rows.by_state(ctx.tx).items():
                jobs.add_metric((state,), number)
            stored = message_rows.count(ctx.tx, message_rows.Filter())
        messages = GaugeMetricFamily("ses_emulator_messages", "Messages that are kept", value=stored)
        yield from (calls, accepted, delivered, messages, jobs, used, maximum)
