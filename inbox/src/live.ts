// What happens on the server, as it happens: one stream of server-sent events for all views.
import { signal } from "@preact/signals";
import { scope } from "./route.ts";
import { url } from "./api.ts";

export interface News {
  kind: "message" | "event" | "deleted" | "again";
  id?: string;
  type?: string;
  message_id?: string;
  direction?: string;
}

type Listener = (news: News[]) => void;

export const connected = signal<boolean | null>(null);

const AGAIN_MS = 2000;
const GATHERED_MS = 5; // news that come together are told together
const listeners = new Set<Listener>();
let waiting: News[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;

/** The listener hears of everything from now on, until what is returned is called. */
export function listen(listener: Listener): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/**
 * The stream of the scope that is shown is open while somebody looks; returns how to close it.
 *
 * A browser has few connections to one server, so a page that nobody sees keeps none.
 */
export function connect(): () => void {
  let source: EventSource | undefined;
  let missed: News["kind"] | null = "message"; // one may have come before the stream was open
  let again: ReturnType<typeof setTimeout> | undefined;
  const close = () => {
    clearTimeout(again);
    source?.close();
    source = undefined;
  };
  const open = () => {
    close();
    source = new EventSource(url("/stream", { ...scope.peek() }));
    source.onopen = () => {
      if (missed) tell({ kind: missed });
      missed = null;
      connected.value = true;
    };
    source.onerror = () => {
      connected.value = false;
      missed = "again"; // what happened meanwhile is read anew
      if (source?.readyState === EventSource.CLOSED) again = setTimeout(open, AGAIN_MS);
    };
    for (const kind of ["message", "event", "deleted"] as const) {
      source.addEventListener(kind, (event) => tell({ ...read((event as MessageEvent<string>).data), kind }));
    }
  };
  const seen = () => {
    if (document.hidden) {
      close();
      missed = "again";
    } else if (!source) open();
  };
  document.addEventListener("visibilitychange", seen);
  open();
  return () => {
    document.removeEventListener("visibilitychange", seen);
    close();
  };
}

function read(data: string): Partial<News> {
  try {
    return JSON.parse(data) as Partial<News>;
  } catch {
    return {};
  }
}

function tell(news: News): void {
  waiting.push(news);
  timer ??= setTimeout(() => {
    const told = waiting;
    waiting = [];
    timer = undefined;
    for (const listener of [...listeners]) listener(told);
  }, GATHERED_MS);
}
