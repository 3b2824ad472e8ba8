// The HTML of a mail, in a frame that runs nothing: how wide, how dark, and whether it may load what is elsewhere.
import { useState } from "preact/hooks";
import { type Message, url } from "../api.ts";
import { Button, CodeBlock, IconButton, Segments } from "../parts/basics.tsx";
import { kept, remember } from "../state.ts";
import { t } from "../strings.ts";

const WIDTHS = ["full", "tablet", "phone"] as const;
type Width = (typeof WIDTHS)[number];
const ICONS = { full: "desktop", tablet: "tablet", phone: "phone" } as const;
const KEPT_WIDTH = "ses-inbox-width";
const REMOTE = /\b(?:src|background|srcset|href)\s*=\s*["']?\s*(?:https?:)?\/\/|url\(\s*["']?(?:https?:)?\/\//i;

export function HtmlBody({ message }: { message: Message }) {
  const [width, setWidth] = useState<Width>(kept(KEPT_WIDTH, [...WIDTHS], "full"));
  const [remote, setRemote] = useState(false);
  const [night, setNight] = useState(false);
  const html = message.html ?? "";
  const loadsThings = REMOTE.test(html.replace(/<a\s[^>]*>/gi, ""));
  const source = url(`/messages/${message.id}/html`, {
    remote: String(remote),
    dark: night ? "true" : undefined,
  });

  return (
    <div class="html-body">
      <div class="body-bar">
        <Segments
          label={t.html.width}
          iconsOnly
          options={WIDTHS.map((each) => ({ value: each, label: t.html.widths[each], icon: ICONS[each] }))}
          value={width}
          onChange={(value) => {
            setWidth(value);
            remember(KEPT_WIDTH, value);
          }}
        />
        <IconButton icon="dark" label={t.html.dark} pressed={night} onClick={() => setNight(!night)} />
        <span class="grow" />
        {loadsThings && (
          <Button small kind={remote ? "ghost" : "plain"} icon="image" onClick={() => setRemote(!remote)}>
            {remote ? t.html.block : t.html.load}
          </Button>
        )}
      </div>
      <div class={`stage ${width} ${night ? "night" : ""}`}>
        {/* A new frame for each look: a frame that goes elsewhere would be a step of the browser's history. */}
        <iframe
          key={source}
          title={t.html.frame}
          sandbox="allow-popups allow-popups-to-escape-sandbox"
          referrerpolicy="no-referrer"
          src={source}
        />
      </div>
    </div>
  );
}

export function HtmlSource({ html }: { html: string }) {
  return <CodeBlock text={html} label={t.tabs.source} wrap tall />;
}
