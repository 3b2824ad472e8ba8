"""The composition root: settings become parts, parts become processes, and all stop in order.

The parent supervises, works the jobs and, in a thread, listens to SMTP; each child answers HTTP with one thread for AWS
calls. They meet in the database only; a pipe tells the parent that there is work, another tells the children that the
parent is gone.
"""

import contextlib
import gc
import logging
import multiprocessing
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from multiprocessing.connection import Connection, wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, NoReturn

from emulator import banner, listening, logs, outside, settings
from emulator.context import Contexts, Policy, Webhook
from emulator.outside import relay
from emulator.outside.clock import Clock
from emulator.ses import regions
from emulator.settings import Settings
from emulator.store import migration
from emulator.store.engine import Database, DatabaseUnavailable
from emulator.store.turnstile import Turnstile
from emulator.wire import sigv4

if TYPE_CHECKING:
    from emulator.jobs.worker import Worker
    from emulator.seed.format import Seed
    from emulator.smtp.inbound import Inbound
    from emulator.smtp.listener import Listener

log = logging.getLogger("emulator.server")

IDLE_SECONDS = 1.0  # how long work of another host can lie unseen
COLLECT_SECONDS = 0.02  # after the first job of a rush: the work of a batch costs little more than that of one
GRACE_SECONDS = 5
SEND_SECONDS = 2  # for what is on its way to others; it is sent again where that was not enough
HURRY_SECONDS = 1  # for all of it, where nobody waits for answers any more
STDIN = 0
SMTP_PORTS = ("smtp_port", "submission_port", "submission_tls_port")
GARBAGE_EVERY = 20_000  # new containers; a request makes hundreds and leaves none in a cycle


class StartError(Exception):
    """The server cannot start; the message is one line for its user."""


def serve(chosen: Settings) -> NoReturn:
    """The server ran until it was told to stop, and the process has ended."""
    logs.configure(chosen.log_level, chosen.log_format)
    with ExitStack() as stack:
        if chosen.ephemeral:
            folder = tempfile.mkdtemp(prefix="ses-emulator-")
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            chosen = replace(chosen, database_url=f"sqlite:///{folder}/ephemeral.db")
        seeds = _seeds(chosen)  # a broken one is told before anything is there
        listener = stack.enter_context(listening.at(chosen.host, chosen.port))
        chosen = settings.with_port(chosen, listener.getsockname()[1])
        smtp = {}
        for name in SMTP_PORTS:
            port = getattr(chosen, name)
            if port is not None:
                smtp[name] = stack.enter_context(listening.at(chosen.host, port))
                os.register_at_fork(after_in_child=smtp[name].close)  # only the parent listens to it
                chosen = replace(chosen, **{name: smtp[name].getsockname()[1]})
        # A fork shares what is imported already; where forking is not safe a child starts anew.
        processes = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
        status = _Supervisor(chosen, listener, smtp, processes, seeds).run()
    logging.shutdown()
    os._exit(status)  # without waiting for a thread that looks at a mail: a resolver can keep it for long


def contexts(chosen: Settings, turnstile: Turnstile, on_jobs: Callable[[], None] = lambda: None) -> Contexts:
    """What every rule runs on, by the settings."""
    delay = timedelta(seconds=chosen.verification_delay) if chosen.verification == "auto" else None
    policy = Policy(
        auto_verify_after=delay,
        verified_identities=frozenset(name if "@" in name else name.lower() for name in chosen.verified_identities),
        sandbox=chosen.sandbox,
        enforce_limits=chosen.enforce_limits,
        max_24_hour_send=chosen.max_24_hour_send,
        max_send_rate=chosen.max_send_rate,
        api_rate_limit=chosen.api_rate_limit,
        public_url=chosen.public_url,
        system_dns=chosen.dns == "system",
        webhooks=tuple(_webhook(each) for each in chosen.sns_webhooks),
        sns_signature_version=chosen.sns_signature_version,
        loopback=chosen.loopback,
    )
    passed_on_to = relay.at(chosen.relay_url) if chosen.relay_url else None
    return Contexts(
        Database(chosen.database_url, on_jobs, turnstile),
        outside.real(passed_on_to, settings.endpoints(chosen)),
        policy,
    )


def _seeds(chosen: Settings) -> Sequence["Seed"]:
    """What the seed file says, and those that it includes."""
    if not chosen.seed_file:
        return ()
    from emulator.seed import files
    from emulator.seed.flaws import SeedError

    try:
        return files.load(chosen.seed_file, files.from_disk).seeds
    except SeedError as error:
        raise StartError(str(error)) from None


def _webhook(text: str) -> Webhook:
    topic_arn, _, url = text.partition("=")
    return Webhook(topic_arn, url.removeprefix(settings.RAW), url.startswith(settings.RAW))


def migrate(chosen: Settings) -> str:
    """The database has today's tables; what was done."""
    return migration.migrate(Database(chosen.database_url), outside.real().ids.secret())


class _Supervisor:
    """The parent process."""

    def __init__(
        self,
        chosen: Settings,
        listener: socket.socket,
        smtp: dict[str, socket.socket],
        processes: BaseContext,
        seeds: Sequence["Seed"],
    ) -> None:
        self._settings = chosen
        self._seeds = seeds
        self._listener = listener
        self._smtp_sockets = smtp
        self._smtp: dict[str, Listener] = {}
        self._inbound: Inbound | None = None
        self._worker: Worker | None = None
        self._processes = processes
        self._woken, self._wake = processes.Pipe(duplex=False)
        self._lifeline, self._alive = processes.Pipe(duplex=False)
        os.set_blocking(self._wake.fileno(), False)
        os.set_blocking(self._woken.fileno(), False)
        self._turnstile = Turnstile()
        self._children: list[BaseProcess] = []
        self._stopping = False
        self._patience_seconds = GRACE_SECONDS + 2  # so that what a child allows itself is over first

    def run(self) -> int:
        """Everything runs until a signal comes or a child cannot live."""
        database = Database(self._settings.database_url)  # names a driver that is missing before anything starts
        database.disconnect()
        readiness = [self._spawn() for _ in range(self._settings.workers)]
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        if settings.LIFELINE in os.environ:
            threading.Thread(target=self._follow, name="lifeline", daemon=True).start()
        try:
            migrate(self._settings)
            self._make_certificate()
            self._plant()
            for ready in readiness:
                ready.send(None)  # the tables are there
            self._listen_to_smtp()
            for ready in readiness:
                if not _heard(ready):
                    return 1
            sys.stdout.write(banner.text(self._settings))
            sys.stdout.flush()
            return self._work()
        finally:
            self._stop()

    def _make_certificate(self) -> None:
        """Where there are webhooks, there is something to sign their messages with."""
        if not self._settings.sns_webhooks:
            return
        from emulator.ses import sns_subscriptions

        on = contexts(self._settings, self._turnstile)
        sns_subscriptions.make_certificate(on)
        on.database.disconnect()

    def _plant(self) -> None:
        """What the seed file says is so, before anybody can ask."""
        if not self._seeds:
            return
        from emulator.seed import applying
        from emulator.seed.flaws import SeedError

        on = contexts(self._settings, self._turnstile, _waker(self._wake))
        try:
            applying.apply(on, self._seeds, self._settings.account_id)
        except SeedError as error:
            raise StartError(str(error)) from None
        finally:
            on.database.disconnect()

    def _listen_to_smtp(self) -> None:
        """SMTP is answered, where it is wanted; all that this takes is imported while the children do the same."""
        if not self._smtp_sockets:
            return
        from emulator.smtp import credentials, inbound, listener, submission

        chosen = self._settings
        known = credentials.Credentials(chosen.credentials, chosen.account_id, listed_only=chosen.verify_signatures)
        on = contexts(chosen, self._turnstile, _waker(self._wake))
        for name, opened in self._smtp_sockets.items():
            entrance: inbound.Inbound | submission.Submission
            if name == "smtp_port":
                entrance = self._inbound = inbound.Inbound(on)
            else:
                entrance = submission.Submission(on, known, tls_at_once=name == "submission_tls_port")
            self._smtp[name] = listener.Listener(opened, entrance.session, entrance.tls_at_once)
            self._smtp[name].start()

    def _spawn(self, processes: BaseContext | None = None) -> Connection:
        """A new child; it says on the connection when it answers."""
        processes = processes or self._processes
        ours, theirs = processes.Pipe()
        child = processes.Process(  # type: ignore[attr-defined]
            target=_serve_http,
            args=(self._settings, self._listener, self._wake, self._lifeline, self._alive, theirs, self._turnstile),
            daemon=False,
        )
        child.start()
        theirs.close()
        self._children.append(child)
        return ours

    def _work(self) -> int:
        """Jobs are worked as they come; a child that died is replaced."""
        from emulator.jobs.worker import Worker  # while a child gets ready

        # Its threads tell it of work that they made, and of what they put off.
        on = contexts(self._settings, self._turnstile, _waker(self._wake))
        rushed = self._inbound.is_rushed if self._inbound else lambda: False
        self._worker = worker = Worker(on, self._settings.retention, rushed)
        gc.freeze()
        gc.enable()
        idle = 0.0
        while not self._stopping:
            try:
                worker.run_due()
                idle = worker.wait_seconds(IDLE_SECONDS)
            except DatabaseUnavailable as error:
                log.warning("the database did not answer: %s", error)
                idle = IDLE_SECONDS
            except Exception:  # the edge: the worker goes on
                log.exception("the worker stumbled")
                idle = IDLE_SECONDS
            if not self._rest(idle):
                return 1
            Clock().pause(COLLECT_SECONDS)
        return 0

    def _rest(self, seconds: float) -> bool:
        """The time is up, there is work, or a child died and was replaced; False where it cannot be."""
        sentinels = [child.sentinel for child in self._children]
        happened = wait([self._woken, *sentinels], seconds)
        if self._woken in happened:
            os.read(self._woken.fileno(), 65536)
        for child in [child for child in self._children if child.sentinel in happened]:
            if self._stopping:
                return True
            log.error("HTTP process %s ended with %s; starting another", child.pid, child.exitcode)
            self._children.remove(child)
            # Not by a fork: that would take along what the SMTP thread holds, its clients' connections too.
            ready = self._spawn(multiprocessing.get_context("spawn"))
            ready.send(None)
            if not _heard(ready):
                return False
        return True

    def _on_signal(self, number: int, _frame: object) -> None:
        if self._stopping:
            os._exit(128 + number)  # a second signal: at once; what was acknowledged is in the database
        self._end()

    def _follow(self) -> None:
        """Whoever started us holds our standard input open: closed it, or died, so nobody is left to answer."""
        while os.read(STDIN, 1):
            continue
        self._patience_seconds = HURRY_SECONDS
        self._end()

    def _end(self) -> None:
        self._stopping = True
        _waker(self._wake)()

    def _stop(self) -> None:
        self._alive.close()  # children see the lifeline end
        grace = min(GRACE_SECONDS, self._patience_seconds)
        endings = [threading.Thread(target=smtp.stop, args=(grace,)) for smtp in self._smtp.values()]
        for ending in endings:
            ending.start()
        for ending in endings:
            ending.join()
        if self._worker:
            self._worker.stop(min(SEND_SECONDS, self._patience_seconds))
        for child in self._children:
            child.join(self._patience_seconds)
            if child.is_alive():
                child.kill()
                child.join()


def _serve_http(
    chosen: Settings,
    listener: socket.socket,
    wake: Connection,
    lifeline: Connection,
    alive: Connection,
    ready: Connection,
    turnstile: Turnstile,
) -> None:
    """The life of a child: one event loop, which ends when the parent does."""
    alive.close()
    logs.configure(chosen.log_level, chosen.log_format)
    gc.disable()
    from emulator.http import serving
    from emulator.http.parts import Access

    worker_contexts = contexts(chosen, turnstile, _waker(wake))

    def drain() -> int:
        from emulator.jobs.worker import Worker  # not before somebody asks

        return Worker(worker_contexts, chosen.retention).drain()

    access = Access(chosen.public_url, frozenset(map(str.lower, chosen.allowed_hosts)), chosen.inbox_auth)
    parts = serving.parts(worker_contexts, chosen.account_id, _authenticator(chosen), drain, access, chosen.seed_file)
    app = serving.application(parts)
    gc.freeze()
    gc.enable()
    gc.set_threshold(GARBAGE_EVERY)
    if lifeline in wait([ready, lifeline]):
        os._exit(1)  # the parent gave up
    ready.recv()
    serving.run(app, parts.stopping, listener, lifeline.fileno(), lambda: ready.send(None), GRACE_SECONDS)
    logging.shutdown()
    os._exit(0)  # without waiting for long polls that nobody reads any more


def _waker(wake: Connection) -> Callable[[], None]:
    """What tells the worker that there is work."""
    woken_at = 0.0

    def on_jobs() -> None:
        nonlocal woken_at
        now = time.monotonic()
        if now < woken_at + COLLECT_SECONDS / 2:
            return  # the worker still collects, and looks when it has done so
        woken_at = now
        with contextlib.suppress(BlockingIOError):  # full: it was told often enough
            os.write(wake.fileno(), b"\0")

    return on_jobs


def _authenticator(chosen: Settings) -> sigv4.Authenticator | None:
    """What checks signatures, where they are to be checked."""
    if not chosen.verify_signatures:
        return None
    credentials = {key: sigv4.Credential(*rest) for key, *rest in (each.split(":") for each in chosen.credentials)}
    return sigv4.Authenticator(credentials, "ses", regions.DISPLAY_NAMES)


def _heard(ready: Connection) -> bool:
    """Whether the child answers now, rather than having died."""
    try:
        ready.recv()
    except EOFError:
        return False
    ready.close()
    return True
