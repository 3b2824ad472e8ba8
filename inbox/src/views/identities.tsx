// Identities: their state, and what would verify them.
import { ask, get, type Identity, segment, type Verification } from "../api.ts";
import { useLoad } from "../hooks.ts";
import {
  Button, CodeBlock, Copyable, CopyButton, Empty, Facts, Failure, LinkButton, Section, Skeleton, Status,
} from "../parts/basics.tsx";
import { Icon } from "../parts/icon.tsx";
import { ListLink, Split, Whose } from "../parts/layout.tsx";
import { href, route } from "../route.ts";
import { owner, ownerKey } from "../scopes.ts";
import { attempt } from "../state.ts";
import { t } from "../strings.ts";
import { ConfigurationSetChoice } from "./configuration-set-choice.tsx";

export function Identities() {
  const name = route.value.path[1];
  const key = ownerKey.value;
  const { data, error, reload } = useLoad<{ identities: Identity[] }>(
    (signal) => get("/identities", { ...owner.value }, signal), key, true,
  );
  const list = (
    <>
      {error && <Failure error={error} retry={reload} />}
      {!data && !error && <Skeleton rows={5} />}
      {data?.identities.length === 0 && <NoIdentity />}
      <ul class="link-list" aria-label={t.identities.title}>
        {data?.identities.map((each) => (
          <li key={each.identity}>
            <ListLink href={href(["identities", each.identity])} current={each.identity === name}>
              <Icon name={each.type === "Domain" ? "dns" : "identity"} size={15} />
              <span class="cut">{each.identity}</span>
              <Status status={each.status} />
            </ListLink>
          </li>
        ))}
      </ul>
    </>
  );
  return (
    <Split lead={<Whose />} title={t.identities.title} list={list} chosen={name !== undefined} back={href(["identities"])}>
      {name ? <IdentityView key={name} name={name} changed={reload} /> : data?.identities.length !== 0 && (
        <Empty icon="shield" title={t.identities.pick}><p>{t.identities.pickHelp}</p></Empty>
      )}
    </Split>
  );
}

function NoIdentity() {
  return (
    <Empty icon="shield" title={t.identities.none}>
      <p>{t.identities.noneHelp}</p>
      <CodeBlock label={t.firstMail.snippet} text={SNIPPET} wrap />
    </Empty>
  );
}

const SNIPPET = `ses.verify_email_identity(EmailAddress="ann@example.com")
ses.verify_domain_identity(Domain="example.com")`;

function IdentityView({ name, changed }: { name: string; changed: () => void }) {
  const at = `/identities/${segment(name)}`;
  const { data, error, reload } = useLoad<Verification>(
    (signal) => get(`${at}/verification`, { ...owner.value }, signal), `${name} ${ownerKey.value}`, true,
  );
  if (error) return <Failure error={error} retry={reload} />;
  if (!data) return <div class="pad"><Skeleton rows={6} /></div>;
  const again = () => {
    reload();
    changed();
  };
  const decide = async (what: "verify" | "fail", part?: string) => {
    await attempt(() => ask("POST", `${at}/${what}`, { ...owner.value, part }), t.identities.decided[what]);
    again();
  };
  const publish = async (records: Verification["records"]) => {
    await attempt(async () => {
      for (const { name, type, value } of records) await ask("PUT", "/dns/records", {}, { name, type, value });
    }, t.identities.published(records.length));
    again();
  };
  const isDomain = data.type === "Domain";
  return (
    <div class="detail">
      <header class="detail-head">
        <div>
          <h2>{data.identity}</h2>
          <p class="fact-pair"><Status status={data.status} /><span class="muted">{t.identities.types[data.type] ?? data.type}</span></p>
        </div>
        <div class="actions">
          <Button kind="primary" icon="check" onClick={() => void decide("verify")}>{t.identities.verify}</Button>
          <Button icon="failed" onClick={() => void decide("fail")}>{t.identities.fail}</Button>
        </div>
      </header>
      {data.link && (
        <Section title={t.identities.link} lead={t.identities.linkHelp}>
          <div class="link-to-follow">
            <Copyable text={data.link} label={t.copyNamed(t.identities.link)} />
            <a class="button plain" href={data.link} target="_blank" rel="noopener noreferrer">
              <Icon name="external" /><span>{t.identities.follow}</span>
            </a>
          </div>
        </Section>
      )}
      {data.records.length > 0 && (
        <Section
          title={t.identities.records}
          lead={t.identities.recordsHelp}
          actions={<Button small icon="dns" onClick={() => void publish(data.records)}>{t.identities.publishAll}</Button>}
        >
          <div class="table-scroll" tabIndex={0} role="region" aria-label={t.identities.records}>
            <table>
              <thead>
                <tr><th>{t.dns.type}</th><th>{t.dns.name}</th><th>{t.dns.value}</th></tr>
              </thead>
              <tbody>
                {data.records.map((each) => (
                  <tr key={each.name + each.type + each.value}>
                    <td><code>{each.type}</code></td>
                    <td><Copyable text={each.name} label={t.copyNamed(t.dns.name)} /></td>
                    <td><Copyable text={each.value} label={t.copyNamed(t.dns.value)} /></td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </Section>
      )}
      <Section title={t.identities.dkim}>
        <Facts
          facts={[
            [t.identities.state, <Status status={data.dkim.status} />],
            [t.identities.signing, data.dkim.enabled ? t.on : t.off],
            ...(data.dkim.tokens.length
              ? [[t.identities.tokens, <CopyButton text={data.dkim.tokens.join("\n")} label={t.copyNamed(t.identities.tokens)}>{t.identities.copyTokens(data.dkim.tokens.length)}</CopyButton>] as [string, preact.ComponentChildren]]
              : []),
          ]}
        />
        {data.dkim.tokens.length > 0 && isDomain && (
          <PartButtons what={t.identities.dkim} part="dkim" decide={decide} />
        )}
      </Section>
      <Section title={t.identities.mailFrom}>
        {data.mail_from.domain ? (
          <>
            <Facts
              facts={[
                [t.identities.domain, data.mail_from.domain],
                [t.identities.state, <Status status={data.mail_from.status} />],
                [t.identities.onFailure, data.mail_from.behavior_on_mx_failure],
              ]}
            />
            <PartButtons what={t.identities.mailFrom} part="mail_from" decide={decide} />
          </>
        ) : <p class="muted">{t.identities.noMailFrom}</p>}
      </Section>
      <Section title={t.identities.defaultSet} lead={t.identities.defaultSetHelp}>
        <DefaultSet at={at} />
      </Section>
      <p><LinkButton icon="mail" href={href(["mail", "all"], { q: `identity:${name}` })}>{t.identities.mail}</LinkButton></p>
    </div>
  );
}

function PartButtons({ what, part, decide }: {
  what: string; part: string; decide: (what: "verify" | "fail", part: string) => Promise<void>;
}) {
  return (
    <div class="actions">
      <Button small icon="check" onClick={() => void decide("verify", part)}>{t.identities.verifyPart(what)}</Button>
      <Button small icon="failed" onClick={() => void decide("fail", part)}>{t.identities.failPart(what)}</Button>
    </div>
  );
}

function DefaultSet({ at }: { at: string }) {
  const { data, reload } = useLoad<{ configuration_set: string | null }>(
    (signal) => get(`${at}/configuration-set`, { ...owner.value }, signal), at + ownerKey.value,
  );
  const change = async (configuration_set: string) => {
    const body = { configuration_set: configuration_set || null };
    await attempt(() => ask("PUT", `${at}/configuration-set`, { ...owner.value }, body), t.saved);
    reload();
  };
  return (
    <ConfigurationSetChoice label={t.identities.defaultSet} value={data?.configuration_set ?? ""} onChange={(name) => void change(name)} />
  );
}
