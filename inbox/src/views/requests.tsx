// The wire log: each AWS call as it came and as it was answered.
import { useState } from "preact/hooks";
import { type AwsRequest, get } from "../api.ts";
import { exactTime, fullTime } from "../format.ts";
import { useEvery, useLoad } from "../hooks.ts";
import { Badge, CodeBlock, Empty, Facts, Failure, Section, Skeleton } from "../parts/basics.tsx";
import { Icon } from "../parts/icon.tsx";
import { ListLink, Split } from "../parts/layout.tsx";
import { href, route, scope } from "../route.ts";
import { t } from "../strings.ts";

const EVERY_MS = 2000; // reads leave no trace in the stream
const SHOWN = 200;

export function Requests() {
  const id = route.value.path[1];
  const [part, setPart] = useState("");
  const { data, error, reload } = useLoad<{ requests: AwsRequest[] }>(
    (signal) => get("/requests", { ...scope.value }, signal), JSON.stringify(scope.value), true,
  );
  useEvery(EVERY_MS, reload);
  const wanted = part.trim().toLowerCase();
  const shown = (data?.requests ?? []).filter((each) => `${each.operation} ${each.code ?? ""} ${each.status}`.toLowerCase().includes(wanted));
  const chosen = data?.requests.find((each) => each.request_id === id);
  const list = (
    <>
      {error && <Failure error={error} retry={reload} />}
      {!data && !error && <Skeleton rows={8} />}
      {data?.requests.length === 0 && <Empty icon="wire" title={t.requests.none}><p>{t.requests.noneHelp}</p></Empty>}
      {data && data.requests.length > 0 && (
        <div class="list-filter">
          <input class="filter" type="search" aria-label={t.requests.filter} placeholder={t.requests.filter} value={part} onInput={(event) => setPart(event.currentTarget.value)} />
        </div>
      )}
      <ul class="link-list" aria-label={t.requests.title}>
        {shown.slice(0, SHOWN).map((each) => (
          <li key={each.request_id}>
            <ListLink href={href(["requests", each.request_id])} current={each.request_id === id}>
              <span class="two-lines">
                <span class="cut">{each.operation ?? t.requests.unknown}</span>
                <span class="cut muted small number">{exactTime(each.at)} · {each.milliseconds.toFixed(1)} ms</span>
              </span>
              {each.fault && <span title={t.faults.hit}><Icon name="faults" size={13} /><span class="away">{t.faults.hit}</span></span>}
              {succeeded(each)
                ? <span class="muted small number">{each.status}</span>
                : <Badge tone="bad">{each.code ?? (each.status ? String(each.status) : t.faults.noAnswer)}</Badge>}
            </ListLink>
          </li>
        ))}
      </ul>
    </>
  );
  return (
    <Split title={t.requests.title} list={list} chosen={id !== undefined} back={href(["requests"])}>
      {chosen ? <RequestView request={chosen} /> : data?.requests.length !== 0 && (
        <Empty icon="wire" title={id && data ? t.requests.gone : t.requests.pick}><p>{t.requests.pickHelp}</p></Empty>
      )}
    </Split>
  );
}

function RequestView({ request }: { request: AwsRequest }) {
  return (
    <div class="detail">
      <header class="detail-head">
        <div>
          <h2>{request.operation ?? t.requests.unknown}</h2>
          <p class="fact-pair">
            <Badge tone={succeeded(request) ? "good" : "bad"}>{request.status || t.faults.noAnswer} {request.code ?? ""}</Badge>
            {request.fault && <a href={href(["faults"])}><Badge tone="warn" icon="faults">{t.faults.hit}</Badge></a>}
            <span class="muted number">{request.milliseconds.toFixed(1)} ms</span>
          </p>
        </div>
      </header>
      <Section title={t.panel.details}>
        <Facts
          facts={[
            [t.requests.at, fullTime(request.at)],
            [t.panel.account, <span class="number">{request.account} · {request.region}</span>],
            [t.requests.key, request.access_key_id ?? <span class="muted">{t.none}</span>],
            [t.requests.id, <code class="break">{request.request_id}</code>],
          ]}
        />
      </Section>
      <Section title={t.requests.parameters}>
        <div class="table-scroll" tabIndex={0} role="region" aria-label={t.requests.parameters}>
          <table class="headers">
            <thead class="away"><tr><th>{t.headers.name}</th><th>{t.headers.value}</th></tr></thead>
            <tbody>
              {Object.entries(request.parameters).map(([name, value]) => (
                <tr key={name}><th scope="row">{name}</th><td class="pre">{value}</td></tr>
              ))}
            </tbody>
          </table>
        </div>
      </Section>
      <Section title={t.requests.answer}>
        <CodeBlock text={request.answer} label={t.requests.answer} wrap />
      </Section>
    </div>
  );
}

function succeeded(request: AwsRequest): boolean {
  return request.status > 0 && request.status < 400;
}
