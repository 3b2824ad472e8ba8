// One message: its head, its bodies, and SES's side of it.
import { useEffect, useState } from "preact/hooks";
import { get, type Message, segment, url } from "../api.ts";
import { address, fullTime, person, size } from "../format.ts";
import { useLoad, useMedia } from "../hooks.ts";
import { listen } from "../live.ts";
import { Chip, CopyButton, Empty, Failure, HeadingLevel, IconButton, Segments, Skeleton } from "../parts/basics.tsx";
import { Icon } from "../parts/icon.tsx";
import { NARROW } from "../parts/layout.tsx";
import { Tabs } from "../parts/tabs.tsx";
import { go, href, route } from "../route.ts";
import { attempt } from "../state.ts";
import { t } from "../strings.ts";
import { HtmlBody, HtmlSource } from "./html-body.tsx";
import { Headers, type Link, Links, Parts, RawSource, TextBody } from "./bodies.tsx";
import * as list from "./list-state.ts";
import { deleteThese } from "./list.tsx";
import { SesPanel } from "./ses-panel.tsx";

const WITH_PANEL = "(min-width: 1220px)";

interface Opened {
  message: Message;
  codes: string[];
  links: Link[];
}

/** All that the head and the tabs need, at once: nothing moves when the rest comes. */
async function open(id: string, signal: AbortSignal): Promise<Opened> {
  const at = `/messages/${segment(id)}`;
  const [message, { codes }, { links }] = await Promise.all([
    get<Message>(at, {}, signal),
    get<{ codes: string[] }>(`${at}/codes`, {}, signal),
    get<{ links: Link[] }>(`${at}/links`, {}, signal),
  ]);
  return { message, codes, links };
}

export function MessageView({ id }: { id: string }) {
  const { data, error, reload } = useLoad<Opened>((signal) => open(id, signal), id);
  const message = data?.message;
  const withPanel = useMedia(WITH_PANEL);
  const narrow = useMedia(NARROW);
  const [side, setSide] = useState<"message" | "ses">("message");

  useEffect(
    () => listen((news) => {
      if (news.some((each) => each.message_id === id || each.kind === "again")) reload();
    }),
    [id, reload],
  );
  useEffect(() => {
    if (message?.read === false) void attempt(() => list.markRead([id], true));
    if (message) document.title = `${message.subject || t.mail.noSubject} · ${t.product}`;
  }, [message?.id]);

  if (error) {
    return (
      <div class="message">
        <BackBar narrow={narrow} />
        {"status" in error && error.status === 404 ? (
          <Empty icon="mail" title={t.message.gone}><p>{t.message.goneHelp}</p></Empty>
        ) : <Failure error={error} retry={reload} />}
      </div>
    );
  }
  const showPanel = withPanel || side === "ses";
  return (
    <article class={`message ${withPanel ? "with-panel" : ""}`} aria-label={message?.subject || t.message.label}>
      <div class="message-main">
        <BackBar narrow={narrow} message={message}>
          {!withPanel && (
            <Segments
              label={t.message.sides}
              options={[{ value: "message", label: t.message.side }, { value: "ses", label: t.message.ses }]}
              value={side}
              onChange={setSide}
            />
          )}
        </BackBar>
        {!data ? <div class="pad"><Skeleton rows={7} /></div> : (withPanel || side === "message") && (
          <>
            <Head message={data.message} codes={data.codes} />
            <Bodies key={data.message.id} message={data.message} links={data.links} />
          </>
        )}
        {message && !withPanel && side === "ses" && (
          <HeadingLevel.Provider value={2}>
            <SesPanel key={message.id} message={message} changed={reload} />
          </HeadingLevel.Provider>
        )}
      </div>
      {withPanel && showPanel && (
        <aside class="message-panel" aria-label={t.panel.label}>
          {message ? <SesPanel key={message.id} message={message} changed={reload} /> : <div class="pad"><Skeleton rows={9} /></div>}
        </aside>
      )}
    </article>
  );
}

function BackBar({ narrow, message, children }: {
  narrow: boolean; message?: Message | undefined; children?: preact.ComponentChildren;
}) {
  const back = () => go(["mail", list.folder.value], { q: list.search.value || undefined });
  return (
    <div class="message-bar">
      {narrow && <IconButton icon="back" label={t.message.back} onClick={back} />}
      {children}
      <span class="grow" />
      {message && (
        <>
          <IconButton
            icon={message.read === false ? "read" : "mail"}
            label={message.read === false ? t.mail.markRead : t.mail.markUnread}
            onClick={() => attempt(() => list.markRead([message.id], message.read === false)).then(back)}
          />
          <a
            class="icon-button"
            href={url(`/messages/${message.id}/raw`)}
            download={`${message.id}.eml`}
            aria-label={t.message.download}
            title={t.message.download}
          >
            <Icon name="download" />
          </a>
          <IconButton icon="trash" label={t.message.delete} onClick={() => void deleteThese([message.id]).then(back)} />
        </>
      )}
      {!narrow && <IconButton icon="close" label={t.message.close} onClick={back} />}
    </div>
  );
}

function Head({ message, codes }: { message: Message; codes: string[] }) {
  const others = [
    [t.message.to, message.to],
    [t.message.cc, message.cc],
    [t.message.bcc, message.bcc],
    [t.message.replyTo, message.reply_to],
  ] as const;
  const from = message.from ?? message.source;
  return (
    <header class="message-head">
      <h2>{message.subject || <span class="muted">{t.mail.noSubject}</span>}</h2>
      <div class="message-from">
        <span class="avatar" aria-hidden="true">{initial(from)}</span>
        <div class="message-people">
          <p>
            <b>{person(from)}</b>
            {person(from) !== address(from) && <span class="muted"> {address(from)}</span>}
          </p>
          <dl>
            {others.filter(([, all]) => all.length).map(([name, all]) => (
              <div key={name}><dt>{name}</dt><dd>{all.join(", ")}</dd></div>
            ))}
            <div>
              <dt>{t.message.date}</dt>
              <dd><time dateTime={message.created_at}>{fullTime(message.created_at)}</time></dd>
            </div>
          </dl>
        </div>
      </div>
      {codes.length > 0 && (
        <p class="codes">
          <span class="muted small">{t.message.codes}</span>
          {codes.slice(0, 3).map((code) => (
            <CopyButton key={code} text={code} label={t.copyNamed(code)}>{code}</CopyButton>
          ))}
        </p>
      )}
      {message.attachments.length > 0 && <Attachments message={message} />}
    </header>
  );
}

function Attachments({ message }: { message: Message }) {
  return (
    <ul class="attachments" aria-label={t.mail.attachments(message.attachments.length)}>
      {message.attachments.map((each) => {
        const at = url(`/messages/${message.id}/attachments/${each.index}`);
        const name = each.filename ?? t.message.unnamed(each.content_type);
        return (
          <li key={each.index}>
            <a href={at} download={each.filename ?? ""} title={t.message.downloadNamed(name)}>
              {each.content_type.startsWith("image/")
                ? <img src={at} alt="" loading="lazy" />
                : <span class="thumb"><Icon name="file" size={18} /></span>}
              <span class="attachment-name">
                <span class="cut">{name}</span>
                <small class="muted">{size(each.size)}</small>
              </span>
            </a>
          </li>
        );
      })}
    </ul>
  );
}

function Bodies({ message, links }: { message: Message; links: Link[] }) {
  const tabs = [
    ...(message.html !== null ? [{ id: "html", label: t.tabs.html }] : []),
    ...(message.text !== null ? [{ id: "text", label: t.tabs.text }] : []),
    ...(message.html !== null ? [{ id: "source", label: t.tabs.source }] : []),
    { id: "headers", label: t.tabs.headers },
    { id: "parts", label: t.tabs.parts },
    { id: "links", label: t.tabs.links, count: links.length },
    { id: "raw", label: t.tabs.raw },
  ];
  const asked = route.value.params.tab;
  const tab = tabs.some((each) => each.id === asked) ? (asked as string) : (tabs[0]?.id as string);
  const show = (id: string) =>
    go(route.value.path, { ...route.value.params, tab: id === tabs[0]?.id ? undefined : id }, true);
  const body: Record<string, () => preact.JSX.Element> = {
    html: () => <HtmlBody message={message} />,
    text: () => <TextBody text={message.text ?? ""} />,
    source: () => <HtmlSource html={message.html ?? ""} />,
    headers: () => <Headers message={message} />,
    parts: () => <Parts message={message} />,
    links: () => <Links message={message} links={links} />,
    raw: () => <RawSource message={message} />,
  };
  return (
    <Tabs label={t.tabs.label} tabs={tabs} value={tab} onChange={show}>
      {body[tab]?.()}
    </Tabs>
  );
}

export function NothingOpened() {
  const keys: [string, string][] = [
    ["j", t.keys.next], ["k", t.keys.previous], ["/", t.keys.search], ["?", t.keys.help],
  ];
  return (
    <div class="nothing-opened">
      <Empty icon="mail" title={t.message.none}>
        <p>{t.message.noneHelp}</p>
        <dl class="key-hints">
          {keys.map(([key, what]) => (
            <div key={key}><dt><kbd>{key}</kbd></dt><dd>{what}</dd></div>
          ))}
        </dl>
      </Empty>
    </div>
  );
}

export function TagChips({ tags }: { tags: Record<string, string[]> }) {
  return (
    <span class="chips">
      {Object.entries(tags).flatMap(([name, values]) => values.map((value) => (
        <a key={name + value} href={href(["mail", "all"], { q: `tag:${name}=${value}` })}>
          <Chip>{name} = {value}</Chip>
        </a>
      )))}
    </span>
  );
}

function initial(mailbox: string): string {
  return (/[\p{L}\p{N}]/u.exec(person(mailbox))?.[0] ?? "?").toUpperCase();
}
