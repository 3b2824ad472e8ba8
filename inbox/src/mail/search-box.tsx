// The search, with what can be said in it.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { get, type Operator } from "../api.ts";
import { Icon } from "../parts/icon.tsx";
import { go, route } from "../route.ts";
import { owner, ownerKey } from "../scopes.ts";
import { t } from "../strings.ts";
import { folder, openedId, refusal, search } from "./list-state.ts";

interface Hint {
  insert: string;
  help: string;
}

const PAUSE_MS = 250;
const BEGUN = /(^|\s)-?[a-z-]+:$/i; // an operator whose value is still to come
let operators: Operator[] | undefined;
let operatorsOf = ""; // whose values they name

export function SearchBox() {
  const [text, setText] = useState(search.value);
  const [known, setKnown] = useState<Operator[]>(operators ?? []);
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1);
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => {
    if (document.activeElement !== input.current) setText(search.value);
  }, [search.value]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const focused = () => {
    setOpen(true);
    if (operators && operatorsOf === ownerKey.value) return;
    operatorsOf = ownerKey.value;
    void get<{ operators: Operator[] }>("/search/operators", { ...owner.value }).then((answer) => {
      operators = answer.operators;
      setKnown(operators);
    }, () => undefined);
  };
  const say = (value: string, at_once = false) => {
    setText(value);
    setAt(-1);
    clearTimeout(timer.current);
    const apply = () => go(["mail", folder.value, ...(openedId.value ? [openedId.value] : [])], {
      ...route.value.params, q: value.trim() || undefined,
    }, true);
    if (at_once) apply();
    else if (!BEGUN.test(value)) timer.current = setTimeout(apply, PAUSE_MS);
  };
  const hints = open ? hintsFor(text, known) : [];
  const choose = (hint: Hint) => {
    const kept = text.replace(/\S*$/, "");
    say(`${kept}${hint.insert}${hint.insert.endsWith(":") ? "" : " "}`);
    input.current?.focus();
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setAt(Math.min(at + 1, hints.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(at - 1, -1));
    else if (event.key === "Enter" && hints[at]) choose(hints[at]);
    else if (event.key === "Enter") {
      say(text, true);
      setOpen(false);
    } else if (event.key === "Escape") {
      if (open && hints.length) setOpen(false);
      else input.current?.blur();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div class="search" role="search">
      <Icon name="search" size={15} />
      <input
        ref={input}
        id="search"
        type="text"
        role="combobox"
        autocomplete="off"
        spellcheck={false}
        placeholder={t.search.placeholder}
        aria-label={t.search.label}
        aria-expanded={hints.length > 0}
        aria-controls={`${id}-hints`}
        aria-autocomplete="list"
        aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
        aria-invalid={refusal.value !== null && text !== ""}
        value={text}
        onFocus={focused}
        onBlur={() => setOpen(false)}
        onInput={(event) => {
          setOpen(true);
          say(event.currentTarget.value);
        }}
        onKeyDown={keys}
      />
      {text ? (
        <button type="button" class="icon-button" aria-label={t.search.clear} onClick={() => say("", true)}>
          <Icon name="close" size={14} />
        </button>
      ) : (
        <kbd aria-hidden="true">/</kbd>
      )}
      <ul id={`${id}-hints`} class="hints" role="listbox" aria-label={t.search.hints} hidden={!hints.length}>
        {hints.map((hint, index) => (
          <li
            key={hint.insert}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            onPointerDown={(event) => {
              event.preventDefault();
              choose(hint);
            }}
          >
            <code>{hint.insert}</code>
            <span>{hint.help}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What could follow what was typed: an operator that begins so, or the values it can have. */
function hintsFor(text: string, known: Operator[]): Hint[] {
  const word = /\S*$/.exec(text)?.[0] ?? "";
  const negated = word.startsWith("-") ? "-" : "";
  const begun = word.slice(negated.length).toLowerCase();
  const colon = begun.indexOf(":");
  if (colon > 0) {
    const operator = known.find((each) => stem(each.name) === begun.slice(0, colon));
    return (operator?.values ?? [])
      .map((value) => ({ insert: `${negated}${stem(operator?.name ?? "")}:${value}`, help: "" }))
      .filter((hint) => hint.insert.toLowerCase().startsWith(word.toLowerCase()) && hint.insert !== word);
  }
  return known
    .filter((each) => stem(each.name).startsWith(begun))
    .map((each) => ({ insert: `${negated}${stem(each.name)}:`, help: `${each.help.replace(/\.$/, "")} · ${each.example}` }))
    .slice(0, begun ? 6 : 20);
}

function stem(name: string): string {
  return name.replace(/:.*$/, "");
}
