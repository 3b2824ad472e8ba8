"""The queue's rows."""

from emulator.ses import tasks
from emulator.store import jobs as job_rows
from tests.support import workers
from tests.support.workers import OwnClock, opened


def test_work_that_has_the_number_of_work_that_is_gone_is_not_taken_for_it(new_database_url: str) -> None:
    contexts = workers.contexts(new_database_url, OwnClock())
    with opened(contexts, write=True) as ctx:
        tasks.add(ctx, tasks.RenderMessage(1, workers.ACCOUNT))
    with opened(contexts) as ctx:
        first = job_rows.due(ctx.tx, ["RenderMessage"], ctx.now, 1)
    with opened(contexts, write=True) as ctx:
        assert job_rows.take(ctx.tx, first) == 1
        tasks.add(ctx, tasks.DeliverMessage(1))
    with opened(contexts, write=True) as ctx:
        assert job_rows.take(ctx.tx, first) == 0
    assert [job.task for job in workers.jobs(contexts)] == ["DeliverMessage"]
