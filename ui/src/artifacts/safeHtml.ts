/** Markdown and HTML of others as HTML that is safe to put into the page (threats A30, A31, A50). */
import purify from "dompurify";
import MarkdownIt from "markdown-it";

type Resolve = ((path: string) => string) | undefined;

const FORBIDDEN_TAGS =
  "style form input textarea select button iframe frame object embed link meta base svg math video audio dialog template".split(
    " ",
  );
/** Classes and ids would dress a text as a part of the page; styles would lay it over the page. */
const FORBIDDEN_ATTRIBUTES = [
  "style",
  "class",
  "id",
  "name",
  "srcset",
  "tabindex",
  "accesskey",
  "contenteditable",
];

const reader = new MarkdownIt({ html: true, linkify: true, breaks: false });

export function fromMarkdown(text: string, resolve?: Resolve): string {
  return safeHtml(reader.render(text), resolve);
}

/** `resolve` gives the address of a relative picture. Pictures from other hosts become links: nobody is told that they were looked at. */
export function safeHtml(html: string, resolve?: Resolve): string {
  const body = purify.sanitize(quiet(html), {
    FORBID_TAGS: FORBIDDEN_TAGS,
    FORBID_ATTR: FORBIDDEN_ATTRIBUTES,
    ALLOW_DATA_ATTR: false,
    RETURN_DOM: true,
  }) as HTMLElement;
  for (const picture of body.querySelectorAll("img")) place(picture, resolve);
  for (const link of body.querySelectorAll("a")) {
    if (!/^(https?:|mailto:)/i.test(link.getAttribute("href") ?? "")) link.removeAttribute("href");
    else {
      link.setAttribute("target", "_blank");
      link.setAttribute("rel", "noopener noreferrer nofollow");
    }
  }
  return body.innerHTML;
}

/**
 * Takes out what a browser would complain of while DOMPurify reads it: styles and handlers that the page's policy refuses,
 * as every table of pandas has. It is DOMPurify that makes the text safe; this keeps the console silent.
 */
function quiet(html: string): string {
  return html
    .replace(/<style\b[\s\S]*?<\/style>/gi, "")
    .replace(/<[a-z][^>]*>/gi, (tag) =>
      tag.replace(/\s(?:style|on\w+)\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+)/gi, ""),
    );
}

function place(picture: HTMLImageElement, resolve: Resolve): void {
  const source = picture.getAttribute("src") ?? "";
  if (/^data:image\/(png|jpeg|gif|webp);/i.test(source)) return;
  const elsewhere = /^[a-z][a-z0-9+.-]*:|^\/\//i.test(source);
  if (!elsewhere && resolve && source) {
    picture.setAttribute("src", resolve(decoded(source)));
    picture.setAttribute("loading", "lazy");
    return;
  }
  const words = picture.getAttribute("alt") || source;
  if (/^https?:/i.test(source)) {
    const link = document.createElement("a");
    link.setAttribute("href", source);
    link.textContent = words;
    picture.replaceWith(link);
  } else picture.replaceWith(document.createTextNode(words));
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** A path that a file names, from the root: `docs/a.md` names `../b.png` → `b.png`. Null: it leads out. */
export function beside(file: string, path: string): string | null {
  const parts = path.startsWith("/") ? [] : file.split("/").slice(0, -1);
  for (const part of path.split(/[?#]/, 1)[0]?.split("/") ?? []) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return parts.join("/");
}
