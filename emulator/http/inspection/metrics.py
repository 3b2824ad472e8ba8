"""Numbers for Prometheus, taken when it asks for them; its library is loaded at the first scrape."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flask import Response

from emulator.http.inspection.routes import Routes
from emulator.http.parts import Parts
from emulator.ses import quotas, reputation
from emulator.store import jobs as job_rows
from emulator.store import messages as message_rows
from emulator.store import publications as publication_rows
from emulator.store import send_statistics
from emulator.store.message_filters import Filter

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
        outcomes = CounterMetricFamily(
            "ses_emulator_recipients", "Recipients by what became of their message", labels=(*SCOPE, "outcome")
        )
        rates = GaugeMetricFamily(
            "ses_emulator_reputation", "Bounces and complaints as fractions of what was sent", labels=(*SCOPE, "rate")
        )
        used = GaugeMetricFamily("ses_emulator_quota_used", "Recipients of the last 24 hours", labels=SCOPE)
        maximum = GaugeMetricFamily(
            "ses_emulator_quota_max", "Recipients in 24 hours at most; -1: no limit", labels=SCOPE
        )
        jobs = GaugeMetricFamily("ses_emulator_jobs", "Work in the queue", labels=("state",))
        published = GaugeMetricFamily(
            "ses_emulator_publications", "Calls to other services that tell of events", labels=("state",)
        )
        with self._parts.context(None, None) as ctx:
            for account_id, region, counts in send_statistics.totals(ctx.tx):
                scope = (account_id, region)
                there = ctx._replace(account_id=account_id, region=region)
                quota = quotas.of(there)
                accepted.add_metric(scope, counts.delivery_attempts)
                delivered.add_metric(scope, counts.deliveries)
                used.add_metric(scope, quota.sent_last_24_hours)
                maximum.add_metric(scope, quota.max_24_hour_send)
                for outcome in ("bounces", "complaints", "rejects"):
                    outcomes.add_metric((*scope, outcome), getattr(counts, outcome))
                for rate, value in reputation.of_account(there)._asdict().items():
                    rates.add_metric((*scope, rate), value)
            for state, number in job_rows.by_state(ctx.tx).items():
                jobs.add_metric((state,), number)
            for state, number in publication_rows.by_state(ctx.tx).items():
                published.add_metric((state,), number)
            stored = message_rows.count(ctx.tx, Filter())
        messages = GaugeMetricFamily("ses_emulator_messages", "Messages that are kept", value=stored)
        yield from (calls, accepted, delivered, outcomes, rates, messages, jobs, published, used, maximum)
