// How SES received a message: from whom, which rules matched it, and what each action has done.
import { get, type Message } from "../api.ts";
import { pretty, words } from "../format.ts";
import { useLoad } from "../hooks.ts";
import { Badge, CodeBlock, Facts, Section, Skeleton, type Tone } from "../parts/basics.tsx";
import { t } from "../strings.ts";

interface Action {
  type: string;
  members: Record<string, unknown>;
  outcome: string;
  target: string | null;
  error: string | null;
  detail: Record<string, unknown> | null;
}

interface Received {
  ip: string;
  helo: string;
  rdns: string | null;
  tls: boolean;
  rules: { rule_set: string; rule: string; recipients: string[]; actions: Action[] }[];
}

const TONES: Record<string, Tone> = {
  done: "good", recorded: "info", failed: "bad", retrying: "warn", pending: "warn",
};

export function Receipt({ message }: { message: Message }) {
  const { data } = useLoad<Received>((signal) => get(`/messages/${message.id}/receipt`, {}, signal), message.id, true);
  if (!data) return <Section title={t.receipt.title}><Skeleton rows={4} /></Section>;
  return (
    <>
      <Section title={t.receipt.title}>
        {data.rules.length === 0 && <p class="muted">{t.receipt.none}</p>}
        <ol class="receipt">
          {data.rules.map((rule, index) => (
            <li key={index}>
              <b>{rule.rule}</b> <span class="muted small">{t.receipt.of(rule.rule_set)}</span>
              {rule.actions.length === 0 && <p class="muted small">{t.receipt.noActions}</p>}
              <ul class="plain-list">
                {rule.actions.map((action, at) => <ActionView key={at} action={action} />)}
              </ul>
            </li>
          ))}
        </ol>
      </Section>
      <Section title={t.receipt.session}>
        <Facts
          facts={[
            [t.receipt.host, <span class="break">{data.ip}{data.rdns && ` (${data.rdns})`}</span>],
            [t.receipt.helo, data.helo],
            [t.receipt.tls, data.tls ? t.receipt.encrypted : t.receipt.plain],
          ]}
        />
      </Section>
    </>
  );
}

function ActionView({ action }: { action: Action }) {
  const { type, members, outcome, target, error, detail } = action;
  const kind = type.replace(/Action$/, "");
  return (
    <li>
      <details class="publication">
        <summary>
          <span class="publication-what">
            <span>{t.actions[kind] ?? kind}</span>
            {target && <span class="muted small cut" title={target}>{target}</span>}
          </span>
          <Badge tone={TONES[outcome] ?? "quiet"}>{t.receipt.outcomes[outcome] ?? words(outcome)}</Badge>
        </summary>
        {error && <p class="bad-text small">{error}</p>}
        <CodeBlock text={pretty(members)} label={t.receipt.members} wrap />
        {detail && <CodeBlock text={pretty(detail)} label={t.receipt.detail} wrap />}
      </details>
    </li>
  );
}
