// The shortcuts. Whoever is typing, or in a menu or a dialog, types.
import { signal } from "@preact/signals";
import * as list from "./mail/list-state.ts";
import { deleteThese } from "./mail/list.tsx";
import { NARROW } from "./parts/layout.tsx";
import { menuOpen } from "./parts/sidebar-state.ts";
import { go, route } from "./route.ts";
import { attempt } from "./state.ts";
import { VIEWS } from "./views/all.ts";

export const helpOpen = signal(false);

const GO_MS = 1500; // how long the letter after `g` is waited for
let goUntil = 0;

export function keyboard(): () => void {
  addEventListener("keydown", pressed);
  return () => removeEventListener("keydown", pressed);
}

function pressed(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || busy(event)) return;
  const key = event.key;
  if (Date.now() < goUntil) {
    goUntil = 0;
    const view = VIEWS.find((each) => each.key === key);
    if (view) {
      event.preventDefault();
      go(view.path);
    }
    return;
  }
  const action = ANYWHERE[key] ?? (route.value.path[0] === "mail" || !route.value.path.length ? MAIL[key] : undefined);
  if (!action) return;
  event.preventDefault();
  action();
}

function busy(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement;
  if (document.querySelector("dialog[open]")) return true;
  if (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName)) return true;
  return target.tagName === "INPUT" && (target as HTMLInputElement).type !== "checkbox";
}

const ANYWHERE: Record<string, () => void> = {
  "?": () => {
    helpOpen.value = true;
  },
  g: () => {
    goUntil = Date.now() + GO_MS;
  },
  c: () => go(["compose"]),
  "/": () => {
    const search = () => document.getElementById("search")?.focus();
    if (document.getElementById("search")) return search();
    go(["mail", list.folder.value], { q: list.search.value || undefined });
    requestAnimationFrame(() => requestAnimationFrame(search)); // once it is drawn
  },
  Escape: back,
};

const MAIL: Record<string, () => void> = {
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  o: () => open(current()),
  u: back,
  "#": () => void remove(),
  r: () => void toggleRead(),
  x: () => {
    const id = current();
    if (id) list.select(id, !list.selected.value.has(id));
  },
};

function current(): string | null {
  return list.cursorId.value ?? list.openedId.value;
}

function move(by: number): void {
  const all = list.messages.value;
  const at = all.findIndex((each) => each.id === current());
  const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))];
  if (!next) return;
  list.cursorId.value = next.id;
  if (at + by > all.length - 20) void list.loadMore();
  // Where there is room for both, the message follows; a narrow screen shows it when it is opened.
  if (!matchMedia(NARROW).matches) open(next.id, list.openedId.value !== null);
  focusRow(next.id);
}

function open(id: string | null, replace = false): void {
  if (!id) return;
  list.cursorId.value = id;
  go(["mail", list.folder.value, id], { q: list.search.value || undefined }, replace);
}

function back(): void {
  const { path, params } = route.value;
  if (menuOpen.value) menuOpen.value = false;
  else if (list.selected.value.size) list.selected.value = new Set();
  else if (path[0] === "mail" && path[2]) {
    go(["mail", list.folder.value], { q: params.q });
    focusRow(list.cursorId.value ?? path[2]);
  } else if (path[0] === "mail" && params.q) go(["mail", list.folder.value], { q: undefined });
  else if (path.length > 1 && path[0] !== "mail") go(path.slice(0, 1));
}

async function remove(): Promise<void> {
  const chosen = [...list.selected.value];
  const id = current();
  if (chosen.length) return deleteThese(chosen);
  if (!id) return;
  const all = list.messages.value;
  const at = all.findIndex((each) => each.id === id);
  const next = all[at + 1] ?? all[at - 1];
  await deleteThese([id]);
  list.cursorId.value = next?.id ?? null;
  if (list.openedId.value === id) {
    go(["mail", list.folder.value, ...(next ? [next.id] : [])], { q: list.search.value || undefined }, true);
  }
}

async function toggleRead(): Promise<void> {
  const chosen = list.selected.value.size ? [...list.selected.value] : [current()].filter((id) => id !== null);
  const first = list.messages.value.find((each) => each.id === chosen[0]);
  if (first) await attempt(() => list.markRead(chosen, first.read === false));
}

function focusRow(id: string): void {
  requestAnimationFrame(() => document.getElementById(`row-${id}`)?.focus({ preventScroll: true }));
}
