// A button with a list of things to do.
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "./icon.tsx";

export interface Item {
  label: string;
  icon?: IconName;
  hint?: string;
  checked?: boolean;
  danger?: boolean;
  run: () => void;
}

export function Menu({ label, items, children, align = "start", class: given = "button plain", up = false, iconOnly = false }: {
  label: string; iconOnly?: boolean; items: Item[]; children: ComponentChildren; align?: "start" | "end"; class?: string; up?: boolean;
}) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const around = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);

  useLayoutEffect(() => {
    if (!open) return undefined;
    const chosen = entries(around.current).find((entry) => entry.getAttribute("aria-checked") === "true");
    (chosen ?? entries(around.current)[0])?.focus();
    const outside = (event: Event) => {
      if (!around.current?.contains(event.target as Node)) setOpen(false);
    };
    addEventListener("pointerdown", outside);
    return () => removeEventListener("pointerdown", outside);
  }, [open]);

  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  const keys = (event: KeyboardEvent) => {
    const all = entries(around.current);
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === "Escape") close();
    else if (event.key === "Tab") setOpen(false);
    else if (to !== undefined) all[(to + all.length) % all.length]?.focus();
    else return;
    if (event.key !== "Tab") event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div class="menu" ref={around}>
      <button
        ref={button}
        type="button"
        class={given}
        aria-label={iconOnly ? label : undefined}
        title={label}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={() => setOpen(!open)}
      >
        {children}
      </button>
      {open && (
        <div id={id} class={`menu-list ${align} ${up ? "up" : ""}`} role="menu" aria-label={label} onKeyDown={keys}>
          {items.map((item) => (
            <button
              key={item.label}
              type="button"
              role={item.checked === undefined ? "menuitem" : "menuitemradio"}
              aria-checked={item.checked}
              class={item.danger ? "danger" : ""}
              tabIndex={-1}
              onClick={() => {
                close();
                item.run();
              }}
            >
              {item.icon && <Icon name={item.icon} size={15} />}
              <span>{item.label}</span>
              {item.hint && <small>{item.hint}</small>}
              {item.checked && <Icon name="check" size={14} />}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

function entries(around: HTMLElement | null): HTMLElement[] {
  return [...(around?.querySelectorAll<HTMLElement>("[role^=menuitem]") ?? [])];
}
