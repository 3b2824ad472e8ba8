// The list of messages: what of it is loaded, and how it follows what happens on the server.
import { computed, effect, signal } from "@preact/signals";
import { ask, get, type Message, type MessagePage } from "../api.ts";
import { listen, type News } from "../live.ts";
import { type Params, route, scope } from "../route.ts";
import { announce } from "../state.ts";
import { t } from "../strings.ts";

const PAGE = 100;
const MOST_READ_ALONE = 5; // more changed messages than this are read as one page

const LIGHT = { limit: String(PAGE), bodies: "false" };

export const DIRECTIONS: Record<string, string | undefined> = {
  all: undefined,
  sent: "outbound",
  received: "inbound",
  system: "system",
};

export const messages = signal<Message[]>([]);
export const total = signal<number | null>(null); // null: not known yet
export const refusal = signal<Error | null>(null);
export const selected = signal<ReadonlySet<string>>(new Set());
export const cursorId = signal<string | null>(null); // where the keyboard is
export const prepended = signal(0); // how many rows came in above, ever: the list keeps its place by it

export const folder = computed(() => {
  const { path } = route.value;
  return path[0] === "mail" && path[1] && path[1] in DIRECTIONS ? path[1] : "all";
});
export const search = computed(() => route.value.params.q ?? "");
export const openedId = computed(() => (route.value.path[0] === "mail" ? (route.value.path[2] ?? null) : null));

/** The query of the messages that are shown. */
export const wanted = computed<Params>(() => ({
  account: scope.value.account,
  region: scope.value.region,
  direction: DIRECTIONS[folder.value],
  q: search.value.trim() || undefined,
}));
const wantedKey = computed(() => JSON.stringify(wanted.value));

let next: string | null = null;
let loading = false;
let turn = 0;
let reading: Promise<void> | undefined; // the list, asked for last
let begun: string | undefined; // what was asked for before there was anything to follow

/** The list is asked for: before the page is drawn, if mail is what it shows first. */
export function begin(): void {
  if (!["mail", undefined].includes(route.value.path[0])) return;
  begun = wantedKey.value;
  void load();
}

/** The list is loaded, and stays true, until what is returned is called. */
export function follow(): () => void {
  const stopLoading = effect(() => {
    const asked = begun === wantedKey.value;
    begun = undefined;
    selected.value = new Set();
    if (!asked) void load();
  });
  // At once, not after the next drawing: the keys that follow start from it.
  const stopTurning = effect(() => {
    if (openedId.value) cursorId.value = openedId.value;
  });
  const stopListening = listen((news) => void hear(news));
  return () => {
    stopLoading();
    stopTurning();
    stopListening();
  };
}

export function load(): Promise<void> {
  reading = read(++turn);
  return reading;
}

async function read(mine: number): Promise<void> {
  loading = true;
  try {
    const page = await get<MessagePage>("/messages", { ...wanted.peek(), ...LIGHT });
    if (mine !== turn) return;
    take(page);
    refusal.value = null;
  } catch (error) {
    if (mine !== turn) return;
    refusal.value = error as Error;
  } finally {
    if (mine === turn) loading = false;
  }
}

export async function loadMore(): Promise<void> {
  if (loading || next === null) return;
  const mine = turn;
  loading = true;
  try {
    const page = await get<MessagePage>("/messages", { ...wanted.peek(), ...LIGHT, cursor: next });
    if (mine !== turn) return;
    const present = new Set(messages.value.map((each) => each.id));
    messages.value = [...messages.value, ...page.messages.filter((each) => !present.has(each.id))];
    next = page.cursor;
  } catch (error) {
    if (mine === turn) refusal.value = error as Error;
  } finally {
    if (mine === turn) loading = false;
  }
}

/** The message is in the list as it is now. */
export function put(message: Message): void {
  messages.value = messages.value.map((each) => (each.id === message.id ? { ...each, ...message } : each));
}

export async function markRead(ids: string[], read: boolean): Promise<void> {
  const changed = new Set(ids);
  messages.value = messages.value.map((each) => (changed.has(each.id) ? { ...each, read } : each));
  await Promise.all(ids.map((id) => ask("PUT", `/messages/${id}/read`, {}, { read })));
}

export async function remove(ids: string[]): Promise<void> {
  drop(ids);
  await Promise.all(ids.map((id) => ask("DELETE", `/messages/${id}`)));
}

export async function removeAll(): Promise<number> {
  const answer = await ask<{ deleted: number }>("DELETE", "/messages", wanted.peek());
  await load();
  return answer.deleted;
}

export async function markAllRead(): Promise<void> {
  await ask("POST", "/messages/read", wanted.peek(), { read: true });
  messages.value = messages.value.map((each) => ({ ...each, read: true }));
}

export function select(id: string, on: boolean): void {
  const changed = new Set(selected.value);
  if (on) changed.add(id);
  else changed.delete(id);
  selected.value = changed;
}

function take(page: MessagePage): void {
  messages.value = page.messages;
  total.value = page.total;
  next = page.cursor;
}

function drop(ids: string[]): void {
  const gone = new Set(ids);
  const left = messages.value.filter((each) => !gone.has(each.id));
  total.value = Math.max(0, (total.value ?? 0) - (messages.value.length - left.length));
  messages.value = left;
  selected.value = new Set([...selected.value].filter((id) => !gone.has(id)));
}

async function hear(news: News[]): Promise<void> {
  if (news.some((each) => each.kind === "again" || (each.kind === "deleted" && !each.id))) return load();
  const gone = news.flatMap((each) => (each.kind === "deleted" && each.id ? [each.id] : []));
  if (gone.length) drop(gone);
  if (news.some((each) => each.kind === "message")) await loadNewer();
  const shown = new Set(messages.value.map((each) => each.id));
  const happened = news.flatMap((each) => (each.kind === "event" && each.message_id ? [each.message_id] : []));
  const changed = [...new Set(happened)].filter((id) => shown.has(id));
  if (changed.length > MOST_READ_ALONE) await refreshTop();
  else await Promise.all(changed.map(refresh));
}

async function loadNewer(): Promise<void> {
  await reading; // what is on its way is not asked for twice
  const newest = messages.value[0]?.id;
  if (!newest || total.value === null) return load();
  const mine = turn;
  try {
    const page = await get<MessagePage>("/messages", { ...wanted.peek(), after: newest, ...LIGHT });
    if (mine !== turn) return;
    if (page.cursor !== null) return load(); // more than a page came at once
    const present = new Set(messages.value.map((each) => each.id));
    const fresh = page.messages.filter((each) => !present.has(each.id));
    if (!fresh.length) return;
    messages.value = [...fresh, ...messages.value];
    total.value = (total.value ?? 0) + fresh.length;
    prepended.value += fresh.length;
    announce(t.mail.arrived(fresh.length, fresh[0]?.subject ?? null));
  } catch {
    await load();
  }
}

async function refresh(id: string): Promise<void> {
  try {
    put(await get<Message>(`/messages/${id}`));
  } catch {
    drop([id]);
  }
}

async function refreshTop(): Promise<void> {
  const mine = turn;
  const page = await get<MessagePage>("/messages", { ...wanted.peek(), ...LIGHT }).catch(() => null);
  if (page && mine === turn) for (const message of page.messages) put(message);
}
