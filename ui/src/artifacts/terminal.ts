/** What a terminal would show of a text, without its colours: no escape sequence of a log reaches the page. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const SEQUENCE = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above; tab, line feed and carriage return stay
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;
/** Characters that reorder a line, by which code can be made to look like other code. */
const REORDERING = /[\u202a-\u202e\u2066-\u2069]/g;

export function plain(text: string): string {
  return rewritten(text.replace(SEQUENCE, "")).replace(CONTROL, "").replace(REORDERING, "\ufffd");
}

/** A carriage return begins its line anew, as progress bars do: what stands after the last one is seen. */
function rewritten(text: string): string {
  if (!text.includes("\r")) return text;
  return text
    .replace(/\r+\n/g, "\n")
    .replace(/^[^\n]*\r(?!$)/gm, "")
    .replace(/\r/g, "");
}
