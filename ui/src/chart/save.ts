/** A chart as a file: picture, drawing, or numbers. */

export function download(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export function downloadText(text: string, name: string, type: string): void {
  download(new Blob([text], { type: `${type};charset=utf-8` }), name);
}

/** A title as the name of a file that every system takes. */
export function fileName(title: string, ending: string): string {
  const safe = title
    .normalize("NFC")
    .replace(/[^\p{L}\p{N}._-]+/gu, "-")
    .replace(/^[-.]+|[-.]+$/g, "")
    .slice(0, 80);
  return `${safe || "chart"}.${ending}`;
}

/** Draws an SVG at twice its size into a PNG and saves it. Throws an Error where the browser cannot draw it. */
export async function downloadPng(svg: string, width: number, height: number, name: string): Promise<void> {
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await picture.decode();
  const canvas = document.createElement("canvas");
  canvas.width = width * 2;
  canvas.height = height * 2;
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve));
  if (blob) download(blob, name);
}

const KEPT = [
  "fill",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "opacity",
  "fill-opacity",
  "stroke-opacity",
];
const WRITTEN = ["font-size", "font-weight", "font-family", "text-anchor", "dominant-baseline"];

/** An SVG of the page as a file of its own: the colours and fonts that style sheets gave it are written into it. */
export function standalone(svg: SVGSVGElement, title: string): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const from = [svg, ...svg.querySelectorAll("*")];
  const to = [copy, ...copy.querySelectorAll("*")];
  from.forEach((element, at) => {
    const style = getComputedStyle(element);
    const target = to[at] as Element;
    const names = element instanceof SVGTextContentElement ? [...KEPT, ...WRITTEN] : KEPT;
    for (const name of names) {
      const value = style.getPropertyValue(name);
      if (value && value !== "none" && value !== "1" && value !== "normal") target.setAttribute(name, value);
      else if (name === "fill" && value === "none") target.setAttribute(name, "none");
    }
    target.removeAttribute("class");
    target.removeAttribute("style");
    target.removeAttribute("tabindex");
  });
  const { width, height } = svg.getBoundingClientRect();
  return framed(copy.innerHTML, width, height, title, getComputedStyle(document.documentElement));
}

function framed(
  inside: string,
  width: number,
  height: number,
  title: string,
  style: CSSStyleDeclaration,
): string {
  const ground = style.getPropertyValue("--surface").trim() || "white";
  const ink = style.getPropertyValue("--ink").trim() || "black";
  const font = escaped(style.fontFamily || "sans-serif");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height + 28}" viewBox="0 -28 ${width} ${height + 28}" font-family="${font}"><title>${escaped(title)}</title><rect y="-28" width="${width}" height="${height + 28}" fill="${ground}"/><text x="10" y="-9" font-size="13" font-weight="600" fill="${ink}">${escaped(title)}</text>${inside}</svg>`;
}

export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
