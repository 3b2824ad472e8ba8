// The way to every view, whose things are shown, and how the inbox looks.
import { useEffect } from "preact/hooks";
import { number } from "../format.ts";
import { useTick } from "../hooks.ts";
import { helpOpen } from "../keyboard.ts";
import { connected } from "../live.ts";
import { go, href, route, scope } from "../route.ts";
import { scopes } from "../scopes.ts";
import { clock, emulatedNow, theme, type Theme } from "../state.ts";
import { t } from "../strings.ts";
import { VIEWS, type View } from "../views/all.ts";
import { IconButton } from "./basics.tsx";
import { Icon } from "./icon.tsx";
import { Menu } from "./menu.tsx";
import { menuOpen } from "./sidebar-state.ts";

export function Sidebar() {
  const open = menuOpen.value;
  const close = () => {
    menuOpen.value = false;
  };
  useEffect(close, [route.value]);
  return (
    <>
      {open && <div class="backdrop" onClick={close} />}
      <header class={`sidebar ${open ? "open" : ""}`}>
        <div class="brand">
          <img src="/inbox/icon.svg" alt="" width="26" height="26" />
          <b>{t.product}</b>
          <span class="grow" />
          <Connection />
          <span class="menu-close"><IconButton icon="close" label={t.nav.close} onClick={close} /></span>
        </div>
        <ScopeSwitch />
        <a class="button primary wide" href={href(["compose"])}><Icon name="send" /><span>{t.nav.compose}</span></a>
        <nav aria-label={t.nav.label}>
          {(["mail", "ses", "emulator"] as const).map((group) => (
            <div key={group} class="nav-group">
              <h2>{t.nav[group]}</h2>
              <ul>
                {VIEWS.filter((view) => view.group === group).map((view) => <NavLink key={view.name} view={view} />)}
              </ul>
            </div>
          ))}
        </nav>
        <div class="sidebar-foot">
          <ThemeMenu />
          <IconButton icon="keyboard" label={t.nav.shortcuts} onClick={() => (helpOpen.value = true)} />
          <span class="grow" />
        </div>
      </header>
    </>
  );
}

function NavLink({ view }: { view: View }) {
  const path = route.value.path.length ? route.value.path : ["mail", "all"];
  const here = view.path[0] === path[0];
  return (
    <li>
      <a href={href(view.path)} aria-current={here ? "page" : undefined}>
        <Icon name={view.icon} />
        <span>{t.views[view.name]}</span>
        {view.name === "clock" && <ClockChip />}
      </a>
    </li>
  );
}

/** The emulated time, where it is not that of this machine. */
function ClockChip() {
  useTick(1000);
  const known = clock.value;
  const now = emulatedNow();
  if (!known || (!known.frozen && Math.abs(now.getTime() - Date.now()) < 2000)) return null;
  return (
    <small class="clock-chip number">
      {known.frozen && <Icon name="freeze" size={11} />}
      {now.toISOString().slice(11, 16)}
    </small>
  );
}

function Connection() {
  if (connected.value === false) {
    return <span class="connection lost" title={t.nav.lostHelp}><i />{t.nav.lost}</span>;
  }
  return connected.value ? <span class="connection" title={t.nav.connected}><i /><span class="away">{t.nav.connected}</span></span> : null;
}

function ScopeSwitch() {
  const { account, region } = scope.value;
  const to = (account?: string, region?: string) => {
    const { path, params } = route.value;
    // What is opened belongs to the scope that is left.
    go(path[0] === "mail" ? path.slice(0, 2) : path.slice(0, 1), { q: params.q, account, region });
  };
  const known = [...(scopes.value ?? [])];
  if (account && !known.some((each) => each.account === account && each.region === region)) {
    known.push({ account, region: region ?? t.regionByDefault, messages: 0 });
  }
  known.sort((one, other) => `${one.account} ${one.region}`.localeCompare(`${other.account} ${other.region}`));
  const items = [
    { label: t.nav.allScopes, hint: t.nav.everywhere, icon: "users" as const, checked: !account, run: () => to() },
    ...known.map((each) => ({
      label: each.account,
      hint: `${each.region} · ${number(each.messages)}`,
      checked: each.account === account && each.region === region,
      run: () => to(each.account, each.region),
    })),
  ];
  return (
    <Menu label={t.nav.scope} items={items} class="scope-switch">
      <Icon name="users" size={15} />
      <span class="two-lines">
        <span class="number">{account ?? t.nav.allScopes}</span>
        <small class="muted">{account ? (region ?? t.nav.everywhere) : t.nav.everywhere}</small>
      </span>
      <Icon name="down" size={14} />
    </Menu>
  );
}

function ThemeMenu() {
  const icons = { system: "theme", light: "light", dark: "dark" } as const;
  return (
    <Menu
      label={t.nav.theme}
      iconOnly
      up
      class="icon-button"
      items={(["system", "light", "dark"] as Theme[]).map((each) => ({
        label: t.nav.themes[each],
        icon: icons[each],
        checked: theme.value === each,
        run: () => {
          theme.value = each;
        },
      }))}
    >
      <Icon name={icons[theme.value]} />
    </Menu>
  );
}
