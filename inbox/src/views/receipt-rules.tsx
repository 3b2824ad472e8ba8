// Receipt rule sets, and which of their rules an address would meet.
import { useState } from "preact/hooks";
import { get, type ReceiptRule, type ReceiptRuleSets } from "../api.ts";
import { pretty, words } from "../format.ts";
import { useLoad } from "../hooks.ts";
import { Badge, Button, CardTitle, Chip, CodeBlock, Empty, Failure, Field, LinkButton, Section, Skeleton } from "../parts/basics.tsx";
import { Page } from "../parts/layout.tsx";
import { href } from "../route.ts";
import { owner, ownerKey } from "../scopes.ts";
import { attempt } from "../state.ts";
import { t } from "../strings.ts";

interface Match {
  admitted: boolean;
  rules: string[];
  reason: string | null;
}

export function ReceiptRules() {
  const [match, setMatch] = useState<Match | null>(null);
  const { data, error, reload } = useLoad<ReceiptRuleSets>(
    (signal) => get("/receipt-rule-sets", { ...owner.value }, signal), ownerKey.value, true,
  );
  const nothing = data && !data.rule_sets.length && !data.filters.length;
  return (
    <Page
      owned
      title={t.rules.title}
      lead={t.rules.lead}
      actions={<LinkButton icon="receive" href={href(["receive"])}>{t.nav.receive}</LinkButton>}
    >
      {error && <Failure error={error} retry={reload} />}
      {!data && !error && <Skeleton rows={6} />}
      {nothing ? (
        <Empty icon="rules" title={t.rules.none}>
          <p>{t.rules.noneHelp}</p>
          <CodeBlock label={t.firstMail.snippet} text={SNIPPET} />
        </Empty>
      ) : data && (
        <>
          <WhichRule match={match} setMatch={setMatch} />
          {data.rule_sets.map((set) => (
            <Section
              key={set.name}
              title={set.name}
              actions={<Badge tone={set.active ? "good" : "quiet"}>{set.active ? t.rules.active : t.rules.inactive}</Badge>}
            >
              {set.rules.length === 0 && <p class="muted">{t.rules.noRules}</p>}
              <ol class="rules">
                {set.rules.map((rule, index) => (
                  <RuleView key={rule.name} rule={rule} index={index} matched={set.active && (match?.rules.includes(rule.name) ?? false)} />
                ))}
              </ol>
            </Section>
          ))}
          <Section title={t.rules.filters} lead={t.rules.filtersHelp}>
            {data.filters.length === 0 ? <p class="muted">{t.rules.noFilters}</p> : (
              <div class="table-scroll" tabIndex={0} role="region" aria-label={t.rules.filters}>
                <table>
                  <thead><tr><th>{t.rules.filter}</th><th>{t.rules.policy}</th><th>{t.rules.range}</th></tr></thead>
                  <tbody>
                    {data.filters.map((each) => (
                      <tr key={each.name}>
                        <td>{each.name}</td>
                        <td><Badge tone={each.policy === "Block" ? "bad" : "good"}>{each.policy}</Badge></td>
                        <td><code>{each.cidr}</code></td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )}
          </Section>
        </>
      )}
    </Page>
  );
}

const SNIPPET = `ses.create_receipt_rule_set(RuleSetName="inbound")
ses.create_receipt_rule(
    RuleSetName="inbound",
    Rule={"Name": "everything", "Enabled": True,
          "Actions": [{"AddHeaderAction": {
              "HeaderName": "X-Seen", "HeaderValue": "yes"}}]})
ses.set_active_receipt_rule_set(RuleSetName="inbound")`;

function WhichRule({ match, setMatch }: { match: Match | null; setMatch: (match: Match | null) => void }) {
  const [address, setAddress] = useState("");
  const [ip, setIp] = useState("");
  const ask = async (event: Event) => {
    event.preventDefault();
    const params = { ...owner.value, address, ip: ip || undefined };
    setMatch((await attempt(() => get<Match>("/receipt-rule-sets/match", params))) ?? null);
  };
  return (
    <Section title={t.rules.which} lead={t.rules.whichHelp}>
      <form class="inline-form" onSubmit={(event) => void ask(event)}>
        <Field label={t.rules.address}>
          {(id) => <input id={id} type="text" inputMode="email" required placeholder="support@example.com" value={address}
            onInput={(event) => setAddress(event.currentTarget.value.trim())} />}
        </Field>
        <Field label={t.rules.ip}>
          {(id) => <input id={id} placeholder="192.0.2.1" value={ip} onInput={(event) => setIp(event.currentTarget.value.trim())} />}
        </Field>
        <Button kind="primary" type="submit" icon="lookup">{t.rules.ask}</Button>
      </form>
      <div aria-live="polite">
        {match && (
          <p class="match">
            <Badge tone={match.admitted ? "good" : "bad"}>{match.admitted ? t.rules.admitted : t.rules.refused}</Badge>{" "}
            {match.rules.length > 0 ? t.rules.matched(match.rules) : match.reason}
          </p>
        )}
      </div>
    </Section>
  );
}

function RuleView({ rule, index, matched }: { rule: ReceiptRule; index: number; matched: boolean }) {
  return (
    <li class={`card ${matched ? "matched" : ""}`}>
      <header class="card-head">
        <span class="step number" aria-hidden="true">{index + 1}</span>
        <CardTitle>{rule.name}</CardTitle>
        {matched && <Badge tone="info" icon="check">{t.rules.matches}</Badge>}
        <span class="grow" />
        {rule.tls_policy === "Require" && <Badge icon="shield">{t.rules.tls}</Badge>}
        {rule.scan_enabled && <Badge icon="search">{t.rules.scan}</Badge>}
        <Badge tone={rule.enabled ? "good" : "quiet"}>{rule.enabled ? t.on : t.off}</Badge>
      </header>
      <p class="chips">
        {rule.recipients.length ? rule.recipients.map((each) => <Chip key={each}>{each}</Chip>) : <span class="muted small">{t.rules.everyone}</span>}
      </p>
      <ol class="rule-actions">
        {rule.actions.map((action, at) => <RuleAction key={at} action={action} />)}
      </ol>
      {rule.actions.length === 0 && <p class="muted small">{t.receipt.noActions}</p>}
    </li>
  );
}

/** An action: its kind, and its members in a line; it comes as `{kind: members}` or as `{type, …}`. */
function RuleAction({ action }: { action: unknown }) {
  const record = (action ?? {}) as Record<string, unknown>;
  const [first = "", members] = "type" in record || "kind" in record
    ? [String(record.type ?? record.kind), (record.members ?? omit(record, ["type", "kind"])) as unknown]
    : (Object.entries(record)[0] ?? []);
  const kind = first.replace(/_?action$/i, "");
  return (
    <li>
      <b>{t.actions[kind] ?? words(kind)}</b>{" "}
      <code class="break">{line(members)}</code>
    </li>
  );
}

function line(members: unknown): string {
  if (members === null || typeof members !== "object") return pretty(members ?? "");
  return Object.entries(members).filter(([, value]) => value !== null && value !== "")
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`).join("  ");
}

function omit(record: Record<string, unknown>, names: string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));
}
