// The accounts and regions there are, and which of them the views show that can show one only.
import { computed, signal } from "@preact/signals";
import { get } from "./api.ts";
import { listen } from "./live.ts";
import { href, type Scope, scope } from "./route.ts";

export interface Counted {
  account: string;
  region: string;
  messages: number;
}

const SETTLED_MS = 400;

export const scopes = signal<Counted[] | null>(null); // those of most mail first; null: not known yet

/** Where all accounts are shown, that of most mail: a developer has one, whatever its number. */
export const owner = computed<Scope>(
  () => {
    if (scope.value.account) return scope.value;
    const busiest = scopes.value?.[0];
    return busiest ? { account: busiest.account, region: busiest.region } : {};
  },
);
export const ownerKey = computed(() => `${owner.value.account ?? ""} ${owner.value.region ?? ""}`);

/** The address of a view of these things: it names whose they are only where it would show others otherwise. */
export function hrefOf(path: string[], theirs: Required<Scope>): string {
  const same = owner.value.account === theirs.account && (owner.value.region ?? theirs.region) === theirs.region;
  return same ? href(path) : href(path, { ...theirs });
}

/** The scopes are known, and stay so, until what is returned is called. */
export function followScopes(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = listen(() => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void load();
    }, SETTLED_MS);
  });
  void load();
  return () => {
    stop();
    clearTimeout(timer);
  };
}

async function load(): Promise<void> {
  try {
    scopes.value = (await get<{ scopes: Counted[] }>("/scopes")).scopes;
  } catch {
    scopes.value ??= [];
  }
}
