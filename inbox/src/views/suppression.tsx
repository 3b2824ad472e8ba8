// Who gets no mail, and what becomes of mail to whom.
import { useState } from "preact/hooks";
import { ask, get, segment, type Suppressed } from "../api.ts";
import { stamp } from "../format.ts";
import { useLoad } from "../hooks.ts";
import { Badge, Button, Empty, Failure, Field, IconButton, Section, Segments, Skeleton } from "../parts/basics.tsx";
import { Page } from "../parts/layout.tsx";
import { href } from "../route.ts";
import { owner, ownerKey } from "../scopes.ts";
import { attempt } from "../state.ts";
import { t } from "../strings.ts";

type List = "account" | "global";

interface Standing {
  address: string;
  outcome: string;
  bounce_type: string | null;
}

export function Suppression() {
  return (
    <Page owned title={t.suppression.title} lead={t.suppression.lead}>
      <SuppressionList />
      <StandingOutcomes />
    </Page>
  );
}

function SuppressionList() {
  const [list, setList] = useState<List>("account");
  const [address, setAddress] = useState("");
  const [reason, setReason] = useState("BOUNCE");
  const { data, error, reload } = useLoad<{ suppressed: Suppressed[] }>(
    (signal) => get("/suppression", { ...owner.value, list }, signal), `${list} ${ownerKey.value}`, true,
  );
  const add = async (event: Event) => {
    event.preventDefault();
    const body = { reason: list === "global" ? "BOUNCE" : reason };
    const done = await attempt(
      () => ask<Suppressed>("PUT", `/suppression/${segment(address)}`, { ...owner.value, list }, body),
      t.suppression.added(address),
    );
    if (done) setAddress("");
    reload();
  };
  const lift = async (each: string) => {
    await attempt(() => ask("DELETE", `/suppression/${segment(each)}`, { ...owner.value, list }), t.suppression.lifted(each));
    reload();
  };
  return (
    <Section
      title={t.suppression.list}
      lead={t.suppression.listHelp[list]}
      actions={
        <Segments
          label={t.suppression.which}
          options={[{ value: "account", label: t.suppression.account }, { value: "global", label: t.suppression.global }]}
          value={list}
          onChange={setList}
        />
      }
    >
      <form class="inline-form" onSubmit={(event) => void add(event)}>
        <Field label={t.suppression.address}>
          {(id) => <input id={id} type="text" inputMode="email" required placeholder="somebody@example.com" value={address}
            onInput={(event) => setAddress(event.currentTarget.value.trim())} />}
        </Field>
        {list === "account" && (
          <Field label={t.suppression.reason}>
            {(id) => (
              <select id={id} value={reason} onChange={(event) => setReason(event.currentTarget.value)}>
                <option value="BOUNCE">{t.suppression.reasons.BOUNCE}</option>
                <option value="COMPLAINT">{t.suppression.reasons.COMPLAINT}</option>
              </select>
            )}
          </Field>
        )}
        <Button kind="primary" type="submit" icon="suppressed">{t.suppression.add}</Button>
      </form>
      {error && <Failure error={error} retry={reload} />}
      {!data && !error && <Skeleton rows={3} />}
      {data && (data.suppressed.length === 0 ? (
        <Empty icon="suppression" title={t.suppression.none}><p>{t.suppression.noneHelp}</p></Empty>
      ) : (
        <div class="table-scroll" tabIndex={0} role="region" aria-label={t.suppression.list}>
          <table>
            <thead>
              <tr>
                <th>{t.suppression.address}</th><th>{t.suppression.reason}</th><th>{t.suppression.since}</th>
                <th><span class="away">{t.actionsColumn}</span></th>
              </tr>
            </thead>
            <tbody>
              {data.suppressed.map((each) => (
                <tr key={each.address}>
                  <td class="break">{each.address}</td>
                  <td><Badge tone={each.reason === "COMPLAINT" ? "bad" : "warn"}>{t.suppression.reasons[each.reason] ?? each.reason}</Badge></td>
                  <td class="muted">
                    {each.message_id
                      ? <a href={href(["mail", "all", each.message_id])}>{stamp(each.updated_at)}</a>
                      : stamp(each.updated_at)}
                  </td>
                  <td class="end"><IconButton icon="trash" label={t.suppression.lift(each.address)} onClick={() => void lift(each.address)} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ))}
    </Section>
  );
}

const OUTCOMES: Record<string, Record<string, string>> = {
  hard: { outcome: "bounce", bounce_type: "Permanent" },
  soft: { outcome: "bounce", bounce_type: "Transient" },
  complaint: { outcome: "complaint" },
  delay: { outcome: "delay" },
  reject: { outcome: "reject" },
  delivery: { outcome: "delivery" },
};

function StandingOutcomes() {
  const [address, setAddress] = useState("");
  const [outcome, setOutcome] = useState("hard");
  const { data, error, reload } = useLoad<{ recipients: Standing[] }>(
    (signal) => get("/recipients", { ...owner.value }, signal), ownerKey.value,
  );
  const put = async (event: Event) => {
    event.preventDefault();
    const done = await attempt(
      () => ask<Standing>("PUT", `/recipients/${segment(address)}`, { ...owner.value }, OUTCOMES[outcome]), t.saved,
    );
    if (done) setAddress("");
    reload();
  };
  const end = async (each: string) => {
    await attempt(() => ask("DELETE", `/recipients/${segment(each)}`, { ...owner.value }), t.standing.ended(each));
    reload();
  };
  return (
    <Section title={t.standing.title} lead={t.standing.lead}>
      <form class="inline-form" onSubmit={(event) => void put(event)}>
        <Field label={t.standing.address}>
          {(id) => <input id={id} type="text" required placeholder="@example.com" value={address}
            onInput={(event) => setAddress(event.currentTarget.value.trim())} />}
        </Field>
        <Field label={t.standing.outcome}>
          {(id) => (
            <select id={id} value={outcome} onChange={(event) => setOutcome(event.currentTarget.value)}>
              {Object.keys(OUTCOMES).map((each) => <option key={each} value={each}>{t.standing.outcomes[each]}</option>)}
            </select>
          )}
        </Field>
        <Button type="submit" kind="primary" icon="plus">{t.standing.add}</Button>
      </form>
      {error && <Failure error={error} retry={reload} />}
      {data && (data.recipients.length === 0 ? <p class="muted">{t.standing.none}</p> : (
        <div class="table-scroll" tabIndex={0} role="region" aria-label={t.standing.title}>
          <table>
            <thead>
              <tr><th>{t.standing.address}</th><th>{t.standing.outcome}</th><th><span class="away">{t.actionsColumn}</span></th></tr>
            </thead>
            <tbody>
              {data.recipients.map((each) => (
                <tr key={each.address}>
                  <td class="break">{each.address}</td>
                  <td>{t.standing.outcomes[named(each)] ?? each.outcome}</td>
                  <td class="end"><IconButton icon="trash" label={t.standing.end(each.address)} onClick={() => void end(each.address)} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ))}
    </Section>
  );
}

function named(standing: Standing): string {
  if (standing.outcome !== "bounce") return standing.outcome;
  return standing.bounce_type === "Transient" ? "soft" : "hard";
}
