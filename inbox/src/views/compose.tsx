// A test mail, sent as SendEmail sends it.
import { useState } from "preact/hooks";
import { ask, get, type Identity, Refusal } from "../api.ts";
import { useLoad } from "../hooks.ts";
import { Button, Field } from "../parts/basics.tsx";
import { Icon } from "../parts/icon.tsx";
import { Page } from "../parts/layout.tsx";
import { go } from "../route.ts";
import { owner, ownerKey } from "../scopes.ts";
import { say } from "../state.ts";
import { t } from "../strings.ts";
import { ConfigurationSetChoice } from "./configuration-set-choice.tsx";

export function Compose() {
  const [mail, setMail] = useState({
    from: "", to: "", subject: t.compose.sampleSubject, text: t.compose.sampleText, html: "", configuration_set: "",
  });
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [busy, setBusy] = useState(false);
  const { data } = useLoad<{ identities: Identity[] }>((signal) => get("/identities", { ...owner.value }, signal), ownerKey.value);
  const senders = (data?.identities ?? []).filter((each) => each.status === "Success")
    .map((each) => (each.type === "Domain" ? `hello@${each.identity}` : each.identity));
  const change = (name: keyof typeof mail) => (event: { currentTarget: { value: string } }) =>
    setMail({ ...mail, [name]: event.currentTarget.value });
  const send = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setRefusal(null);
    try {
      const body = {
        from: mail.from,
        to: mail.to.split(/[,;\s]+/).filter(Boolean),
        subject: mail.subject,
        text: mail.text || null,
        html: mail.html || null,
        configuration_set: mail.configuration_set || null,
      };
      const sent = await ask<{ id?: string; message_id?: string }>("POST", "/messages/test", { ...owner.value }, body);
      say(t.compose.sent);
      const id = sent.id ?? sent.message_id;
      go(["mail", "sent", ...(id ? [id] : [])]);
    } catch (error) {
      setRefusal(error instanceof Refusal ? error : new Refusal(0, String(error)));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Page owned title={t.compose.title} lead={t.compose.lead}>
      <form class="form card roomy" onSubmit={(event) => void send(event)}>
        <div class="form-row">
          <Field label={t.message.from} help={senders.length === 0 ? t.compose.noSender : undefined}>
            {(id) => (
              <>
                <input id={id} required list={`${id}-known`} placeholder="ann@example.com" value={mail.from} onInput={change("from")} autocomplete="off" />
                <datalist id={`${id}-known`}>{senders.map((each) => <option key={each} value={each} />)}</datalist>
              </>
            )}
          </Field>
          <Field label={t.message.to}>
            {(id) => <input id={id} required placeholder="bob@example.com" value={mail.to} onInput={change("to")} autocomplete="off" />}
          </Field>
        </div>
        <p class="suggestions small">
          <span class="muted">{t.compose.simulator}</span>
          {["success", "bounce", "complaint", "ooto", "suppressionlist"].map((name) => (
            <button key={name} type="button" class="chip-button" onClick={() => setMail({ ...mail, to: `${name}@simulator.amazonses.com` })}>{name}@</button>
          ))}
        </p>
        <Field label={t.compose.subject} wide>
          {(id) => <input id={id} value={mail.subject} onInput={change("subject")} />}
        </Field>
        <Field label={t.tabs.text} wide>
          {(id) => <textarea id={id} rows={5} value={mail.text} onInput={change("text")} />}
        </Field>
        <Field label={t.tabs.html} wide>
          {(id) => <textarea id={id} class="mono" rows={5} spellcheck={false} placeholder="<p>Hello</p>" value={mail.html} onInput={change("html")} />}
        </Field>
        <Field label={t.panel.configurationSet}>
          {(id) => (
            <ConfigurationSetChoice id={id} label={t.panel.configurationSet} value={mail.configuration_set}
              onChange={(configuration_set) => setMail({ ...mail, configuration_set })} />
          )}
        </Field>
        <div role="alert">
          {refusal && (
            <div class="failure">
              <Icon name="warning" />
              <p>{refusal.code && <b>{refusal.code} </b>}{refusal.message}</p>
            </div>
          )}
        </div>
        <div class="actions"><Button kind="primary" type="submit" icon="send" disabled={busy}>{t.compose.send}</Button></div>
      </form>
    </Page>
  );
}
