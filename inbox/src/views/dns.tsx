// The emulated DNS zone.
import { useState } from "preact/hooks";
import { ask, type DnsRecord, get } from "../api.ts";
import { stamp } from "../format.ts";
import { useLoad } from "../hooks.ts";
import { Button, Copyable, Empty, Failure, Field, IconButton, Section, Skeleton } from "../parts/basics.tsx";
import { Page } from "../parts/layout.tsx";
import { attempt } from "../state.ts";
import { t } from "../strings.ts";

const TYPES = ["TXT", "CNAME", "MX", "A", "AAAA", "NS", "PTR"];

export function DnsZone() {
  const [record, setRecord] = useState<DnsRecord>({ name: "", type: "TXT", value: "" });
  const [part, setPart] = useState("");
  const { data, error, reload } = useLoad<{ records: DnsRecord[] }>((signal) => get("/dns/records", {}, signal), "dns", true);
  const shown = (data?.records ?? []).filter((each) => `${each.name} ${each.type} ${each.value}`.toLowerCase().includes(part.toLowerCase()));
  const publish = async (event: Event) => {
    event.preventDefault();
    const done = await attempt(() => ask<DnsRecord>("PUT", "/dns/records", {}, record), t.dns.published);
    if (done) setRecord({ ...record, name: "", value: "" });
    reload();
  };
  const withdraw = async ({ name, type, value }: DnsRecord) => {
    await attempt(() => ask("DELETE", "/dns/records", { name, type, value }), t.dns.withdrawn);
    reload();
  };
  return (
    <Page title={t.dns.title} lead={t.dns.lead}>
      <Section title={t.dns.add}>
        <form class="inline-form" onSubmit={(event) => void publish(event)}>
          <Field label={t.dns.type}>
            {(id) => (
              <select id={id} value={record.type} onChange={(event) => setRecord({ ...record, type: event.currentTarget.value })}>
                {TYPES.map((each) => <option key={each}>{each}</option>)}
              </select>
            )}
          </Field>
          <Field label={t.dns.name}>
            {(id) => <input id={id} required placeholder="_dmarc.example.com" value={record.name} onInput={(event) => setRecord({ ...record, name: event.currentTarget.value })} />}
          </Field>
          <Field label={t.dns.value}>
            {(id) => <input id={id} required placeholder="v=DMARC1; p=none" value={record.value} onInput={(event) => setRecord({ ...record, value: event.currentTarget.value })} />}
          </Field>
          <Button kind="primary" type="submit" icon="plus">{t.dns.publish}</Button>
        </form>
      </Section>
      <Section
        title={t.dns.records(shown.length)}
        actions={data && data.records.length > 8 && (
          <input class="filter" type="search" aria-label={t.dns.filter} placeholder={t.dns.filter} value={part} onInput={(event) => setPart(event.currentTarget.value)} />
        )}
      >
        {error && <Failure error={error} retry={reload} />}
        {!data && !error && <Skeleton rows={4} />}
        {data?.records.length === 0 && <Empty icon="dns" title={t.dns.none}><p>{t.dns.noneHelp}</p></Empty>}
        {shown.length > 0 && (
          <div class="table-scroll" tabIndex={0} role="region" aria-label={t.dns.title}>
            <table>
              <thead>
                <tr>
                  <th>{t.dns.type}</th><th>{t.dns.name}</th><th>{t.dns.value}</th><th class="optional">{t.dns.since}</th>
                  <th><span class="away">{t.actionsColumn}</span></th>
                </tr>
              </thead>
              <tbody>
                {shown.map((each) => (
                  <tr key={each.name + each.type + each.value}>
                    <td><code>{each.type}</code></td>
                    <td><Copyable text={each.name} label={t.copyNamed(t.dns.name)} /></td>
                    <td><Copyable text={each.value} label={t.copyNamed(t.dns.value)} /></td>
                    <td class="muted optional nowrap">{each.published_at && stamp(each.published_at)}</td>
                    <td class="end"><IconButton icon="trash" label={t.dns.withdraw(each.type, each.name)} onClick={() => void withdraw(each)} /></td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Section>
    </Page>
  );
}
