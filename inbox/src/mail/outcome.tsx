// What became of messages, as badges and dots.
import type { Message, Recipient } from "../api.ts";
import { Badge, type Tone } from "../parts/basics.tsx";
import type { IconName } from "../parts/icon.tsx";
import { t } from "../strings.ts";

interface Look {
  tone: Tone;
  icon: IconName;
}

const STATUS: Record<string, Look> = {
  pending: { tone: "quiet", icon: "clock" },
  delivered: { tone: "good", icon: "delivered" },
  delayed: { tone: "warn", icon: "clock" },
  bounced: { tone: "bad", icon: "undo" },
  complained: { tone: "bad", icon: "complaint" },
  suppressed: { tone: "warn", icon: "suppressed" },
  rejected: { tone: "bad", icon: "failed" },
  rendering_failed: { tone: "bad", icon: "template" },
  received: { tone: "info", icon: "received" },
};

const EVENT: Record<string, Look> = {
  Send: { tone: "quiet", icon: "send" },
  Delivery: { tone: "good", icon: "delivered" },
  DeliveryDelay: { tone: "warn", icon: "clock" },
  Bounce: { tone: "bad", icon: "undo" },
  Complaint: { tone: "bad", icon: "complaint" },
  Reject: { tone: "bad", icon: "failed" },
  Open: { tone: "info", icon: "open" },
  Click: { tone: "info", icon: "click" },
  Subscription: { tone: "info", icon: "mail" },
  "Rendering Failure": { tone: "bad", icon: "template" },
  RenderingFailure: { tone: "bad", icon: "template" },
  Received: { tone: "info", icon: "received" },
  ReceiptAction: { tone: "quiet", icon: "rules" },
};

// The worst is said first: it is what somebody looks for.
const WORST_FIRST = [
  "rendering_failed", "rejected", "complained", "bounced", "suppressed", "delayed", "pending", "delivered",
];

export function eventLook(type: string): Look {
  return EVENT[type] ?? { tone: "quiet", icon: "mail" };
}

export function StatusBadge({ status }: { status: string }) {
  const look = STATUS[status] ?? { tone: "quiet" as Tone, icon: "mail" as IconName };
  return <Badge tone={look.tone} icon={look.icon}>{t.statuses[status] ?? status}</Badge>;
}

/** The badges of a message in the list: two at most of what became of it, then who opened and clicked. */
export function OutcomeBadges({ message }: { message: Message }) {
  if (message.direction !== "outbound") return null;
  const counts = byStatus(message.recipients);
  const statuses = WORST_FIRST.filter((status) => counts.has(status));
  const many = message.recipients.length > 1 && statuses.length > 1;
  const seen = new Set(message.outcomes ?? []);
  return (
    <span class="badges">
      {statuses.slice(0, 2).map((status) => {
        const look = STATUS[status] as Look;
        const share = many ? ` ${counts.get(status)}/${message.recipients.length}` : "";
        return (
          <Badge key={status} tone={look.tone} icon={look.icon}>{(t.statuses[status] ?? status) + share}</Badge>
        );
      })}
      {seen.has("Click") ? (
        <Badge tone="info" icon="click">{t.statuses.clicked}</Badge>
      ) : (
        seen.has("Open") && <Badge tone="info" icon="open">{t.statuses.opened}</Badge>
      )}
    </span>
  );
}

function byStatus(recipients: Recipient[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { status } of recipients) counts.set(status, (counts.get(status) ?? 0) + 1);
  return counts;
}
