// Every view: where it stands in the sidebar, and the letter that goes there after `g`.
import type { IconName } from "../parts/icon.tsx";

export interface View {
  path: string[];
  name: string; // of its title in the strings
  icon: IconName;
  key: string;
  group: "mail" | "folder" | "ses" | "emulator"; // folders are tabs of the mail
}

export const VIEWS: View[] = [
  { path: ["mail", "all"], name: "mail", icon: "all", key: "m", group: "mail" },
  { path: ["mail", "sent"], name: "sent", icon: "sent", key: "s", group: "folder" },
  { path: ["mail", "received"], name: "received", icon: "received", key: "r", group: "folder" },
  { path: ["mail", "system"], name: "system", icon: "system", key: "y", group: "folder" },
  { path: ["receive"], name: "receive", icon: "receive", key: "n", group: "mail" },
  { path: ["identities"], name: "identities", icon: "shield", key: "i", group: "ses" },
  { path: ["templates"], name: "templates", icon: "template", key: "t", group: "ses" },
  { path: ["configuration-sets"], name: "configuration-sets", icon: "sets", key: "c", group: "ses" },
  { path: ["receipt-rules"], name: "receipt-rules", icon: "rules", key: "u", group: "ses" },
  { path: ["suppression"], name: "suppression", icon: "suppression", key: "p", group: "ses" },
  { path: ["account"], name: "account", icon: "account", key: "a", group: "ses" },
  { path: ["clock"], name: "clock", icon: "clock", key: "k", group: "emulator" },
  { path: ["faults"], name: "faults", icon: "faults", key: "f", group: "emulator" },
  { path: ["dns"], name: "dns", icon: "dns", key: "d", group: "emulator" },
  { path: ["jobs"], name: "jobs", icon: "jobs", key: "j", group: "emulator" },
  { path: ["requests"], name: "requests", icon: "wire", key: "w", group: "emulator" },
];
