// Whether the sidebar is shown where it has no room of its own.
import { signal } from "@preact/signals";

export const menuOpen = signal(false);

export function openMenu(): void {
  menuOpen.value = true;
}
