// All other ways to look at a message: text, headers, parts, links, source.
import type { ComponentChildren } from "preact";
import { get, type Message, type SesEvent, text as loadText, url } from "../api.ts";
import { number, size } from "../format.ts";
import { useLoad } from "../hooks.ts";
import { Badge, CodeBlock, CopyButton, Empty, Failure, Skeleton } from "../parts/basics.tsx";
import { Icon } from "../parts/icon.tsx";
import { t } from "../strings.ts";
import { target } from "./tracking.ts";

export interface Link {
  url: string;
  text: string | null;
}

interface Part {
  path: string;
  depth: number;
  content_type: string;
  charset: string | null;
  encoding: string | null;
  disposition: string | null;
  filename: string | null;
  content_id: string | null;
  size: number;
}

const URL_IN_TEXT = /https?:\/\/[^\s<>"')\]]+[^\s<>"')\].,;:!?]/g;

export function TextBody({ text }: { text: string }) {
  if (!text.trim()) return <Empty icon="mail" title={t.text.empty} />;
  return <div class="text-body" tabIndex={0} role="region" aria-label={t.tabs.text}>{linked(text)}</div>;
}

export function Headers({ message }: { message: Message }) {
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label={t.tabs.headers}>
      <table class="headers">
        <thead class="away"><tr><th>{t.headers.name}</th><th>{t.headers.value}</th></tr></thead>
        <tbody>
          {(message.headers ?? []).map((each, index) => (
            <tr key={index}><th scope="row">{each.name}</th><td>{each.value}</td></tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Parts({ message }: { message: Message }) {
  const { data, error } = useLoad<{ parts: Part[] }>((signal) => get(`/messages/${message.id}/parts`, {}, signal), message.id);
  if (error) return <Failure error={error} />;
  if (!data) return <div class="pad"><Skeleton rows={4} /></div>;
  return (
    <ul class="parts" aria-label={t.tabs.parts}>
      {data.parts.map((part) => (
        <li key={part.path} style={{ "--depth": String(part.depth) }}>
          <Icon name={part.content_type.startsWith("multipart/") ? "sets" : "file"} size={15} />
          <div class="part-what">
            <b>{part.content_type}</b>
            <span class="muted small">
              {[part.filename, part.disposition, part.charset, part.encoding, part.content_id].filter(Boolean).join(" · ")}
            </span>
          </div>
          <span class="muted small number">{size(part.size)}</span>
          <a
            class="icon-button"
            href={url(`/messages/${message.id}/parts/${part.path}`)}
            download={part.filename ?? ""}
            aria-label={t.parts.download(part.path, part.content_type)}
            title={t.parts.download(part.path, part.content_type)}
          >
            <Icon name="download" size={15} />
          </a>
        </li>
      ))}
    </ul>
  );
}

export function Links({ message, links }: { message: Message; links: Link[] }) {
  const { data } = useLoad<{ events: SesEvent[] }>(
    (signal) => get(`/messages/${message.id}/events`, {}, signal),
    `${message.id} ${message.outcomes?.join() ?? ""}`,
    true,
  );
  if (!links.length) return <Empty icon="external" title={t.links.none}><p>{t.links.noneHelp}</p></Empty>;
  const clicks = (data?.events ?? []).filter((event) => event.type === "Click").map((event) => String(event.detail.link));
  return (
    <ul class="links" aria-label={t.tabs.links}>
      {links.map((link, index) => {
        const to = target(link.url);
        const clicked = clicks.filter((each) => each === to.url).length;
        return (
          <li key={index}>
            <div class="link-what">
              <a href={link.url} target="_blank" rel="noopener noreferrer">{link.text || to.url}</a>
              {link.text && <span class="muted small break">{to.url}</span>}
            </div>
            {message.direction === "outbound" && (
              clicked
                ? <Badge tone="info" icon="click">{t.links.clicked(number(clicked))}</Badge>
                : <span class="muted small">{to.tracked ? t.links.notClicked : t.links.notTracked}</span>
            )}
            <CopyButton text={link.url} label={t.copyNamed(to.url)} />
          </li>
        );
      })}
    </ul>
  );
}

export function RawSource({ message }: { message: Message }) {
  const { data, error } = useLoad<string>(() => loadText(`/messages/${message.id}/raw`), message.id);
  if (error) return <Failure error={error} />;
  if (data === undefined) return <div class="pad"><Skeleton rows={8} /></div>;
  return <CodeBlock text={data} label={t.tabs.raw} tall />;
}

function linked(text: string): ComponentChildren[] {
  const pieces: ComponentChildren[] = [];
  let end = 0;
  for (const found of text.matchAll(URL_IN_TEXT)) {
    pieces.push(
      text.slice(end, found.index),
      <a href={found[0]} target="_blank" rel="noopener noreferrer">{found[0]}</a>,
    );
    end = found.index + found[0].length;
  }
  return [...pieces, text.slice(end)];
}
