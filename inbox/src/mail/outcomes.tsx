// What becomes of a message at each recipient, decided here.
import { useState } from "preact/hooks";
import { ask, get, type Message, type Recipient, type SesEvent } from "../api.ts";
import { useLoad } from "../hooks.ts";
import { Section } from "../parts/basics.tsx";
import { Icon, type IconName } from "../parts/icon.tsx";
import { Menu } from "../parts/menu.tsx";
import { attempt, say } from "../state.ts";
import { t } from "../strings.ts";
import type { Link } from "./bodies.tsx";
import { StatusBadge } from "./outcome.tsx";
import { target } from "./tracking.ts";

interface Outcome {
  type: string;
  bounce_type?: string;
  link?: string;
}

const CHOICES: { name: keyof typeof t.outcomes.names; icon: IconName; outcome: Outcome }[] = [
  { name: "delivery", icon: "delivered", outcome: { type: "delivery" } },
  { name: "delay", icon: "clock", outcome: { type: "delay" } },
  { name: "soft", icon: "undo", outcome: { type: "bounce", bounce_type: "Transient" } },
  { name: "hard", icon: "failed", outcome: { type: "bounce", bounce_type: "Permanent" } },
  { name: "complaint", icon: "complaint", outcome: { type: "complaint" } },
  { name: "open", icon: "open", outcome: { type: "open" } },
  { name: "click", icon: "click", outcome: { type: "click" } },
];

export function Outcomes({ message, changed }: { message: Message; changed: () => void }) {
  const [open, setOpen] = useState(message.recipients.length === 1 ? (message.recipients[0]?.address ?? "") : "");
  return (
    <Section title={t.outcomes.title} lead={t.outcomes.lead}>
      <ul class="recipients">
        {message.recipients.map((each) => (
          <RecipientOutcome
            key={each.kind + each.address}
            message={message}
            recipient={each}
            open={open === each.address}
            onToggle={() => setOpen(open === each.address ? "" : each.address)}
            changed={changed}
          />
        ))}
      </ul>
    </Section>
  );
}

function RecipientOutcome({ message, recipient, open, onToggle, changed }: {
  message: Message; recipient: Recipient; open: boolean; onToggle: () => void; changed: () => void;
}) {
  const happen = async (name: keyof typeof t.outcomes.names, outcome: Outcome) => {
    const body = { recipient: recipient.address, ...outcome };
    const event = await attempt(() => ask<SesEvent>("POST", `/messages/${message.id}/outcomes`, {}, body));
    if (!event) return;
    say(t.outcomes.happened(t.outcomes.names[name], recipient.address));
    changed();
  };
  return (
    <li class={open ? "open" : ""}>
      <button type="button" class="recipient" aria-expanded={open} onClick={onToggle}>
        <Icon name={open ? "down" : "right"} size={14} />
        <span class="cut" title={recipient.address}>{recipient.address}</span>
        <StatusBadge status={recipient.status} />
      </button>
      {open && (
        <div class="outcome-buttons" role="group" aria-label={t.outcomes.of(recipient.address)}>
          {CHOICES.map(({ name, icon, outcome }) => name === "click" ? (
            <ClickButton key={name} message={message} choose={(link) => void happen("click", { type: "click", link })} />
          ) : (
            <button key={name} type="button" class="button plain small" onClick={() => void happen(name, outcome)}>
              <Icon name={icon} size={14} />
              <span>{t.outcomes.names[name]}</span>
            </button>
          ))}
        </div>
      )}
    </li>
  );
}

/** A click needs a link: with several of them, there is a menu. */
function ClickButton({ message, choose }: { message: Message; choose: (link: string) => void }) {
  const { data } = useLoad<{ links: Link[] }>((signal) => get(`/messages/${message.id}/links`, {}, signal), message.id);
  const links = data?.links ?? [];
  const face = (
    <>
      <Icon name="click" size={14} />
      <span>{t.outcomes.names.click}</span>
    </>
  );
  if (links.length < 2) {
    const only = () => (links[0] ? choose(target(links[0].url).url) : say(t.outcomes.noLink, true));
    return <button type="button" class="button plain small" disabled={!data} onClick={only}>{face}</button>;
  }
  const items = links.map((link) => ({ label: link.text || target(link.url).url, hint: target(link.url).url, run: () => choose(target(link.url).url) }));
  return <Menu label={t.outcomes.whichLink} items={items} align="end" class="button plain small">{face}</Menu>;
}
