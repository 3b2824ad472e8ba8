// One message of the list.
import type { Message } from "../api.ts";
import { person, shortTime, size } from "../format.ts";
import { Icon, type IconName } from "../parts/icon.tsx";
import { href } from "../route.ts";
import { t } from "../strings.ts";
import { folder, search } from "./list-state.ts";
import { OutcomeBadges } from "./outcome.tsx";

const DIRECTION: Record<string, IconName> = { outbound: "sent", inbound: "received", system: "system" };

interface RowProps {
  message: Message;
  now: Date;
  index: number;
  top: number;
  count: number;
  opened: boolean;
  current: boolean;
  chosen: boolean;
  onChoose: (on: boolean, range: boolean) => void;
}

export function Row({ message, now, index, top, count, opened, current, chosen, onChoose }: RowProps) {
  const unread = message.read === false;
  const subject = message.subject || (message.template ? t.mail.fromTemplate(message.template) : t.mail.noSubject);
  const name = `row-${message.id}`;
  return (
    <li
      class={`row ${unread ? "unread" : ""} ${opened ? "opened" : ""} ${current ? "current" : ""} ${chosen ? "chosen" : ""}`}
      style={{ transform: `translateY(${top}px)` }}
      aria-setsize={count}
      aria-posinset={index + 1}
    >
      <span class="row-mark">
        {unread && <i class="unread-dot" aria-hidden="true" />}
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={t.mail.select(subject)}
          checked={chosen}
          onClick={(event) => onChoose(event.currentTarget.checked, event.shiftKey)}
        />
      </span>
      <a
        id={name}
        href={href(["mail", folder.value, message.id], { q: search.value || undefined })}
        aria-current={opened ? "true" : undefined}
      >
        <span class="row-top">
          {unread && <span class="away">{t.mail.unread}</span>}
          <span class="row-people">
            <Icon name={DIRECTION[message.direction] ?? "mail"} size={13} />
            <span class="away">{t.directions[message.direction]}</span>
            <span class="cut">
              {person(message.from ?? message.source)}
              <i class="arrow" aria-hidden="true"> → </i>
              <span class="away">{t.mail.to}</span>
              {people(message)}
            </span>
          </span>
          <time dateTime={message.created_at}>{shortTime(message.created_at, now)}</time>
        </span>
        <span class="row-subject cut">{subject}</span>
        <span class="row-foot">
          <OutcomeBadges message={message} />
          <span class="row-preview cut">{preview(message)}</span>
          <span class="row-size">
            {message.attachments.length > 0 && (
              <span title={t.mail.attachments(message.attachments.length)}>
                <Icon name="paperclip" size={12} />
                <span class="away">{t.mail.attachments(message.attachments.length)}</span>
              </span>
            )}
            {size(message.size)}
          </span>
        </span>
      </a>
    </li>
  );
}

function people(message: Message): string {
  const all = message.recipients.map((each) => each.address);
  const named = message.to[0] ? person(message.to[0]) : (all[0] ?? "");
  return all.length > 1 ? t.mail.andMore(named, all.length - 1) : named;
}

function preview(message: Message): string {
  return message.preview ?? (message.text ?? "").replace(/\s+/g, " ").trim().slice(0, 140);
}
