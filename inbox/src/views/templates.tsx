// Templates: what they say, and what becomes of that with some data.
import { useEffect, useState } from "preact/hooks";
import { ask, get, type MessagePage, Refusal, type Rendering, type Template } from "../api.ts";
import { pretty } from "../format.ts";
import { useLoad } from "../hooks.ts";
import { CodeBlock, Empty, Failure, Field, LinkButton, Skeleton } from "../parts/basics.tsx";
import { Icon } from "../parts/icon.tsx";
import { ListLink, Split, Whose } from "../parts/layout.tsx";
import { StillFrame } from "../parts/still-frame.tsx";
import { Tabs } from "../parts/tabs.tsx";
import { go, href, route } from "../route.ts";
import { owner, ownerKey } from "../scopes.ts";
import { t } from "../strings.ts";

const PAUSE_MS = 200;

export function Templates() {
  const name = route.value.path[1];
  const { data, error, reload } = useLoad<{ templates: Template[] }>(
    (signal) => get("/templates", { ...owner.value }, signal), ownerKey.value, true,
  );
  const chosen = data?.templates.find((each) => each.name === name);
  const list = (
    <>
      {error && <Failure error={error} retry={reload} />}
      {!data && !error && <Skeleton rows={5} />}
      {data?.templates.length === 0 && (
        <Empty icon="template" title={t.templates.none}>
          <p>{t.templates.noneHelp}</p>
          <CodeBlock label={t.firstMail.snippet} text={SNIPPET} />
        </Empty>
      )}
      <ul class="link-list" aria-label={t.templates.title}>
        {data?.templates.map((each) => (
          <li key={each.name}>
            <ListLink href={href(["templates", each.name])} current={each.name === name}>
              <Icon name="template" size={15} />
              <span class="two-lines">
                <span class="cut">{each.name}</span>
                <span class="cut muted small">{each.subject}</span>
              </span>
            </ListLink>
          </li>
        ))}
      </ul>
    </>
  );
  return (
    <Split lead={<Whose />} title={t.templates.title} list={list} chosen={name !== undefined} back={href(["templates"])}>
      {chosen ? <TemplateView key={chosen.name} template={chosen} /> : data && name ? (
        <Empty icon="template" title={t.templates.gone(name)} />
      ) : data?.templates.length !== 0 && (
        <Empty icon="template" title={t.templates.pick}><p>{t.templates.pickHelp}</p></Empty>
      )}
    </Split>
  );
}

const SNIPPET = `ses.create_template(Template={
    "TemplateName": "welcome",
    "SubjectPart": "Hello {{name}}",
    "TextPart": "Welcome, {{name}}!"})`;

/** The template can be changed here, to try: nothing is kept. */
function TemplateView({ template }: { template: Template }) {
  const [parts, setParts] = useState({ subject: template.subject ?? "", html: template.html ?? "", text: template.text ?? "" });
  const [data, setData] = useState(() => sample(template));
  useEffect(() => {
    // The data of the newest send says more than what could be made up.
    const newest = { ...owner.value, template: template.name, limit: "1" };
    get<MessagePage>("/messages", newest).then(({ messages }) => {
      const sent = messages[0]?.template_data;
      if (sent) setData((now) => (now === sample(template) ? pretty(sent) : now));
    }, () => undefined);
  }, []);
  const [rendering, setRendering] = useState<Rendering | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    const timer = setTimeout(() => {
      const body = { subject: parts.subject || null, html: parts.html || null, text: parts.text || null, data };
      ask<Rendering>("POST", "/templates/preview", { ...owner.value }, body, abort.signal).then(
        setRendering,
        (error: Error) => {
          if (error instanceof Refusal) setRendering({ error: error.message });
        },
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [parts, data]);
  const change = (part: keyof typeof parts) => (event: { currentTarget: HTMLTextAreaElement | HTMLInputElement }) =>
    setParts({ ...parts, [part]: event.currentTarget.value });
  const tab = route.value.params.tab === "source" ? "source" : "preview";
  const where = rendering?.part ? t.templates.inPart(t.templates.parts[rendering.part] ?? rendering.part) : "";

  return (
    <div class="detail template">
      <header class="detail-head">
        <h2>{template.name}</h2>
        <div class="actions">
          <LinkButton icon="mail" href={href(["mail", "all"], { q: `template:${template.name}` })}>{t.templates.mail}</LinkButton>
        </div>
      </header>
      <Field label={t.templates.data} help={t.templates.dataHelp} wide>
        {(id) => (
          <textarea id={id} class="mono" rows={Math.min(8, data.split("\n").length + 1)} spellcheck={false} value={data}
            aria-invalid={rendering?.error ? true : undefined} onInput={(event) => setData(event.currentTarget.value)} />
        )}
      </Field>
      <div aria-live="polite">
        {rendering?.error && (
          <div class="failure">
            <Icon name="warning" />
            <p><b>{t.templates.failure}</b> {where} <code>{rendering.error}</code></p>
          </div>
        )}
      </div>
      <Tabs
        label={template.name}
        tabs={[{ id: "preview", label: t.templates.preview }, { id: "source", label: t.templates.source }]}
        value={tab}
        onChange={(id) => go(route.value.path, { ...route.value.params, tab: id === "source" ? id : undefined }, true)}
      >
        {tab === "preview" ? <Preview rendering={rendering} /> : (
          <div class="form">
            <Field label={t.templates.parts.subject ?? ""} wide>
              {(id) => <input id={id} class="mono" value={parts.subject} onInput={change("subject")} spellcheck={false} />}
            </Field>
            <Field label={t.templates.parts.html ?? ""} wide>
              {(id) => <textarea id={id} class="mono" rows={12} value={parts.html} onInput={change("html")} spellcheck={false} />}
            </Field>
            <Field label={t.templates.parts.text ?? ""} help={t.templates.tryHelp} wide>
              {(id) => <textarea id={id} class="mono" rows={8} value={parts.text} onInput={change("text")} spellcheck={false} />}
            </Field>
          </div>
        )}
      </Tabs>
    </div>
  );
}

function Preview({ rendering }: { rendering: Rendering | null }) {
  if (!rendering) return <Skeleton rows={5} />;
  if (rendering.error) return <Empty icon="template" title={t.templates.nothing}><p>{t.templates.nothingHelp}</p></Empty>;
  return (
    <div class="rendering">
      <p class="rendered-subject"><span class="muted small">{t.templates.parts.subject}</span> {rendering.subject}</p>
      {rendering.html && <StillFrame html={rendering.html} title={t.html.frame} />}
      {rendering.text && <CodeBlock text={rendering.text} label={t.templates.parts.text ?? ""} wrap />}
    </div>
  );
}

/** Data for a template: something for each name that it uses. */
function sample(template: Template): string {
  const source = [template.subject, template.html, template.text].join("\n");
  const data: Record<string, unknown> = {};
  for (const [, name] of source.matchAll(/\{\{#each\s+([\w.]+)\s*\}\}/g)) data[name ?? ""] = ["one", "two"];
  for (const [, name] of source.matchAll(/\{\{#(?:if|unless)\s+([\w.]+)\s*\}\}/g)) data[name ?? ""] ??= true;
  for (const [, name] of source.matchAll(/\{\{\{?\s*([\w.]+)\s*\}?\}\}/g)) {
    if (name && !["this", "else"].includes(name) && !name.includes(".")) data[name] ??= name;
  }
  return JSON.stringify(data, null, 2);
}
