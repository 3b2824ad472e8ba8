// The emulated clock: looked at, stopped, moved.
import { useState } from "preact/hooks";
import { useTick } from "../hooks.ts";
import { Badge, Button, Field, Section } from "../parts/basics.tsx";
import { Page } from "../parts/layout.tsx";
import { clock, moveClock } from "../state.ts";
import { t } from "../strings.ts";

const STEPS = [
  { duration: "PT1H", label: t.clock.hour, help: t.clock.hourHelp },
  { duration: "PT24H", label: t.clock.day, help: t.clock.dayHelp },
  { duration: "PT72H", label: t.clock.days, help: t.clock.daysHelp },
];
const AWAY_MS = 2000;

export function ClockView() {
  const now = useTick(250);
  const frozen = clock.value?.frozen ?? false;
  const [when, setWhen] = useState("");
  const [busy, setBusy] = useState(false);
  const move = async (method: string, path: string, body: unknown) => {
    setBusy(true);
    await moveClock(method, path, body);
    setBusy(false);
  };
  return (
    <Page title={t.clock.title} lead={t.clock.lead}>
      <div class="clock-face">
        <p class="clock-time number">{now.toISOString().slice(11, 19)}</p>
        <p class="muted">{now.toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" })} · UTC</p>
        <p>
          <Badge tone={frozen ? "info" : "good"} icon={frozen ? "freeze" : "play"}>{frozen ? t.clock.frozen : t.clock.running}</Badge>{" "}
          <Away now={now} />
        </p>
        <div class="actions">
          <Button icon={frozen ? "play" : "freeze"} disabled={busy} onClick={() => void move("PUT", "/clock", { frozen: !frozen })}>
            {frozen ? t.clock.run : t.clock.freeze}
          </Button>
          <Button icon="undo" disabled={busy} onClick={() => void move("PUT", "/clock", { now: new Date().toISOString(), frozen: false })}>
            {t.clock.real}
          </Button>
        </div>
      </div>
      <Section title={t.clock.advance} lead={t.clock.advanceHelp}>
        <div class="steps">
          {STEPS.map((step) => (
            <button key={step.duration} type="button" class="step-card" disabled={busy}
              onClick={() => void move("POST", "/clock/advance", { duration: step.duration })}>
              <b>{step.label}</b>
              <span class="muted small">{step.help}</span>
            </button>
          ))}
        </div>
      </Section>
      <Section title={t.clock.set}>
        <form
          class="inline-form"
          onSubmit={(event) => {
            event.preventDefault();
            if (when) void move("PUT", "/clock", { now: `${when}:00Z`.replace(/(:\d\d:\d\d):00Z$/, "$1Z") });
          }}
        >
          <Field label={t.clock.when}>
            {(id) => <input id={id} type="datetime-local" required value={when} onInput={(event) => setWhen(event.currentTarget.value)} />}
          </Field>
          <Button type="submit" kind="primary" icon="clock" disabled={busy}>{t.clock.setYes}</Button>
        </form>
      </Section>
    </Page>
  );
}

/** How far the emulated clock is from the machine's. */
function Away({ now }: { now: Date }) {
  const away = now.getTime() - Date.now();
  if (Math.abs(away) < AWAY_MS) return <span class="muted small">{t.clock.inStep}</span>;
  return <span class="muted small">{t.clock.away(distance(Math.abs(away)), away > 0)}</span>;
}

function distance(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  if (minutes < 1) return t.clock.seconds(Math.round(milliseconds / 1000));
  if (minutes < 60) return t.clock.minutes(minutes);
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return t.clock.hours(hours, minutes % 60);
  return t.clock.dayCount(Math.floor(hours / 24), hours % 24);
}
