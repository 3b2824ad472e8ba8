// SES's side of a message: what it was asked, what it did, and what may happen next.
import type { ComponentChildren } from "preact";
import { get, type Message, segment, type Verification } from "../api.ts";
import { pretty, size } from "../format.ts";
import { useLoad } from "../hooks.ts";
import { Badge, CodeBlock, Copyable, Facts, Section, Status, type Tone } from "../parts/basics.tsx";
import { hrefOf } from "../scopes.ts";
import { t } from "../strings.ts";
import { TagChips } from "./message.tsx";
import { Outcomes } from "./outcomes.tsx";
import { Receipt } from "./receipt.tsx";
import { Timeline } from "./timeline.tsx";

export function SesPanel({ message, changed }: { message: Message; changed: () => void }) {
  return (
    <div class="ses-panel">
      {message.direction === "outbound" && <Outcomes message={message} changed={changed} />}
      {message.direction === "inbound" && <Receipt message={message} />}
      <Timeline message={message} />
      <Details message={message} />
      <Envelope message={message} />
      <Authentication message={message} />
      {message.template_data && (
        <Section title={t.panel.templateData}>
          <CodeBlock text={pretty(message.template_data)} label={t.panel.templateData} wrap />
        </Section>
      )}
    </div>
  );
}

function Details({ message }: { message: Message }) {
  const theirs = { account: message.account, region: message.region };
  const facts: [string, ComponentChildren][] = [];
  const add = (name: string, value: ComponentChildren) => {
    if (value !== null && value !== undefined && value !== "") facts.push([name, value]);
  };
  add(t.panel.operation, message.operation && <code>{message.operation}</code>);
  add(t.panel.account, <span class="number">{message.account}</span>);
  add(t.panel.region, message.region);
  add(t.panel.caller, message.caller);
  add(t.panel.sourceIp, message.source_ip);
  if (message.identity) {
    const name = message.identity.split("identity/").pop() ?? message.identity;
    const owner = message.identity.split(":")[4] || message.account;
    add(t.panel.identity, <IdentityFact name={name} theirs={{ ...theirs, account: owner }} />);
  }
  add(t.panel.configurationSet, message.configuration_set && (
    <a href={hrefOf(["configuration-sets", message.configuration_set], theirs)}>{message.configuration_set}</a>
  ));
  add(t.panel.template, message.template && (
    <a href={hrefOf(["templates", message.template], theirs)}>{message.template}</a>
  ));
  add(t.panel.tags, Object.keys(message.tags).length ? <TagChips tags={message.tags} /> : null);
  if (message.direction === "outbound") add(t.panel.quota, t.panel.quotaCost(message.recipients.length));
  add(t.panel.size, size(message.size));
  add(t.panel.messageId, <Copyable text={message.id} label={t.copyNamed(t.panel.messageId)} />);
  return <Section title={t.panel.details}><Facts facts={facts} /></Section>;
}

function IdentityFact({ name, theirs }: { name: string; theirs: { account: string; region: string } }) {
  const { data } = useLoad<Verification>(
    (signal) => get(`/identities/${segment(name)}/verification`, theirs, signal),
    `${theirs.account} ${theirs.region} ${name}`,
  );
  return (
    <span class="fact-pair">
      <a href={hrefOf(["identities", name], theirs)}>{name}</a>
      {data && <Status status={data.status} />}
    </span>
  );
}

function Envelope({ message }: { message: Message }) {
  return (
    <Section title={t.panel.envelope}>
      <Facts
        facts={[
          [t.panel.mailFrom, message.return_path || <span class="muted">{t.panel.nullSender}</span>],
          [t.panel.rcptTo, (
            <ul class="plain-list">
              {message.recipients.map((each) => <li key={each.address + each.kind} class="break">{each.address}</li>)}
            </ul>
          )],
        ]}
      />
    </Section>
  );
}

interface AuthenticationResults {
  dkim: Result[];
  spf: Result | null;
  dmarc: Result | null;
  verdicts: Record<string, string> | null; // of received mail
}

interface Result {
  result: string;
  domain?: string | null;
  selector?: string | null;
}

function Authentication({ message }: { message: Message }) {
  const { data } = useLoad<AuthenticationResults>(
    (signal) => get(`/messages/${message.id}/authentication`, {}, signal),
    message.id,
  );
  if (!data) return null;
  const dkim = data.dkim.length ? data.dkim : [null];
  return (
    <Section title={t.panel.authentication}>
      <dl class="facts">
        <Fact name="SPF" result={data.spf} />
        {dkim.map((each, index) => <Fact key={index} name="DKIM" result={each} />)}
        <Fact name="DMARC" result={data.dmarc} />
        {data.verdicts && (
          <div>
            <dt>{t.panel.verdicts}</dt>
            <dd class="chips">
              {Object.entries(data.verdicts).map(([name, verdict]) => (
                <Badge key={name} tone={TONES[verdict.toLowerCase()] ?? "quiet"}>{`${name} ${verdict}`.toUpperCase()}</Badge>
              ))}
            </dd>
          </div>
        )}
      </dl>
    </Section>
  );
}

const TONES: Record<string, Tone> = { pass: "good", fail: "bad", permerror: "bad", softfail: "warn", gray: "warn" };

function Fact({ name, result }: { name: string; result: Result | null }) {
  const word = (result?.result ?? "none").toLowerCase();
  const about = [result?.domain, result?.selector && `s=${result.selector}`].filter(Boolean).join(" · ");
  return (
    <div>
      <dt>{name}</dt>
      <dd class="fact-pair">
        <Badge tone={TONES[word] ?? "quiet"}>{t.verdicts[word] ?? word}</Badge>
        {about && <span class="muted small cut" title={about}>{about}</span>}
      </dd>
    </div>
  );
}
