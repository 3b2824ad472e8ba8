// The mail: the list, and beside it the message that is opened.
import { useEffect } from "preact/hooks";
import { useMedia } from "../hooks.ts";
import { NARROW } from "../parts/layout.tsx";
import { t } from "../strings.ts";
import { FirstMail } from "./first-mail.tsx";
import { folder, follow, openedId, search, total } from "./list-state.ts";
import { MailList } from "./list.tsx";
import { MessageView, NothingOpened } from "./message.tsx";

export function MailView() {
  const narrow = useMedia(NARROW);
  const id = openedId.value;
  const nothing = total.value === 0 && !search.value && ["all", "sent"].includes(folder.value);
  useEffect(follow, []);
  useEffect(() => {
    if (!id) document.title = `${folder.value === "all" ? t.views.mail : t.views[folder.value]} · ${t.product}`;
  }, [id, folder.value]);
  return (
    <div class={`mail ${id ? "opened" : ""}`}>
      <h1 class="away">{t.views.mail}</h1>
      {(!narrow || !id) && <MailList />}
      {(!narrow || id) && <div class="reading">{id ? <MessageView id={id} /> : nothing ? <FirstMail /> : <NothingOpened />}</div>}
    </div>
  );
}
