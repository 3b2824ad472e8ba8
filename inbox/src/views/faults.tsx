// Failures that somebody asks for: those that are ready made, those that are there, and a form for others.
import { ask, type Fault, get } from "../api.ts";
import { number } from "../format.ts";
import { useEvery, useLoad } from "../hooks.ts";
import { Badge, Button, Empty, Failure, IconButton, Section, Skeleton } from "../parts/basics.tsx";
import { Icon } from "../parts/icon.tsx";
import { Page } from "../parts/layout.tsx";
import { scope } from "../route.ts";
import { owner } from "../scopes.ts";
import { attempt } from "../state.ts";
import { t } from "../strings.ts";
import { FaultForm } from "./fault-form.tsx";

const EVERY_MS = 2000; // calls that fail leave no trace in the stream
const OF_ACCOUNTS = ["sandboxed", "paused-account"]; // presets that change one account

export function Faults() {
  const { account, region } = scope.value;
  const { data, error, reload } = useLoad<{ faults: Fault[] }>(
    (signal) => get("/faults", { account, region }, signal), JSON.stringify(scope.value),
  );
  useEvery(EVERY_MS, reload);
  const remove = async (fault: Fault) => {
    await attempt(() => ask("DELETE", `/faults/${fault.id}`), t.faults.removed);
    reload();
  };
  const begin = async (preset: string) => {
    const whose = OF_ACCOUNTS.includes(preset) ? owner.value : scope.value;
    await attempt(() => ask<Fault>("POST", "/faults", { ...whose }, { preset }), t.faults.added);
    reload();
  };
  const removeAll = async () => {
    await attempt(() => ask("DELETE", "/faults", { account, region }), t.faults.allRemoved);
    reload();
  };
  const whose = account ? t.faults.whose(account, region ?? t.regionByDefault) : t.faults.everybody;
  return (
    <Page title={t.faults.title} lead={`${t.faults.lead} ${whose}`}>
      <Section title={t.faults.presets} lead={t.faults.presetsHelp}>
        <div class="steps presets">
          {Object.entries(t.faults.preset).map(([name, { title, help }]) => {
            const there = data?.faults.find((each) => each.preset === name);
            return (
              <button
                key={name}
                type="button"
                class="step-card"
                aria-pressed={there !== undefined}
                onClick={() => void (there ? remove(there) : begin(name))}
              >
                <b>{title}{there && <Badge tone="bad">{t.faults.on}</Badge>}</b>
                <span class="muted small">{help}</span>
              </button>
            );
          })}
        </div>
      </Section>
      <Section
        title={t.faults.now}
        lead={data && data.faults.length > 1 ? t.faults.nowHelp : undefined}
        actions={data && data.faults.length > 1 && <Button small icon="trash" onClick={() => void removeAll()}>{t.faults.removeAll}</Button>}
      >
        {error && <Failure error={error} retry={reload} />}
        {!data && !error && <Skeleton rows={3} />}
        {data?.faults.length === 0 && <Empty icon="faults" title={t.faults.none}><p>{t.faults.noneHelp}</p></Empty>}
        {data && data.faults.length > 0 && (
          <ul class="fault-list" aria-label={t.faults.now}>
            {data.faults.map((fault) => <FaultRow key={fault.id} fault={fault} onRemove={() => void remove(fault)} />)}
          </ul>
        )}
      </Section>
      <Section title={t.faults.add}><FaultForm onAdded={reload} /></Section>
    </Page>
  );
}

function FaultRow({ fault, onRemove }: { fault: Fault; onRemove: () => void }) {
  const title = fault.preset ? (t.faults.preset[fault.preset]?.title ?? fault.preset) : named(fault.operation ?? "*");
  const hits = fault.times === null
    ? t.faults.hits(fault.hits, number(fault.hits))
    : t.faults.hitsOf(number(fault.hits), number(fault.times));
  const matched = Object.entries(fault.match).filter(([, pattern]) => pattern);
  const details = [
    fault.account ? t.whose(fault.account, fault.region ?? t.nav.everywhere) : t.faults.everyAccount,
    fault.probability !== null && fault.probability < 1 && t.faults.chance(`${number(fault.probability * 100)} %`),
    ...matched.map(([subject, pattern]) => `${t.faults.subjects[subject] ?? subject} ${pattern}`),
  ].filter(Boolean);
  return (
    <li>
      <Icon name="faults" />
      <div class="fault-what">
        <p><b>{title}</b> <span class="muted">{happens(fault)}</span></p>
        <p class="muted small break">{details.join(" · ")}</p>
      </div>
      {fault.operation !== null && (
        <Badge tone={fault.remaining === 0 ? "quiet" : "warn"}>{fault.remaining === 0 ? t.faults.spent : hits}</Badge>
      )}
      <IconButton icon="trash" label={t.faults.remove(title)} onClick={onRemove} />
    </li>
  );
}

function named(operation: string): string {
  if (operation === "*") return t.faults.every;
  return operation === "SMTP:*" ? t.faults.everyStage : operation;
}

/** What the fault does, in words. */
function happens({ preset, operation, code, status, drop, truncate, delay_ms: delay, message }: Fault): string {
  if (preset) return t.faults.preset[preset]?.help ?? "";
  const smtp = operation?.startsWith("SMTP:");
  const kind = code ? t.faults.answers(code, status)
    : status ? (smtp ? t.faults.replies(status) : t.faults.answersStatus(status))
      : drop ? t.faults.drops[drop]
        : truncate ? t.faults.truncates : "";
  return [kind, message && `“${message}”`, delay ? t.faults.later(number(delay / 1000)) : ""].filter(Boolean).join(" · ");
}
