// Configuration sets: what they change, and whom they tell.
import { type ConfigurationSet, type Destination, get } from "../api.ts";
import { percent, pretty, words } from "../format.ts";
import { useLoad } from "../hooks.ts";
import { Badge, CardTitle, Chip, CodeBlock, Empty, Facts, Failure, LinkButton, Section, Skeleton } from "../parts/basics.tsx";
import { Icon } from "../parts/icon.tsx";
import { ListLink, Split, Whose } from "../parts/layout.tsx";
import { href, route } from "../route.ts";
import { owner, ownerKey } from "../scopes.ts";
import { t } from "../strings.ts";

export function ConfigurationSets() {
  const name = route.value.path[1];
  const { data, error, reload } = useLoad<{ configuration_sets: ConfigurationSet[] }>(
    (signal) => get("/configuration-sets", { ...owner.value }, signal), ownerKey.value, true,
  );
  const chosen = data?.configuration_sets.find((each) => each.name === name);
  const list = (
    <>
      {error && <Failure error={error} retry={reload} />}
      {!data && !error && <Skeleton rows={5} />}
      {data?.configuration_sets.length === 0 && (
        <Empty icon="sets" title={t.sets.none}>
          <p>{t.sets.noneHelp}</p>
          <CodeBlock label={t.firstMail.snippet} text={SNIPPET} wrap />
        </Empty>
      )}
      <ul class="link-list" aria-label={t.sets.title}>
        {data?.configuration_sets.map((each) => (
          <li key={each.name}>
            <ListLink href={href(["configuration-sets", each.name])} current={each.name === name}>
              <Icon name="sets" size={15} />
              <span class="two-lines">
                <span class="cut">{each.name}</span>
                <span class="cut muted small">{t.sets.destinations(each.destinations.length)}</span>
              </span>
              {!each.sending_enabled && <Badge tone="warn">{t.sets.paused}</Badge>}
            </ListLink>
          </li>
        ))}
      </ul>
    </>
  );
  return (
    <Split lead={<Whose />} title={t.sets.title} list={list} chosen={name !== undefined} back={href(["configuration-sets"])}>
      {chosen ? <SetView set={chosen} /> : data && name ? <Empty icon="sets" title={t.sets.gone(name)} /> : (
        data?.configuration_sets.length !== 0 && <Empty icon="sets" title={t.sets.pick}><p>{t.sets.pickHelp}</p></Empty>
      )}
    </Split>
  );
}

const SNIPPET = `ses.create_configuration_set(
    ConfigurationSet={"Name": "storefront"})`;

function SetView({ set }: { set: ConfigurationSet }) {
  return (
    <div class="detail">
      <header class="detail-head">
        <h2>{set.name}</h2>
        <div class="actions">
          <LinkButton icon="mail" href={href(["mail", "all"], { q: `config-set:${set.name}` })}>{t.sets.mail}</LinkButton>
        </div>
      </header>
      <Section title={t.sets.options}>
        <Facts
          facts={[
            [t.sets.sending, set.sending_enabled ? <Badge tone="good">{t.on}</Badge> : <Badge tone="warn">{t.sets.paused}</Badge>],
            [t.sets.tls, set.tls_policy ?? t.sets.optional],
            [t.sets.redirect, set.custom_redirect_domain ?? <span class="muted">{t.sets.noRedirect}</span>],
            [t.sets.metrics, set.reputation_metrics_enabled ? t.on : t.off],
            ...(set.bounce_rate === null ? [] : [[t.sets.bounces, percent(set.bounce_rate)] as [string, string]]),
            ...(set.complaint_rate === null ? [] : [[t.sets.complaints, percent(set.complaint_rate)] as [string, string]]),
          ]}
        />
      </Section>
      <Section title={t.sets.destinationsTitle} lead={t.sets.destinationsHelp}>
        {set.destinations.length === 0 && <p class="muted">{t.sets.noDestination}</p>}
        {set.destinations.map((each) => <DestinationView key={each.name} destination={each} />)}
      </Section>
    </div>
  );
}

function DestinationView({ destination }: { destination: Destination }) {
  return (
    <article class="card">
      <header class="card-head">
        <Icon name="webhook" size={15} />
        <CardTitle>{destination.name}</CardTitle>
        <span class="grow" />
        <Badge tone={destination.enabled ? "good" : "quiet"}>{destination.enabled ? t.on : t.off}</Badge>
      </header>
      <p class="chips" aria-label={t.sets.types}>
        {destination.matching_event_types.map((type) => <Chip key={type}>{words(type)}</Chip>)}
      </p>
      <CodeBlock text={pretty(destination.destination)} label={t.sets.where} wrap />
    </article>
  );
}
