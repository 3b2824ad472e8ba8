// Work under way, and work that was given up.
import { ask, get, type Job } from "../api.ts";
import { fullTime, number, pretty, words } from "../format.ts";
import { useLoad } from "../hooks.ts";
import { Badge, Button, CodeBlock, Empty, Failure, Facts, Skeleton } from "../parts/basics.tsx";
import { Page } from "../parts/layout.tsx";
import { scope } from "../route.ts";
import { attempt, say } from "../state.ts";
import { t } from "../strings.ts";

export function Jobs() {
  const { data, error, reload } = useLoad<{ jobs: Job[]; pending: number }>(
    (signal) => get("/jobs", { ...scope.value }, signal), JSON.stringify(scope.value), true,
  );
  const drain = async () => {
    const answer = await attempt(() => ask<{ ran: number; pending: number }>("POST", "/jobs/drain"));
    if (answer) say(t.jobs.drained(answer.ran, answer.pending));
    reload();
  };
  return (
    <Page title={t.jobs.title} lead={t.jobs.lead} actions={<Button icon="play" onClick={() => void drain()}>{t.jobs.drain}</Button>}>
      {error && <Failure error={error} retry={reload} />}
      {!data && !error && <Skeleton rows={4} />}
      {data?.jobs.length === 0 && <Empty icon="jobs" title={t.jobs.none}><p>{t.jobs.noneHelp}</p></Empty>}
      {data && data.jobs.length > 0 && (
        <>
          <p class="muted">{t.jobs.pending(number(data.pending))}</p>
          <ul class="job-list">
            {data.jobs.map((job) => <JobView key={job.id} job={job} />)}
          </ul>
        </>
      )}
    </Page>
  );
}

function JobView({ job }: { job: Job }) {
  return (
    <li>
      <details class="publication">
        <summary>
          <span class="publication-what">
            <span>{words(job.task)}</span>
            <span class="muted small cut">{job.error ?? t.jobs.due(fullTime(job.run_at))}</span>
          </span>
          {job.attempts > 0 && <span class="muted small number">{t.jobs.attempts(job.attempts)}</span>}
          <Badge tone={job.state === "dead" ? "bad" : "warn"}>{t.jobs.states[job.state]}</Badge>
        </summary>
        <Facts
          facts={[
            [t.panel.account, <span class="number">{job.account} · {job.region}</span>],
            [t.jobs.lane, job.lane ?? <span class="muted">{t.none}</span>],
            [t.jobs.runAt, fullTime(job.run_at)],
            ...(job.error ? [[t.jobs.error, <span class="bad-text">{job.error}</span>] as [string, preact.ComponentChildren]] : []),
          ]}
        />
        <CodeBlock text={pretty(job.detail)} label={t.jobs.detail} wrap />
      </details>
    </li>
  );
}
