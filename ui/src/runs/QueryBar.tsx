import { Search, X } from "lucide-react";
import { forwardRef, useEffect, useId, useImperativeHandle, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Fields, Where } from "../api/types.gen";
import { accepted, type Offer, spotAt } from "./complete";
import { useOffers } from "./useOffers";
import { useVerdict } from "./useVerdict";
import "./QueryBar.css";

export interface QueryBarHandle {
  focus: () => void;
  /** Adds a beginning, as a column's menu does. */
  begin: (text: string) => void;
}

interface Props {
  query: string;
  where: Where;
  fields: Fields | undefined;
  /** `live`: while it is typed; else it is meant. */
  ask: (query: string, live: boolean) => void;
}

/**
 * The one query bar: a filter of the grammar or a plain text. It completes fields, operators and values; it asks while one types,
 * as soon as what stands there makes sense; what is wrong is shown below its place, and the last good answer stays.
 */
export const QueryBar = forwardRef<QueryBarHandle, Props>(({ query, where, fields, ask }, ref) => {
  const { t } = useTranslation();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(query);
  const [caret, setCaret] = useState(0);
  const [open, setOpen] = useState(false);
  const [marked, setMarked] = useState(-1);
  const [slid, setSlid] = useState(0);
  const asked = useRef(query);

  // Another query by the address (back, a view, a menu) replaces what stands here; our own answer does not.
  useEffect(() => {
    if (query === asked.current) return;
    asked.current = query;
    setText(query);
  }, [query]);
  const send = (next: string, live: boolean) => {
    asked.current = next.trim();
    ask(next.trim(), live);
  };
  const wrong = useVerdict(text, (good) => {
    if (good !== asked.current) send(good, true);
  });
  const spot = spotAt(text, caret);
  const offers = useOffers(open, spot, where, fields);
  const shown = open && offers.length > 0;

  useImperativeHandle(ref, () => ({
    focus: () => input.current?.select(),
    begin: (more) => {
      const joined = text.trim() ? `${text.trimEnd()} AND ${more}` : more;
      setText(joined);
      place(joined.length);
    },
  }));
  const place = (at: number) => {
    setCaret(at);
    setOpen(true);
    requestAnimationFrame(() => {
      input.current?.focus();
      input.current?.setSelectionRange(at, at);
    });
  };
  const take = (offer: Offer) => {
    const next = accepted(text, spot, offer);
    setText(next.text);
    setMarked(-1);
    place(next.caret);
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const last = offers.length - 1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      setOpen(true);
      if (!shown) return;
      const by = event.key === "ArrowDown" ? 1 : -1;
      setMarked(marked + by > last ? -1 : marked + by < -1 ? last : marked + by);
    } else if (event.key === "Enter" || event.key === "Tab") {
      const offer = shown
        ? offers[event.key === "Tab" && spot.begins ? Math.max(0, marked) : marked]
        : undefined;
      if (offer && !event.shiftKey) {
        event.preventDefault();
        take(offer);
      } else if (event.key === "Enter") {
        setOpen(false);
        send(text, false);
      }
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (shown) setOpen(false);
      else if (text) clear();
      else input.current?.blur();
    }
  };
  const clear = () => {
    setText("");
    setOpen(false);
    send("", false);
    input.current?.focus();
  };
  const follow = (event: React.SyntheticEvent<HTMLInputElement>) => {
    setCaret(event.currentTarget.selectionStart ?? 0);
    setSlid(event.currentTarget.scrollLeft);
  };
  return (
    <search className={`query ${wrong ? "wrong" : ""}`}>
      <Search aria-hidden="true" className="query-icon" />
      <div className="query-field">
        <input
          ref={input}
          type="text"
          role="combobox"
          className="mono"
          aria-label={t("runs.query")}
          aria-expanded={shown}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={shown && marked >= 0 ? `${id}-${marked}` : undefined}
          aria-invalid={wrong ? true : undefined}
          aria-describedby={wrong ? `${id}-wrong` : undefined}
          aria-keyshortcuts="/"
          placeholder={t("runs.queryHint")}
          value={text}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => {
            setText(event.target.value);
            setMarked(-1);
            setOpen(true);
            follow(event);
          }}
          onKeyDown={onKeyDown}
          onSelect={follow}
          onScroll={follow}
          onFocus={() => setOpen(true)}
          onBlur={() => setOpen(false)}
        />
        {wrong && (
          <i
            className="query-mark"
            aria-hidden="true"
            style={{
              insetInlineStart: `calc(${wrong.start}ch - ${slid}px)`,
              inlineSize: `${Math.max(1, wrong.end - wrong.start)}ch`,
            }}
          />
        )}
      </div>
      {text ? (
        <button type="button" className="query-clear" aria-label={t("runs.clearQuery")} onClick={clear}>
          <X />
        </button>
      ) : (
        <kbd>/</kbd>
      )}
      <div className="query-below">
        {wrong && (
          <p id={`${id}-wrong`} className="query-wrong" role="status">
            <span
              aria-hidden="true"
              style={{ paddingInlineStart: `max(0px, calc(${wrong.start}ch - ${slid}px))` }}
            >
              ^
            </span>
            {wrong.problem}
          </p>
        )}
        <div
          id={`${id}-list`}
          role="listbox"
          aria-label={t("runs.offers")}
          className="query-list"
          hidden={!shown}
        >
          {offers.map((offer, at) => (
            // biome-ignore lint/a11y/useFocusableInteractive: the field has the focus and names the marked option
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keyboard
            <div
              key={offer.text}
              id={`${id}-${at}`}
              role="option"
              aria-selected={at === marked}
              ref={at === marked ? (element) => element?.scrollIntoView({ block: "nearest" }) : undefined}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => take(offer)}
            >
              <Label text={offer.label} begins={spot.begins} />
              <span className="query-about">{t(`runs.about.${offer.about}` as "runs.about.metrics")}</span>
            </div>
          ))}
        </div>
        {shown && <p className="query-foot">{t("runs.offersHint")}</p>}
      </div>
    </search>
  );
});
QueryBar.displayName = "QueryBar";

/** An offer with what has been typed of it in bold. */
function Label({ text, begins }: { text: string; begins: string }) {
  const at = begins ? text.toLowerCase().indexOf(begins.toLowerCase()) : -1;
  if (at < 0) return <span className="cut">{text}</span>;
  return (
    <span className="cut">
      {text.slice(0, at)}
      <b>{text.slice(at, at + begins.length)}</b>
      {text.slice(at + begins.length)}
    </span>
  );
}
