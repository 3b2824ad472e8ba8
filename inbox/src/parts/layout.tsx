// The two shapes that views have: a page, or a list with what is chosen of it beside it.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useMedia } from "../hooks.ts";
import { owner } from "../scopes.ts";
import { t } from "../strings.ts";
import { HeadingLevel } from "./basics.tsx";
import { Icon } from "./icon.tsx";
import { openMenu } from "./sidebar-state.ts";

export const NARROW = "(max-width: 760px)";

function PageHeader({ title, lead, actions }: {
  title: string; lead?: ComponentChildren; actions?: ComponentChildren;
}) {
  useEffect(() => {
    document.title = `${title} · ${t.product}`;
  }, [title]);
  return (
    <header class="page-header">
      <MenuButton />
      <div class="page-title">
        <h1>{title}</h1>
        {lead && <p class="muted">{lead}</p>}
      </div>
      {actions && <div class="actions">{actions}</div>}
    </header>
  );
}

export function MenuButton() {
  return (
    <button type="button" class="icon-button menu-button" aria-label={t.nav.open} onClick={openMenu}>
      <Icon name="menu" size={18} />
    </button>
  );
}

/** `owned`: it shows one account's things, and says whose. */
export function Page({ title, lead, actions, children, owned = false }: {
  title: string; lead?: ComponentChildren; actions?: ComponentChildren; children: ComponentChildren; owned?: boolean;
}) {
  return (
    <div class="page">
      <PageHeader title={title} lead={owned ? <>{lead} <Whose /></> : lead} actions={actions} />
      <div class="page-scroll">
        <div class="page-content"><HeadingLevel.Provider value={2}>{children}</HeadingLevel.Provider></div>
      </div>
    </div>
  );
}

/** On a narrow screen the list gives way to what is chosen of it. */
export function Split({ title, lead, actions, list, chosen, back, children }: {
  title: string;
  lead?: ComponentChildren;
  actions?: ComponentChildren;
  list: ComponentChildren;
  chosen: boolean;
  back: string;
  children: ComponentChildren;
}) {
  const narrow = useMedia(NARROW);
  return (
    <div class={`split ${chosen ? "chosen" : ""}`}>
      {(!narrow || !chosen) && (
        <div class="split-list">
          <PageHeader title={title} lead={lead} actions={actions} />
          <div class="split-scroll">{list}</div>
        </div>
      )}
      {(!narrow || chosen) && (
        <div class="split-detail">
          {narrow && <h1 class="away">{title}</h1>}
          {narrow && (
            <a class="button ghost back" href={back}>
              <Icon name="back" />
              <span>{title}</span>
            </a>
          )}
          {children}
        </div>
      )}
    </div>
  );
}

export function ListLink({ href, current, children }: { href: string; current: boolean; children: ComponentChildren }) {
  const link = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (current) link.current?.scrollIntoView({ block: "nearest" });
  }, [current]);
  return (
    <a ref={link} class="list-link" href={href} aria-current={current ? "true" : undefined}>
      {children}
    </a>
  );
}

/** Whose things a view shows that can show one account's only. */
export function Whose() {
  const { account, region } = owner.value;
  return account ? <span class="number">{t.whose(account, region ?? t.regionByDefault)}</span> : null;
}
