// The list: only the rows that are seen are drawn, so that 50,000 messages scroll as ten do.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useMedia, useTick } from "../hooks.ts";
import { number } from "../format.ts";
import { Button, Empty, Failure, IconButton, Skeleton } from "../parts/basics.tsx";
import { confirmed } from "../parts/dialog.tsx";
import { MenuButton, NARROW } from "../parts/layout.tsx";
import { go, href, route } from "../route.ts";
import { attempt, say } from "../state.ts";
import { t } from "../strings.ts";
import { FirstMail } from "./first-mail.tsx";
import * as list from "./list-state.ts";
import { Row } from "./row.tsx";
import { SearchBox } from "./search-box.tsx";

const ROW_HEIGHT = 78;
const MARGIN_ROWS = 8; // drawn above and below what is seen
const AHEAD_ROWS = 30; // so near the end, the next page is asked for

export function MailList() {
  return (
    <section class="mail-list" aria-label={t.mail.list}>
      <header class="mail-head">
        <MenuButton />
        <SearchBox />
      </header>
      <Folders />
      {list.refusal.value && search() ? <SearchRefusal error={list.refusal.value} /> : <Rows />}
    </section>
  );
}

function Folders() {
  const picked = list.selected.value.size;
  return (
    <div class="mail-bar">
      {picked ? <Picked count={picked} /> : (
        <>
          <nav class="folders" aria-label={t.mail.folders}>
            {Object.keys(list.DIRECTIONS).map((name) => (
              <a
                key={name}
                href={href(["mail", name], { q: list.search.value || undefined })}
                aria-current={list.folder.value === name ? "page" : undefined}
              >
                {t.folders[name]}
              </a>
            ))}
          </nav>
          <span class="muted small total">
            {list.total.value !== null && t.mail.count(number(list.total.value), list.total.value)}
          </span>
          {list.messages.value.some((each) => each.read === false) && (
            <IconButton icon="read" label={t.mail.markAllRead} onClick={() => attempt(list.markAllRead)} />
          )}
        </>
      )}
    </div>
  );
}

function Picked({ count }: { count: number }) {
  const ids = () => [...list.selected.value];
  const all = list.total.value ?? 0;
  const everything = count < all && count === list.messages.value.length;
  const pick = (picked: ReadonlySet<string>) => {
    list.selected.value = picked;
  };
  return (
    <div class="picked" role="toolbar" aria-label={t.mail.picked(count)}>
      <IconButton icon="close" label={t.mail.pickNone} onClick={() => pick(new Set())} />
      <span>{t.mail.picked(count)}</span>
      {count < list.messages.value.length && (
        <Button small kind="ghost" onClick={() => pick(new Set(list.messages.value.map((each) => each.id)))}>
          {t.mail.pickAll}
        </Button>
      )}
      <span class="grow" />
      <IconButton icon="read" label={t.mail.markRead} onClick={() => attempt(() => list.markRead(ids(), true))} />
      <IconButton icon="mail" label={t.mail.markUnread} onClick={() => attempt(() => list.markRead(ids(), false))} />
      <IconButton
        icon="trash"
        label={everything ? t.mail.deleteAll(number(all)) : t.mail.delete}
        onClick={() => void (everything ? deleteAll() : deleteThese(ids()))}
      />
    </div>
  );
}

function Rows() {
  const box = useRef<HTMLDivElement>(null);
  const anchor = useRef<number | null>(null);
  const [seen, setSeen] = useState({ top: 0, height: 800 });
  const [missed, setMissed] = useState(0);
  const placed = useRef(list.prepended.value);
  const now = useTick(30_000);
  const rows = list.messages.value;
  const added = list.prepended.value;

  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const measured = () => setSeen({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(measured);
    observer.observe(element);
    element.addEventListener("scroll", measured, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", measured);
    };
  }, []);

  // Who has scrolled down keeps looking at the same rows when others come in above.
  useLayoutEffect(() => {
    const element = box.current;
    const came = added - placed.current;
    placed.current = added;
    if (!element || came <= 0 || element.scrollTop < ROW_HEIGHT) return;
    element.scrollTop += came * ROW_HEIGHT;
    setMissed((count) => count + came);
  }, [added]);

  const key = JSON.stringify(list.wanted.value);
  const shownKey = useRef(key);
  useLayoutEffect(() => {
    if (shownKey.current === key) return; // to ask where it is would lay out a page that is not drawn yet
    shownKey.current = key;
    if (box.current) box.current.scrollTop = 0;
    setMissed(0);
  }, [key]);

  const first = Math.max(0, Math.floor(seen.top / ROW_HEIGHT) - MARGIN_ROWS);
  const last = Math.min(rows.length, Math.ceil((seen.top + seen.height) / ROW_HEIGHT) + MARGIN_ROWS);
  useEffect(() => {
    if (last >= rows.length - AHEAD_ROWS) void list.loadMore();
  }, [last, rows.length]);

  const cursor = list.cursorId.value;
  useLayoutEffect(() => {
    const at = list.messages.value.findIndex((each) => each.id === cursor);
    if (box.current && at >= 0) reveal(box.current, at);
  }, [cursor]);

  const choose = (index: number, on: boolean, range: boolean) => {
    const from = range && anchor.current !== null ? anchor.current : index;
    anchor.current = index;
    for (let at = Math.min(from, index); at <= Math.max(from, index); at++) {
      const message = rows[at];
      if (message) list.select(message.id, on);
    }
  };
  const toTop = () => {
    box.current?.scrollTo({ top: 0, behavior: "smooth" });
    setMissed(0);
  };
  const empty = list.total.value === 0;

  return (
    <div class="rows" ref={box} tabIndex={-1}>
      {missed > 0 && seen.top > ROW_HEIGHT && (
        <Button small kind="primary" class="missed" onClick={toTop}>{t.mail.newAbove(missed)}</Button>
      )}
      {list.refusal.value && <Failure error={list.refusal.value} retry={() => void list.load()} />}
      {list.total.value === null && !list.refusal.value && <Skeleton rows={8} />}
      {empty && (search() ? <NothingFound /> : <NoMail />)}
      <ul style={{ height: `${rows.length * ROW_HEIGHT}px` }} aria-label={t.mail.messages} hidden={!rows.length}>
        {rows.slice(first, last).map((message, offset) => {
          const index = first + offset;
          return (
            <Row
              key={message.id}
              message={message}
              now={now}
              index={index}
              top={index * ROW_HEIGHT}
              count={list.total.value ?? rows.length}
              opened={message.id === list.openedId.value}
              current={message.id === cursor}
              chosen={list.selected.value.has(message.id)}
              onChoose={(on, range) => choose(index, on, range)}
            />
          );
        })}
      </ul>
    </div>
  );
}

function NoMail() {
  const narrow = useMedia(NARROW);
  if (list.folder.value === "all" || list.folder.value === "sent") {
    if (narrow) return <FirstMail />;
    return <Empty icon="all" title={t.mail.nothing}><p>{t.mail.nothingHelp}</p></Empty>;
  }
  const { icon, title, text, action, to } = t.mail.none[list.folder.value as "received" | "system"];
  return (
    <Empty
      icon={icon}
      title={title}
      actions={action && <Button kind="primary" icon="receive" onClick={() => go([to])}>{action}</Button>}
    >
      <p>{text}</p>
    </Empty>
  );
}

function NothingFound() {
  const clear = () => go(["mail", list.folder.value], { ...route.value.params, q: undefined });
  return (
    <Empty icon="search" title={t.search.nothing} actions={<Button onClick={clear}>{t.search.clear}</Button>}>
      <p>{t.search.nothingHelp}</p>
    </Empty>
  );
}

function SearchRefusal({ error }: { error: Error }) {
  return (
    <div class="rows">
      <div class="search-refusal" role="alert">{error.message}</div>
    </div>
  );
}

/** After a question: the messages are gone. */
export async function deleteThese(ids: string[]): Promise<void> {
  if (ids.length > 1 && !(await confirmed(t.mail.deleteTitle(ids.length), t.mail.deleteText, t.mail.delete))) return;
  await attempt(() => list.remove(ids), t.mail.deleted(ids.length));
}

async function deleteAll(): Promise<void> {
  const all = list.total.value ?? 0;
  if (!(await confirmed(t.mail.deleteTitle(all), t.mail.deleteText, t.mail.delete))) return;
  const deleted = await attempt(() => list.removeAll());
  if (deleted !== undefined) say(t.mail.deleted(deleted));
}

function reveal(box: HTMLElement, index: number): void {
  const top = index * ROW_HEIGHT;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + ROW_HEIGHT > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW_HEIGHT - box.clientHeight;
}

function search(): string {
  return list.search.value.trim();
}
