// Numbers, times and addresses as people read them.

const locale = "en-GB";
const clockTime = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const dayMonth = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
const dayMonthYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", year: "numeric" });
const full = new Intl.DateTimeFormat(locale, {
  weekday: "short",
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const integer = new Intl.NumberFormat("en");

/** The time of a mail in a list: hours of today, else the day. */
export function shortTime(iso: string, now: Date): string {
  const then = new Date(iso);
  if (then.toDateString() === now.toDateString()) return clockTime.format(then);
  return (then.getFullYear() === now.getFullYear() ? dayMonth : dayMonthYear).format(then);
}

export function fullTime(iso: string): string {
  return full.format(new Date(iso));
}

/** Hours, minutes, seconds and milliseconds, as timelines need them. */
export function exactTime(iso: string): string {
  const then = new Date(iso);
  return `${clockTime.format(then)}:${pad(then.getSeconds(), 2)}.${pad(then.getMilliseconds(), 3)}`;
}

/** A day and its time, as short as can be: for tables. */
export function stamp(iso: string): string {
  const then = new Date(iso);
  const sameYear = then.getFullYear() === new Date().getFullYear();
  return `${(sameYear ? dayMonth : dayMonthYear).format(then)}, ${clockTime.format(then)}`;
}

export function day(iso: string): string {
  return dayMonth.format(new Date(iso));
}

export function number(value: number): string {
  return integer.format(value);
}

export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(fraction < 0.01 ? 2 : 1)} %`;
}

/** The name in `Name <address>`, else the address. */
export function person(mailbox: string): string {
  const found = /^\s*"?(.+?)"?\s*<[^>]*>\s*$/.exec(mailbox);
  return found?.[1] ?? mailbox.replace(/^<|>$/g, "");
}

export function address(mailbox: string): string {
  return /<([^>]*)>\s*$/.exec(mailbox)?.[1] ?? mailbox;
}

/** JSON as people read it; anything else as it is. */
export function pretty(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value, null, 2);
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}

/** `HardBounce`, `matching_event_types` and `renderingFailure` as words. */
export function words(name: string): string {
  const spaced = name.replace(/_/g, " ").replace(/([a-z0-9])([A-Z])/g, "$1 $2");
  return spaced.charAt(0).toUpperCase() + spaced.slice(1).toLowerCase();
}

function pad(value: number, length: number): string {
  return String(value).padStart(length, "0");
}
