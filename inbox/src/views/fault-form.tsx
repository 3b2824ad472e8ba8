// A failure, described field by field.
import { useState } from "preact/hooks";
import { ask, type Fault, get, Refusal } from "../api.ts";
import { useLoad } from "../hooks.ts";
import { Button, Field } from "../parts/basics.tsx";
import { Icon } from "../parts/icon.tsx";
import { scope } from "../route.ts";
import { say } from "../state.ts";
import { t } from "../strings.ts";

type Kind = "error" | "status" | "delay" | "drop" | "truncate";

const STAGES = ["CONNECT", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "*"].map((stage) => `SMTP:${stage}`);
const OF_SMTP: Kind[] = ["status", "delay", "drop"];
const OF_CALLS: Kind[] = ["error", "status", "delay", "drop", "truncate"];
// The likeliest; others can be typed.
const CODES = [
  "Throttling", "ServiceUnavailable", "InternalFailure", "MessageRejected", "AccountSendingPausedException",
  "MailFromDomainNotVerifiedException", "ConfigurationSetDoesNotExist", "TemplateDoesNotExist", "LimitExceeded",
  "AccessDenied", "InvalidClientTokenId", "ExpiredToken",
];
const BEGINNING = {
  operation: "SendEmail", kind: "error" as Kind, code: "Throttling", status: "503", message: "", drop: "before",
  delay_ms: "", times: "", probability: "", subject: "", pattern: "",
};

type Said = typeof BEGINNING;

interface Coverage {
  operations: { api: string; operation: string; implemented: boolean }[];
}

export function FaultForm({ onAdded }: { onAdded: () => void }) {
  const [said, setSaid] = useState(BEGINNING);
  const [refusal, setRefusal] = useState<Error | null>(null);
  const { data } = useLoad<Coverage>((signal) => get("/coverage", {}, signal), "coverage");
  const operations = (data?.operations ?? []).filter((each) => each.implemented).map((each) => each.operation);
  const smtp = said.operation.toUpperCase().startsWith("SMTP:");
  const kinds = smtp ? OF_SMTP : OF_CALLS;
  const kind = kinds.includes(said.kind) ? said.kind : "status";
  const change = (name: keyof Said) => (event: { currentTarget: { value: string } }) =>
    setSaid({ ...said, [name]: event.currentTarget.value });
  const add = async (event: Event) => {
    event.preventDefault();
    setRefusal(null);
    try {
      await ask<Fault>("POST", "/faults", { ...scope.value }, asked(said, kind, smtp));
      say(t.faults.added);
      onAdded();
    } catch (error) {
      setRefusal(error instanceof Refusal ? error : new Error(String(error)));
    }
  };
  const optional = (name: "delay_ms" | "times" | "probability", label: string, help?: string, most?: number) => (
    <Field label={label} help={help}>
      {(id) => <input id={id} type="number" min={name === "delay_ms" ? 0 : 1} max={most} value={said[name]}
        required={name === "delay_ms" && kind === "delay"} onInput={change(name)} />}
    </Field>
  );
  return (
    <form class="form card roomy" onSubmit={(event) => void add(event)}>
      <div class="form-row">
        <Field label={t.faults.operation} help={t.faults.operationHelp}>
          {(id) => (
            <>
              <input id={id} required list={`${id}-known`} value={said.operation} onInput={change("operation")} autocomplete="off" spellcheck={false} />
              <datalist id={`${id}-known`}>{["*", ...new Set(operations), ...STAGES].map((each) => <option key={each} value={each} />)}</datalist>
            </>
          )}
        </Field>
        <Field label={t.faults.kind}>
          {(id) => (
            <select id={id} value={kind} onChange={change("kind")}>
              {kinds.map((each) => <option key={each} value={each}>{smtp && each === "status" ? t.faults.reply : t.faults.kinds[each]}</option>)}
            </select>
          )}
        </Field>
        {kind === "error" && (
          <Field label={t.faults.code}>
            {(id) => (
              <>
                <input id={id} required list={`${id}-known`} value={said.code} onInput={change("code")} autocomplete="off" spellcheck={false} />
                <datalist id={`${id}-known`}>{CODES.map((each) => <option key={each} value={each} />)}</datalist>
              </>
            )}
          </Field>
        )}
        {kind === "status" && (
          <Field label={smtp ? t.faults.replyCode : t.faults.status}>
            {(id) => <input id={id} type="number" required min={400} max={599} value={said.status} onInput={change("status")} />}
          </Field>
        )}
        {kind === "drop" && (
          <Field label={t.faults.when}>
            {(id) => (
              <select id={id} value={said.drop} onChange={change("drop")}>
                {Object.entries(t.faults.moments).map(([moment, label]) => <option key={moment} value={moment}>{label}</option>)}
              </select>
            )}
          </Field>
        )}
        {(kind === "error" || (kind === "status" && smtp)) && (
          <Field label={t.faults.message} help={t.faults.messageHelp}>
            {(id) => <input id={id} value={said.message} onInput={change("message")} />}
          </Field>
        )}
        {optional("delay_ms", kind === "delay" ? t.faults.delayed : t.faults.delay)}
        {optional("times", t.faults.times, t.faults.timesHelp)}
        {optional("probability", t.faults.probability, undefined, 100)}
        <Field label={t.faults.matching}>
          {(id) => (
            <select id={id} value={said.subject} onChange={change("subject")}>
              <option value="">{t.faults.any}</option>
              {Object.entries(t.faults.subjects).map(([subject, label]) => <option key={subject} value={subject}>{label}</option>)}
            </select>
          )}
        </Field>
        {said.subject && (
          <Field label={t.faults.pattern} help={t.faults.patternHelp}>
            {(id) => <input id={id} required placeholder="*@example.com" value={said.pattern} onInput={change("pattern")} spellcheck={false} />}
          </Field>
        )}
      </div>
      <div role="alert">
        {refusal && <div class="failure"><Icon name="warning" /><p>{refusal.message}</p></div>}
      </div>
      <div class="actions"><Button kind="primary" type="submit" icon="faults">{t.faults.go}</Button></div>
    </form>
  );
}

/** The fault as the route wants it: what was not said, or is not of its kind, is left out. */
function asked(said: Said, kind: Kind, smtp: boolean): Record<string, unknown> {
  const amount = (text: string) => (text === "" ? undefined : Number(text));
  const share = amount(said.probability);
  return {
    operation: said.operation.trim(),
    code: kind === "error" ? said.code.trim() : undefined,
    status: kind === "status" ? amount(said.status) : undefined,
    message: (kind === "error" || (kind === "status" && smtp)) && said.message ? said.message : undefined,
    drop: kind === "drop" ? said.drop : undefined,
    truncate: kind === "truncate" || undefined,
    delay_ms: amount(said.delay_ms),
    times: amount(said.times),
    probability: share === undefined ? undefined : share / 100,
    match: said.subject ? { [said.subject]: said.pattern.trim() } : undefined,
  };
}
