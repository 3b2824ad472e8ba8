// Loading what views show.
import type { RefObject } from "preact";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { listen } from "./live.ts";
import { emulatedNow } from "./state.ts";

export interface Loaded<Data> {
  data: Data | undefined;
  error: Error | undefined;
  reload: () => void;
}

const SETTLED_MS = 150;

/** What `load` answers; while it is asked again, what was there stays. `live`: asked again when something happens. */
export function useLoad<Data>(load: (signal: AbortSignal) => Promise<Data>, key: string, live = false): Loaded<Data> {
  const [state, setState] = useState<{ key: string; data?: Data; error?: Error }>({ key });
  const [turn, setTurn] = useState(0);
  const latest = useRef(load);
  latest.current = load;

  useEffect(() => {
    const abort = new AbortController();
    latest.current(abort.signal).then(
      (data) => setState({ key, data }),
      (error: Error) => {
        if (!abort.signal.aborted) setState({ key, error });
      },
    );
    return () => abort.abort();
  }, [key, turn]);

  const reload = useCallback(() => setTurn((number) => number + 1), []);
  useEffect(() => {
    if (!live) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = listen(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        reload();
      }, SETTLED_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [live, reload]);

  const current = state.key === key;
  return { data: current ? state.data : undefined, error: current ? state.error : undefined, reload };
}

/** Asked again as often as this while somebody looks: for what leaves no trace in the stream. */
export function useEvery(milliseconds: number, reload: () => void): void {
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) reload();
    }, milliseconds);
    return () => clearInterval(timer);
  }, [milliseconds, reload]);
}

/** Drawn again as often as this, for what the time changes. */
export function useTick(milliseconds: number): Date {
  const [, setTurn] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTurn((number) => number + 1), milliseconds);
    return () => clearInterval(timer);
  }, [milliseconds]);
  return emulatedNow();
}

export function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const changed = () => setMatches(list.matches);
    changed();
    list.addEventListener("change", changed);
    return () => list.removeEventListener("change", changed);
  }, [query]);
  return matches;
}

/** How wide the element is; 0 until it is known. */
export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    if (!element.current) return undefined;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry?.contentRect.width ?? 0)));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
