// The account: its quota, its statistics, and what it may do.
import { useState } from "preact/hooks";
import { type Account, ask, get, type Statistics } from "../api.ts";
import { number } from "../format.ts";
import { useLoad } from "../hooks.ts";
import { Badge, Button, Failure, Field, Section, Segments, Skeleton, Switch } from "../parts/basics.tsx";
import { Columns } from "../parts/chart.tsx";
import { confirmed } from "../parts/dialog.tsx";
import { Page } from "../parts/layout.tsx";
import { scope } from "../route.ts";
import { owner, ownerKey } from "../scopes.ts";
import { attempt, emulatedNow } from "../state.ts";
import { t } from "../strings.ts";

type Range = "day" | "fortnight";

const HOUR_MS = 3_600_000;
const SPANS: Record<Range, { columns: number; each: number }> = {
  day: { columns: 48, each: HOUR_MS / 2 },
  fortnight: { columns: 56, each: 6 * HOUR_MS },
};

export function AccountView() {
  const key = ownerKey.value;
  const { data, error, reload } = useLoad<Account>((signal) => get("/account", { ...owner.value }, signal), key, true);
  const change = async (body: Partial<Record<keyof Account, unknown>>) => {
    await attempt(() => ask<Account>("PATCH", "/account", { ...owner.value }, body), t.saved);
    reload();
  };
  return (
    <Page title={t.account.title} owned>
      {error && <Failure error={error} retry={reload} />}
      {!data && !error && <Skeleton rows={8} />}
      {data && (
        <>
          <Quota account={data} />
          <SendStatistics />
          <Section title={t.account.state} lead={t.account.stateHelp}>
            <Switch on={data.sandbox} label={t.account.sandbox} help={t.account.sandboxHelp} onChange={(sandbox) => void change({ sandbox })} />
            <Switch on={data.sending_enabled} label={t.account.sending} help={t.account.sendingHelp} onChange={(sending_enabled) => void change({ sending_enabled })} />
            <Switch on={data.suspended} label={t.account.suspended} help={t.account.suspendedHelp} onChange={(suspended) => void change({ suspended })} />
            <Switch on={data.verification === "auto"} label={t.account.auto} help={t.account.autoHelp} onChange={(on) => void change({ verification: on ? "auto" : "manual" })} />
          </Section>
          <Section title={t.account.limits} lead={t.account.limitsHelp}>
            <Switch on={data.enforce_limits} label={t.account.enforce} help={t.account.enforceHelp} onChange={(enforce_limits) => void change({ enforce_limits })} />
            <div class="number-fields">
              <NumberField label={t.account.daily} help={t.account.dailyHelp} value={data.max_24_hour_send} save={(value) => change({ max_24_hour_send: value })} />
              <NumberField label={t.account.rate} help={t.account.rateHelp} value={data.max_send_rate} save={(value) => change({ max_send_rate: value })} />
              <NumberField label={t.account.api} help={t.account.apiHelp} value={data.api_rate_limit} save={(value) => change({ api_rate_limit: value })} />
            </div>
          </Section>
          <StartOver account={data} />
        </>
      )}
    </Page>
  );
}

function Quota({ account }: { account: Account }) {
  const { sent_last_24_hours: sent, max_24_hour_send: most } = account;
  const share = most > 0 ? Math.min(1, sent / most) : 0;
  return (
    <div class="tiles">
      <div class="tile wide">
        <span class="muted small">{t.account.quota}</span>
        <p class="big number">
          {number(sent)} <span class="muted">{most < 0 ? t.account.unlimited : t.account.ofMost(number(most))}</span>
        </p>
        <meter class={share > 0.9 ? "bad" : share > 0.7 ? "warn" : ""} min={0} max={1} value={share} aria-label={t.account.quota} />
      </div>
      <div class="tile">
        <span class="muted small">{t.account.rate}</span>
        <p class="big number">{number(account.max_send_rate)} <span class="muted">{t.account.perSecond}</span></p>
      </div>
      <div class="tile">
        <span class="muted small">{t.account.access}</span>
        <p class="big">
          {account.suspended ? <Badge tone="bad">{t.account.suspended}</Badge>
            : !account.sending_enabled ? <Badge tone="warn">{t.sets.paused}</Badge>
              : account.sandbox ? <Badge tone="warn">{t.account.inSandbox}</Badge>
                : <Badge tone="good">{t.account.production}</Badge>}
        </p>
      </div>
    </div>
  );
}

function SendStatistics() {
  const [range, setRange] = useState<Range>("day");
  const { data } = useLoad<Statistics>((signal) => get("/statistics", { ...owner.value }, signal), ownerKey.value, true);
  return (
    <Section
      title={t.account.statistics}
      actions={
        <Segments
          label={t.account.range}
          options={[{ value: "day", label: t.account.ranges.day }, { value: "fortnight", label: t.account.ranges.fortnight }]}
          value={range}
          onChange={setRange}
        />
      }
    >
      {data ? (
        <Columns
          label={t.account.chart}
          columns={columns(data.points, range)}
          series={[
            { name: t.account.sent, tone: "accent" },
            { name: t.account.bounces, tone: "warn" },
            { name: t.account.complaints, tone: "bad" },
          ]}
        />
      ) : <div class="chart-room"><Skeleton rows={4} /></div>}
    </Section>
  );
}

function columns(points: Statistics["points"], range: Range) {
  const { columns: count, each } = SPANS[range];
  const end = Math.ceil(emulatedNow().getTime() / each) * each;
  const start = end - count * each;
  const result = Array.from({ length: count }, (_, index) => ({
    label: label(new Date(start + index * each), range),
    values: [0, 0, 0],
  }));
  for (const point of points) {
    const column = result[Math.floor((Date.parse(point.at) - start) / each)];
    if (!column) continue;
    const [sent = 0, bounces = 0, complaints = 0] = column.values;
    const bad = point.bounces + point.complaints;
    column.values = [sent + Math.max(0, point.delivery_attempts - bad), bounces + point.bounces, complaints + point.complaints];
  }
  return result;
}

function label(date: Date, range: Range): string {
  const day = date.toLocaleDateString("en-GB", { day: "numeric", month: "short" });
  const time = date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  return range === "day" ? `${day}, ${time}` : `${time}, ${day}`;
}

function NumberField({ label, help, value, save }: {
  label: string; help: string; value: number; save: (value: number) => Promise<void>;
}) {
  return (
    <Field label={label} help={help}>
      {(id) => (
        <input
          key={value}
          id={id}
          type="number"
          step="any"
          defaultValue={String(value)}
          onChange={(event) => {
            if (event.currentTarget.value !== "") void save(event.currentTarget.valueAsNumber);
          }}
        />
      )}
    </Field>
  );
}

function StartOver({ account }: { account: Account }) {
  const { account: chosen, region } = scope.value;
  const reset = async () => {
    const what = chosen ? t.account.resetOne(t.whose(account.account, account.region)) : t.account.resetAll;
    if (!(await confirmed(t.account.reset, what, t.account.resetYes))) return;
    await attempt(() => ask("POST", "/reset", { account: chosen, region }), t.account.resetDone);
    location.reload();
  };
  return (
    <Section title={t.account.reset} lead={chosen ? t.account.resetOneHelp : t.account.resetHelp}>
      <Button kind="danger" icon="trash" onClick={() => void reset()}>{t.account.resetYes}</Button>
    </Section>
  );
}
