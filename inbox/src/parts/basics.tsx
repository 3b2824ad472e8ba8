// Buttons, badges, and the other small things that every view is made of.
import { type ComponentChildren, createContext, type JSX } from "preact";
import { useContext, useEffect, useId, useRef, useState } from "preact/hooks";
import { say } from "../state.ts";
import { t } from "../strings.ts";
import { Icon, type IconName } from "./icon.tsx";

export type Tone = "good" | "bad" | "warn" | "info" | "quiet";

interface ButtonProps extends Omit<JSX.IntrinsicElements["button"], "icon" | "size"> {
  icon?: IconName;
  kind?: "primary" | "plain" | "ghost" | "danger";
  small?: boolean;
  children?: ComponentChildren;
}

export function Button({ icon, kind = "plain", small, children, class: given, ...rest }: ButtonProps) {
  return (
    <button type="button" class={`button ${kind} ${small ? "small" : ""} ${given ?? ""}`} {...rest}>
      {icon && <Icon name={icon} size={small ? 14 : 16} />}
      {children !== undefined && <span>{children}</span>}
    </button>
  );
}

/** A button of an icon alone; its label is its tooltip, too. */
export function IconButton({ icon, label, pressed, ...rest }: { icon: IconName; label: string; pressed?: boolean }
  & Omit<JSX.IntrinsicElements["button"], "icon" | "label">) {
  return (
    <button type="button" class="icon-button" aria-label={label} title={label} aria-pressed={pressed} {...rest}>
      <Icon name={icon} />
    </button>
  );
}

export function LinkButton({ icon, kind = "plain", children, href }: {
  icon?: IconName; kind?: "primary" | "plain" | "ghost"; children: ComponentChildren; href: string;
}) {
  return (
    <a class={`button ${kind}`} href={href}>
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </a>
  );
}

export function Badge({ tone = "quiet", icon, children, title }: {
  tone?: Tone; icon?: IconName; children: ComponentChildren; title?: string;
}) {
  return (
    <span class={`badge ${tone}`} title={title}>
      {icon ? <Icon name={icon} size={12} /> : <i class="dot" aria-hidden="true" />}
      {children}
    </span>
  );
}

export function Chip({ children }: { children: ComponentChildren }) {
  return <span class="chip">{children}</span>;
}

/** The state of an identity, of its DKIM or MAIL FROM domain. */
export function Status({ status }: { status: string | null }) {
  if (!status) return <span class="muted">{t.none}</span>;
  const tone: Record<string, Tone> = { Success: "good", Pending: "warn", Failed: "bad", TemporaryFailure: "warn" };
  return <Badge tone={tone[status] ?? "quiet"}>{t.identities.states[status] ?? status}</Badge>;
}

export function CopyButton({ text, label, children }: { text: string; label: string; children?: ComponentChildren }) {
  const [copied, setCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = async () => {
    if (!(await toClipboard(text))) return say(t.copyFailed, true);
    setCopied(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setCopied(false), 1500);
  };
  return (
    <button
      type="button"
      class={children === undefined ? "icon-button copy" : "button plain small copy"}
      aria-label={children !== undefined ? undefined : copied ? t.copied : label}
      title={label}
      onClick={copy}
    >
      <Icon name={copied ? "check" : "copy"} size={14} />
      {children !== undefined && <span>{children}</span>}
    </button>
  );
}

/** The clipboard's own way is only there on HTTPS and localhost; the old one is everywhere. */
async function toClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "away";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

/** A text that is to be copied: the text in one line, cut where there is no room, and the button. */
export function Copyable({ text, label }: { text: string; label: string }) {
  return (
    <span class="copyable">
      <code title={text}>{text}</code>
      <CopyButton text={text} label={label} />
    </span>
  );
}

export function CodeBlock({ text, label, wrap = false, tall = false }: {
  text: string; label: string; wrap?: boolean; tall?: boolean;
}) {
  return (
    <div class={`code-block ${tall ? "tall" : ""}`}>
      <pre class={wrap ? "wrap" : ""} tabIndex={0} role="region" aria-label={label}>
        {text}
      </pre>
      <CopyButton text={text} label={t.copyNamed(label)} />
    </div>
  );
}

export function Switch({ on, label, help, onChange, disabled }: {
  on: boolean; label: string; help?: string; onChange: (on: boolean) => void; disabled?: boolean;
}) {
  const id = useId();
  return (
    <div class="switch-row">
      <div>
        <span id={id} class="switch-label">{label}</span>
        {help && <p id={`${id}-help`} class="muted small">{help}</p>}
      </div>
      <button
        type="button"
        role="switch"
        class="switch"
        aria-checked={on}
        aria-labelledby={id}
        aria-describedby={help ? `${id}-help` : undefined}
        disabled={disabled}
        onClick={() => onChange(!on)}
      />
    </div>
  );
}

type FieldProps = { label: string; help?: ComponentChildren; children: (id: string) => ComponentChildren; wide?: boolean };

export function Field({ label, help, children, wide }: FieldProps) {
  const id = useId();
  return (
    <div class={`field ${wide ? "wide" : ""}`}>
      <label for={id}>{label}</label>
      {children(id)}
      {help && <p class="muted small">{help}</p>}
    </div>
  );
}

export interface Segment<Value extends string> {
  value: Value;
  label: string;
  icon?: IconName;
}

/** One of a few, side by side. */
export function Segments<Value extends string>({ label, options, value, onChange, iconsOnly = false }: {
  label: string; options: Segment<Value>[]; value: Value; onChange: (value: Value) => void; iconsOnly?: boolean;
}) {
  return (
    <div class="segments" role="group" aria-label={label}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          aria-label={iconsOnly ? option.label : undefined}
          title={iconsOnly ? option.label : undefined}
          onClick={() => onChange(option.value)}
        >
          {option.icon && <Icon name={option.icon} size={15} />}
          {!iconsOnly && option.label}
        </button>
      ))}
    </div>
  );
}

export function Empty({ icon, title, children, actions }: {
  icon: IconName; title: string; children?: ComponentChildren; actions?: ComponentChildren;
}) {
  return (
    <div class="empty">
      <span class="empty-icon"><Icon name={icon} size={24} /></span>
      <h2>{title}</h2>
      {children}
      {actions && <div class="actions">{actions}</div>}
    </div>
  );
}

export function Failure({ error, retry }: { error: Error; retry?: () => void }) {
  return (
    <div class="failure" role="alert">
      <Icon name="warning" />
      <p>{error.message}</p>
      {retry && <Button small onClick={retry}>{t.retry}</Button>}
    </div>
  );
}

/** Lines in grey, where something will be: they take the room it will take. */
export function Skeleton({ rows = 4 }: { rows?: number }) {
  return (
    <div class="skeleton" aria-hidden="true">
      {Array.from({ length: rows }, (_, index) => <i key={index} />)}
    </div>
  );
}

/** How deep headings are: one level below what they stand in. */
export const HeadingLevel = createContext<2 | 3>(3);

export function Section({ title, children, actions, lead }: {
  title: string; children: ComponentChildren; actions?: ComponentChildren; lead?: ComponentChildren;
}) {
  const Heading = `h${useContext(HeadingLevel)}` as const;
  return (
    <section class="section">
      <header>
        <Heading>{title}</Heading>
        {actions}
      </header>
      {lead && <p class="muted lead">{lead}</p>}
      {children}
    </section>
  );
}

export function CardTitle({ children }: { children: ComponentChildren }) {
  const Heading = useContext(HeadingLevel) === 2 ? "h3" : "h4";
  return <Heading>{children}</Heading>;
}

export function Facts({ facts }: { facts: [string, ComponentChildren][] }) {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
