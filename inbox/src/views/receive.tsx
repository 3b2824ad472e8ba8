// A mail for SES to receive, as if it came from the world.
import { useState } from "preact/hooks";
import { ask, get, type ReceiptRuleSets, Refusal } from "../api.ts";
import { useLoad } from "../hooks.ts";
import { Button, Field, Segments, Switch } from "../parts/basics.tsx";
import { Icon } from "../parts/icon.tsx";
import { Page } from "../parts/layout.tsx";
import { go, scope } from "../route.ts";
import { emulatedNow, say } from "../state.ts";
import { t } from "../strings.ts";

interface Inbound {
  messages: { id: string; account: string; region: string }[];
  refused: { address: string; reason: string }[];
}

export function Receive() {
  const [way, setWay] = useState<"form" | "raw">("form");
  const [mail, setMail] = useState({ from: "jonas@example.org", to: "", subject: t.receive.sampleSubject, text: t.receive.sampleText });
  const [raw, setRaw] = useState("");
  const [session, setSession] = useState({ ip: "", tls: true });
  const [refusal, setRefusal] = useState("");
  const [busy, setBusy] = useState(false);
  const { data } = useLoad<ReceiptRuleSets>((signal) => get("/receipt-rule-sets", { ...scope.value }, signal), JSON.stringify(scope.value));
  const known = [...new Set((data?.rule_sets ?? []).flatMap((set) => set.rules.flatMap((rule) => rule.recipients)).filter((each) => each.includes("@")))];
  const change = (name: keyof typeof mail) => (event: { currentTarget: { value: string } }) =>
    setMail({ ...mail, [name]: event.currentTarget.value });
  const receive = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setRefusal("");
    try {
      const params = { ...scope.value, ip: session.ip || undefined, tls: String(session.tls) };
      const answer = await ask<Inbound>("POST", "/inbound", params, way === "raw" ? raw : composed(mail));
      say(answer.refused.length ? t.receive.partly(answer.refused.map((each) => each.address)) : t.receive.received);
      const first = answer.messages[0];
      go(["mail", "received", ...(first ? [first.id] : [])]);
    } catch (error) {
      setRefusal(error instanceof Refusal ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  const readFile = async (event: { currentTarget: HTMLInputElement }) => {
    const file = event.currentTarget.files?.[0];
    if (file) setRaw(await file.text());
  };
  return (
    <Page title={t.receive.title} lead={t.receive.lead}>
      <form class="form card roomy" onSubmit={(event) => void receive(event)}>
        <Segments
          label={t.receive.ways}
          options={[{ value: "form", label: t.receive.form }, { value: "raw", label: t.receive.raw }]}
          value={way}
          onChange={setWay}
        />
        {way === "form" ? (
          <>
            <div class="form-row">
              <Field label={t.message.from}>
                {(id) => <input id={id} required value={mail.from} onInput={change("from")} />}
              </Field>
              <Field label={t.message.to} help={known.length === 0 ? t.receive.noRule : undefined}>
                {(id) => (
                  <>
                    <input id={id} required list={`${id}-known`} placeholder="support@example.com" value={mail.to} onInput={change("to")} autocomplete="off" />
                    <datalist id={`${id}-known`}>{known.map((each) => <option key={each} value={each} />)}</datalist>
                  </>
                )}
              </Field>
            </div>
            <Field label={t.compose.subject} wide>{(id) => <input id={id} value={mail.subject} onInput={change("subject")} />}</Field>
            <Field label={t.tabs.text} wide>{(id) => <textarea id={id} rows={6} value={mail.text} onInput={change("text")} />}</Field>
          </>
        ) : (
          <>
            <Field label={t.receive.mime} wide>
              {(id) => <textarea id={id} class="mono" rows={14} required spellcheck={false} placeholder={"From: jonas@example.org\nTo: support@example.com\nSubject: Hello\n\nHi!"} value={raw} onInput={(event) => setRaw(event.currentTarget.value)} />}
            </Field>
            <Field label={t.receive.file} wide>
              {(id) => <input id={id} type="file" accept=".eml,message/rfc822" onChange={(event) => void readFile(event)} />}
            </Field>
          </>
        )}
        <div class="form-row">
          <Field label={t.rules.ip}>
            {(id) => <input id={id} placeholder="192.0.2.1" value={session.ip} onInput={(event) => setSession({ ...session, ip: event.currentTarget.value.trim() })} />}
          </Field>
          <Switch on={session.tls} label={t.receive.tls} onChange={(tls) => setSession({ ...session, tls })} />
        </div>
        <div role="alert">
          {refusal && <div class="failure"><Icon name="warning" /><p>{refusal}</p></div>}
        </div>
        <div class="actions"><Button kind="primary" type="submit" icon="receive" disabled={busy}>{t.receive.go}</Button></div>
      </form>
    </Page>
  );
}

/** A MIME document of one text. */
function composed(mail: { from: string; to: string; subject: string; text: string }): string {
  const fields = {
    From: mail.from,
    To: mail.to,
    Subject: encodedWord(mail.subject),
    Date: emulatedNow().toUTCString().replace("GMT", "+0000"),
    "Message-ID": `<${emulatedNow().getTime().toString(36)}.${Math.random().toString(36).slice(2)}@inbox.invalid>`,
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "base64",
  };
  const head = Object.entries(fields).map(([name, value]) => `${name}: ${value.replace(/[\r\n]+/g, " ")}`);
  const body = base64(mail.text).replace(/.{76}/g, "$&\r\n");
  return [...head, "", body, ""].join("\r\n");
}

function encodedWord(text: string): string {
  return /^[ -~]*$/.test(text) ? text : `=?utf-8?B?${base64(text)}?=`;
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
