// Where the inbox is: #/view/part/part?name=value. Account and region are in every address, so that links can be shared.
import { computed, signal } from "@preact/signals";

export type Params = Record<string, string | undefined>;

export interface Route {
  path: string[];
  params: Record<string, string>;
}

export interface Scope {
  account?: string;
  region?: string;
}

const KEPT = ["account", "region"];

export const route = signal<Route>(read());
export const scope = computed<Scope>(() => ({ account: route.value.params.account, region: route.value.params.region }), {
  name: "scope",
});

addEventListener("hashchange", () => {
  route.value = read();
});

/** The address of a view, in the scope that is shown now unless `params` says otherwise. */
export function href(path: string[], params: Params = {}): string {
  const kept = Object.fromEntries(KEPT.map((name) => [name, route.value.params[name]]));
  const given = Object.entries({ ...kept, ...params }).filter(([, value]) => value);
  const query = new URLSearchParams(given as [string, string][]).toString();
  return `#/${path.map(encodeURIComponent).join("/")}${query ? `?${query}` : ""}`;
}

export function go(path: string[], params: Params = {}, replace = false): void {
  const to = href(path, params);
  if (to === location.hash) return;
  history[replace ? "replaceState" : "pushState"](null, "", to);
  route.value = read();
}

function read(): Route {
  const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?", 2);
  return {
    path: path.split("/").filter(Boolean).map(decoded),
    params: Object.fromEntries(new URLSearchParams(query)),
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
