// HTML that a template made, in a frame of no origin: it runs nothing, loads nothing, and reaches nothing of ours.
//
// A document that has no address of its own is under the policy of the page around it, and ours refuses styles inside of
// HTML. So it stands in a page that is there for this alone: empty, and served with the policy that mails are shown under.
import { useEffect, useRef, useState } from "preact/hooks";

const PAGE = "/inbox/still.html";
const SANDBOX = "allow-popups allow-popups-to-escape-sandbox"; // its links open pages that are none of ours
const OPENING = /^(?:\s|<!--[^]*?-->)*<!doctype[^>]*>/i; // what is before a doctype would take its meaning away

export function StillFrame({ html, title }: { html: string; title: string }) {
  const around = useRef<HTMLIFrameElement>(null);
  const [ready, setReady] = useState(false);
  useEffect(() => {
    const page = around.current?.contentDocument;
    if (ready && page) show(html, title, page);
  }, [ready, html, title]);
  return (
    <iframe
      ref={around}
      class="still-frame"
      title={title}
      sandbox={`allow-same-origin ${SANDBOX}`}
      src={PAGE}
      onLoad={() => setReady(true)}
    />
  );
}

/** A new frame for each look, and the one before stays until it is drawn: nothing flickers. */
function show(html: string, title: string, page: Document): void {
  const frame = page.createElement("iframe");
  const opening = OPENING.exec(html)?.[0] ?? "";
  frame.title = title;
  frame.setAttribute("sandbox", SANDBOX);
  frame.srcdoc = `${opening}<base target="_blank">${html.slice(opening.length)}`;
  frame.onload = () => {
    while (frame.previousElementSibling) frame.previousElementSibling.remove();
  };
  page.body.append(frame);
}
