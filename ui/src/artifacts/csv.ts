/**
 * Records of a CSV file out of a piece of its bytes.
 *
 *     … previous piece │ a,"b            c",d ⏎  e,f ⏎  "g │ next piece …
 *                      └──────── records ────────────┘└ left for the next piece
 *
 * A piece ends anywhere: in a field, between the two bytes of ⏎, in a character of several bytes, in quotes. What does not
 * end before the piece does is left over; `consumed` says where, and the next piece begins there. Bytes are looked at, not
 * characters: quotes, delimiters and line ends never occur inside a character of UTF-8.
 * A quote counts only at the beginning of a field (RFC 4180), so `5" pipe` is a text as any other.
 */

export interface Records {
  rows: string[][];
  /** Bytes of the piece that the records take, their line ends with them. */
  consumed: number;
}

const QUOTE = 34;
const CR = 13;
const LF = 10;

/** `last`: the file ends with this piece, so what is left over is a record, too. */
export function records(bytes: Uint8Array, delimiter: string, last: boolean, most = Infinity): Records {
  const cut = delimiter.charCodeAt(0);
  const decoder = new TextDecoder();
  const rows: string[][] = [];
  let row: string[] = [];
  let consumed = 0;
  let start = 0;
  let quoted = false; // whether the field began with a quote
  let open = false; // whether we are between quotes
  const field = (end: number) => {
    row.push(
      quoted
        ? unquoted(decoder.decode(bytes.subarray(start, end)))
        : decoder.decode(bytes.subarray(start, end)),
    );
    quoted = false;
  };
  let place = 0;
  for (; place < bytes.length && rows.length < most; place += 1) {
    const byte = bytes[place];
    if (open) {
      if (byte === QUOTE) open = false;
      continue;
    }
    if (byte === QUOTE) {
      if (place === start) quoted = true;
      if (quoted) open = true; // the first one, or the second of "" inside of quotes
      continue;
    }
    if (byte === cut) {
      field(place);
      start = place + 1;
    } else if (byte === LF || byte === CR) {
      if (byte === CR && place + 1 === bytes.length && !last) break; // its LF may be in the next piece
      const end = place;
      if (byte === CR && bytes[place + 1] === LF) place += 1;
      if (end > start || row.length > 0) {
        field(end);
        rows.push(row);
      }
      row = [];
      start = place + 1;
      consumed = start;
    }
  }
  if (last && rows.length < most && (start < bytes.length || row.length > 0)) {
    field(bytes.length);
    rows.push(row);
    consumed = bytes.length;
  }
  return { rows, consumed };
}

function unquoted(text: string): string {
  const end = text.lastIndexOf('"');
  const inside = end > 0 ? text.slice(1, end) + text.slice(end + 1) : text.slice(1);
  return inside.replaceAll('""', '"');
}

/** The delimiter that cuts the first line into most fields; a comma if none does. */
export function delimiterOf(path: string, line: string): string {
  if (/\.tsv$/i.test(path)) return "\t";
  const outside = line.replace(/"[^"]*"/g, "");
  const counts = [",", ";", "\t", "|"].map((mark) => ({ mark, count: outside.split(mark).length }));
  return counts.reduce((best, one) => (one.count > best.count ? one : best)).mark;
}

/** Whether a first record names columns: none of its fields is a number, and not all are empty. */
export function isHeader(row: readonly string[]): boolean {
  return row.some((field) => field.trim() !== "") && !row.some((field) => isNumber(field));
}

export function isNumber(text: string): boolean {
  return text.trim() !== "" && Number.isFinite(Number(text));
}
