// What the whole inbox shares: theme, clock, what was said last.
import { effect, signal } from "@preact/signals";
import { ask, type Clock, get } from "./api.ts";
import { t } from "./strings.ts";

export type Theme = "system" | "light" | "dark";

export interface Toast {
  id: number;
  text: string;
  bad: boolean;
}

const THEME = "ses-inbox-theme";
const LASTS = 5000;

export const theme = signal<Theme>(kept(THEME, ["system", "light", "dark"], "system"));
export const toasts = signal<Toast[]>([]);
export const announcement = signal("");
export const clock = signal<Clock | null>(null);

/** What the machine's clock showed when the emulated one was asked. */
const clockAskedAt = signal(Date.now());

const darkSystem = matchMedia("(prefers-color-scheme: dark)");
export const dark = signal(false);

effect(() => {
  dark.value = theme.value === "dark" || (theme.value === "system" && darkSystem.matches);
  document.documentElement.dataset.theme = dark.value ? "dark" : "light";
  remember(THEME, theme.value);
});
darkSystem.addEventListener("change", () => {
  if (theme.value === "system") {
    dark.value = darkSystem.matches;
    document.documentElement.dataset.theme = dark.value ? "dark" : "light";
  }
});

let number = 0;

export function say(text: string, bad = false): void {
  const toast = { id: ++number, text, bad };
  toasts.value = [...toasts.value.slice(-2), toast];
  setTimeout(() => dismiss(toast.id), bad ? LASTS * 2 : LASTS);
}

export function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

/** Screen readers say it. */
export function announce(text: string): void {
  announcement.value = "";
  requestAnimationFrame(() => {
    announcement.value = text;
  });
}

/** Does it; a refusal is shown, and then the answer is undefined. */
export async function attempt<Answer>(what: () => Promise<Answer>, done?: string): Promise<Answer | undefined> {
  try {
    const answer = await what();
    if (done) say(done);
    return answer;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error), true);
    return undefined;
  }
}

export async function readClock(): Promise<void> {
  try {
    shown(await get<Clock>("/clock"));
  } catch {
    // The connection's state is shown already.
  }
}

export async function moveClock(method: string, path: string, body: unknown): Promise<void> {
  const answer = await attempt(() => ask<Clock>(method, path, {}, body), t.clock.moved);
  if (answer) shown(answer);
}

/** The emulated time of this moment. */
export function emulatedNow(): Date {
  const known = clock.value;
  if (!known) return new Date();
  const passed = known.frozen ? 0 : Date.now() - clockAskedAt.value;
  return new Date(Date.parse(known.now) + passed);
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // A browser that keeps nothing still shows everything.
  }
}

export function kept<Value extends string>(name: string, allowed: Value[], otherwise: Value): Value {
  try {
    const value = localStorage.getItem(name) as Value;
    return allowed.includes(value) ? value : otherwise;
  } catch {
    return otherwise;
  }
}

function shown(answer: Clock): void {
  clockAskedAt.value = Date.now();
  clock.value = answer;
}
