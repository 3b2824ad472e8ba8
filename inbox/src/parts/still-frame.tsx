// HTML that a template made, in a frame where no script can run.
//
// A frame without an address of its own has our policy, under which styles inside of HTML count for nothing. So it is
// read as a document that nobody runs, and its styles are applied through the interfaces for style sheets.
import { useEffect, useRef } from "preact/hooks";

export function StillFrame({ html, title }: { html: string; title: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  useEffect(() => {
    const target = frame.current?.contentDocument;
    if (target) show(html, target);
  }, [html]);
  return <iframe ref={frame} class="still-frame" title={title} sandbox="allow-same-origin" />;
}

const TAG = /<[a-z][^>]*>/gi;

/** The tag under names that mean nothing to the browser, which would complain of styles even before they are shown. */
function held(tag: string): string {
  return tag.replace(/^<style/i, '<style type="held"').replace(/\sstyle(\s*=)/gi, " data-style$1");
}

function show(html: string, target: Document): void {
  const parsed = new DOMParser().parseFromString(html.replace(TAG, held), "text/html");
  for (const link of parsed.querySelectorAll("script, link, meta, base, iframe, object, embed")) link.remove();
  const Sheet = (target.defaultView as (Window & typeof globalThis) | null)?.CSSStyleSheet ?? CSSStyleSheet;
  target.adoptedStyleSheets = [...parsed.querySelectorAll("style")].map((style) => {
    const sheet = new Sheet();
    sheet.replaceSync(style.textContent ?? "");
    style.remove();
    return sheet;
  });
  const styles = [...parsed.querySelectorAll<HTMLElement>("[data-style]")].map((element, index) => {
    const text = element.dataset.style ?? "";
    element.dataset.styled = String(index);
    return text;
  });
  target.body.replaceWith(target.importNode(parsed.body, true));
  for (const element of target.querySelectorAll<HTMLElement>("[data-styled]")) {
    element.style.cssText = styles[Number(element.dataset.styled)] ?? "";
  }
}
