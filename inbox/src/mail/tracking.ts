// Links that SES has rewritten to see clicks: what they lead to is written in them.

export interface Target {
  url: string;
  tracked: boolean;
}

const TRACKED = /^https?:\/\/[^/]+\/L0\/([^/]+)\//;

export function target(url: string): Target {
  const found = TRACKED.exec(url);
  if (!found?.[1]) return { url, tracked: false };
  try {
    return { url: decodeURIComponent(found[1]), tracked: true };
  } catch {
    return { url, tracked: false };
  }
}
