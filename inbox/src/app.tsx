// The shell: the sidebar, the view that the address names, and what lies above both.
import { useEffect } from "preact/hooks";
import { helpOpen, keyboard } from "./keyboard.ts";
import { connect, listen } from "./live.ts";
import { MailView } from "./mail/view.tsx";
import { Button, Empty, IconButton } from "./parts/basics.tsx";
import { Confirmation, Dialog } from "./parts/dialog.tsx";
import { Icon } from "./parts/icon.tsx";
import { Sidebar } from "./parts/sidebar.tsx";
import { go, route, scope } from "./route.ts";
import { followScopes, scopes } from "./scopes.ts";
import { announcement, dismiss, readClock, toasts } from "./state.ts";
import { t } from "./strings.ts";
import { AccountView } from "./views/account.tsx";
import { VIEWS } from "./views/all.ts";
import { ClockView } from "./views/clock.tsx";
import { Compose } from "./views/compose.tsx";
import { ConfigurationSets } from "./views/configuration-sets.tsx";
import { DnsZone } from "./views/dns.tsx";
import { Faults } from "./views/faults.tsx";
import { Identities } from "./views/identities.tsx";
import { Jobs } from "./views/jobs.tsx";
import { ReceiptRules } from "./views/receipt-rules.tsx";
import { Receive } from "./views/receive.tsx";
import { Requests } from "./views/requests.tsx";
import { Suppression } from "./views/suppression.tsx";
import { Templates } from "./views/templates.tsx";

const CLOCK_MS = 5000;

const PAGES: Record<string, () => preact.JSX.Element> = {
  mail: MailView,
  identities: Identities,
  templates: Templates,
  "configuration-sets": ConfigurationSets,
  "receipt-rules": ReceiptRules,
  suppression: Suppression,
  account: AccountView,
  clock: ClockView,
  faults: Faults,
  dns: DnsZone,
  jobs: Jobs,
  requests: Requests,
  compose: Compose,
  receive: Receive,
};

export function App() {
  const name = route.value.path[0] ?? "mail";
  const Page = PAGES[name] ?? NotFound;
  const key = JSON.stringify(scope.value);
  useEffect(keyboard, []);
  useEffect(connect, [key]);
  useEffect(followScopes, []);
  useEffect(() => {
    void readClock();
    const timer = setInterval(() => void readClock(), CLOCK_MS);
    const stop = listen((news) => {
      if (news.some((each) => each.kind === "again")) void readClock();
    });
    return () => {
      clearInterval(timer);
      stop();
    };
  }, []);
  return (
    <>
      <a class="skip" href="#content" onClick={skip}>{t.skip}</a>
      <div class="shell">
        <Sidebar />
        <main id="content" tabIndex={-1} key={key}>
          {(name === "mail" || scopes.value) && <Page key={name} />}
        </main>
      </div>
      <div class="away" role="status" aria-live="polite">{announcement.value}</div>
      <Toasts />
      <Confirmation />
      {helpOpen.value && <Shortcuts />}
    </>
  );
}

/** The address belongs to the views, so the jump is made by hand. */
function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("content")?.focus();
}

function NotFound() {
  return <Empty icon="help" title={t.notFound.title} actions={<Button kind="primary" onClick={() => go(["mail", "all"])}>{t.notFound.action}</Button>} />;
}

function Toasts() {
  return (
    <div class="toasts" role="region" aria-label={t.notes} aria-live="polite">
      {toasts.value.map((toast) => (
        <div key={toast.id} class={`toast ${toast.bad ? "bad" : ""}`}>
          <Icon name={toast.bad ? "warning" : "check"} />
          <p>{toast.text}</p>
          <IconButton icon="close" label={t.close} onClick={() => dismiss(toast.id)} />
        </div>
      ))}
    </div>
  );
}

function Shortcuts() {
  const groups: [string, [string, string][]][] = [
    [t.keys.groups.mail, [
      ["j", t.keys.next], ["k", t.keys.previous], ["o", t.keys.open], ["x", t.keys.select],
      ["r", t.keys.read], ["#", t.keys.delete],
    ]],
    [t.keys.groups.anywhere, [
      ["/", t.keys.search], ["c", t.keys.compose], ["Esc", t.keys.escape], ["g", t.keys.goTo], ["?", t.keys.help],
    ]],
    [t.keys.groups.views, VIEWS.map((view) => [view.key, t.views[view.name] ?? ""])],
  ];
  return (
    <Dialog title={t.keys.title} wide onClose={() => (helpOpen.value = false)}>
      <div class="shortcuts">
        {groups.map(([title, keys]) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>{keys.map(([key, what]) => <div key={key}><dt><kbd>{key}</kbd></dt><dd>{what}</dd></div>)}</dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
