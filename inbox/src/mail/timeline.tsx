// Every event of a message: its facts, whom SES told of it, and how each try went.
import { useState } from "preact/hooks";
import { ask, get, type Message, type Publication, type SesEvent } from "../api.ts";
import { exactTime, fullTime, pretty } from "../format.ts";
import { useLoad } from "../hooks.ts";
import { Badge, Button, CodeBlock, Section, Skeleton, type Tone } from "../parts/basics.tsx";
import { Icon } from "../parts/icon.tsx";
import { attempt, say } from "../state.ts";
import { t } from "../strings.ts";
import { eventLook } from "./outcome.tsx";

const STATES: Record<string, Tone> = { published: "good", recorded: "quiet", pending: "warn", dead: "bad" };

export function Timeline({ message }: { message: Message }) {
  const { data, reload } = useLoad<{ events: SesEvent[] }>(
    (signal) => get("/events", { message_id: message.id, limit: "500" }, signal),
    message.id,
    true,
  );
  return (
    <Section title={t.timeline.title}>
      {!data ? <Skeleton rows={3} /> : data.events.length === 0 ? <p class="muted">{t.timeline.empty}</p> : (
        <ol class="timeline">
          {[...data.events].reverse().map((event) => <Entry key={event.id} event={event} reload={reload} />)}
        </ol>
      )}
    </Section>
  );
}

function Entry({ event, reload }: { event: SesEvent; reload: () => void }) {
  const [open, setOpen] = useState(false);
  const look = eventLook(event.type);
  // What waits is told anyway, and what is kept here has nowhere to go.
  const told = event.publications.some(({ via, state }) => via && (state === "published" || state === "dead"));
  const replay = async () => {
    const answer = await attempt(() => ask<{ publications: number }>("POST", `/events/${event.id}/replay`));
    if (answer) say(t.timeline.replayed(answer.publications));
    reload();
  };
  return (
    <li class={look.tone}>
      <span class={`timeline-mark ${look.tone}`} aria-hidden="true"><Icon name={look.icon} size={13} /></span>
      <button type="button" class="timeline-head" aria-expanded={open} onClick={() => setOpen(!open)}>
        <b>{t.eventTypes[event.type] ?? event.type}</b>
        {event.publications.length > 0 && (
          <span class="told muted small" title={t.timeline.told(event.publications.length)}>
            <Icon name="webhook" size={12} />
            <span aria-hidden="true">{event.publications.length}</span>
            <span class="away">{t.timeline.told(event.publications.length)}</span>
          </span>
        )}
        <span class="grow" />
        <time class="muted small number" dateTime={event.created_at} title={fullTime(event.created_at)}>
          {exactTime(event.created_at)}
        </time>
        <span class="timeline-what muted small break">{summary(event)}</span>
      </button>
      {open && (
        <div class="timeline-body">
          <CodeBlock text={pretty(event.detail)} label={t.timeline.facts} wrap />
          {event.publications.map((each) => <PublicationView key={each.id} publication={each} />)}
          {told && <Button small icon="replay" onClick={() => void replay()}>{t.timeline.replay}</Button>}
        </div>
      )}
    </li>
  );
}

function PublicationView({ publication }: { publication: Publication }) {
  const { channel, name, target, via, state, attempts, content, service } = publication;
  const told = typeof content.Message === "string" ? content.Message : content;
  return (
    <details class="publication">
      <summary>
        <span class="publication-what">
          <span>{name || (t.channels[channel] ?? channel)}</span>
          <span class="muted small cut" title={target}>{service} · {target.split(":").slice(5).join(":") || target}</span>
        </span>
        <Badge tone={STATES[state] ?? "quiet"}>{t.publicationStates[state] ?? state}</Badge>
      </summary>
      <p class="muted small">{via ? t.timeline.via(via) : t.timeline.nowhere}</p>
      {attempts.length > 0 && (
        <ol class="attempts">
          {attempts.map((each, index) => (
            <li key={index} class="small">
              <time class="number" dateTime={each.at}>{exactTime(each.at)}</time>{" "}
              {each.error ? <span class="bad-text">{each.error}</span> : t.timeline.taken}
            </li>
          ))}
        </ol>
      )}
      <CodeBlock text={pretty(told)} label={t.timeline.payload} wrap />
    </details>
  );
}

/** The one thing that somebody wants to know of an event. */
function summary(event: SesEvent): string {
  const detail = event.detail;
  const text = (name: string) => (typeof detail[name] === "string" ? (detail[name] as string) : "");
  const facts: Record<string, string> = {
    Bounce: [text("bounce_type"), text("bounce_sub_type")].filter(Boolean).join(" / "),
    Complaint: text("complaint_feedback_type"),
    Click: text("link"),
    Reject: text("reason"),
    "Rendering Failure": text("error_message"),
    Delivery: text("smtp_response"),
    DeliveryDelay: text("delay_type"),
    ReceiptAction: [text("rule"), text("action"), text("outcome")].filter(Boolean).join(" · "),
  };
  const who = event.recipients.length > 1 ? t.timeline.recipients(event.recipients.length) : (event.recipients[0] ?? "");
  return [who, facts[event.type]].filter(Boolean).join(" · ");
}
