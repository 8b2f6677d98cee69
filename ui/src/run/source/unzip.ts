/**
 * The text files of a small archive (hito/source.zip), unpacked by the browser's own inflate.
 *
 *     local header · bytes │ local header · bytes │ … │ directory: an entry each │ end: where the directory is
 *
 * Only the directory is believed. Archives come from strangers: entries, bytes in all and names are bounded, links and paths
 * that lead elsewhere are left out, and a file that unfolds to more than it says is an error.
 */

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const MOST_FILES = 2_000;
const MOST_BYTES = 64 << 20;

/** Path → text, in the order of paths. Throws an Error where the archive is damaged or too large. */
export async function unzip(bytes: Uint8Array<ArrayBuffer>): Promise<Map<string, string>> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: [string, string][] = [];
  let left = MOST_BYTES;
  let at = directoryOf(view);
  for (let count = 0; at + 46 <= view.byteLength && view.getUint32(at, true) === ENTRY; count += 1) {
    if (count >= MOST_FILES) throw new Error(`the archive holds more than ${MOST_FILES} files`);
    const method = view.getUint16(at + 10, true);
    const packed = view.getUint32(at + 20, true);
    const size = view.getUint32(at + 24, true);
    const nameLength = view.getUint16(at + 28, true);
    const mode = view.getUint32(at + 38, true) >>> 16;
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    const local = view.getUint32(at + 42, true);
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (name.endsWith("/") || (mode & 0o170000) === 0o120000 || !isInside(name)) continue;
    left -= size;
    if (left < 0) throw new Error(`the archive unfolds to more than ${MOST_BYTES >> 20} MiB`);
    found.push([name, new TextDecoder().decode(await contentAt(bytes, view, local, packed, size, method))]);
  }
  return new Map(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function directoryOf(view: DataView): number {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 65_557); at -= 1)
    if (view.getUint32(at, true) === END) return view.getUint32(at + 16, true);
  throw new Error("this is no zip archive, or its end is missing");
}

async function contentAt(
  bytes: Uint8Array<ArrayBuffer>,
  view: DataView,
  local: number,
  packed: number,
  size: number,
  method: number,
): Promise<Uint8Array> {
  if (local + 30 > view.byteLength || view.getUint32(local, true) !== LOCAL)
    throw new Error("the archive is damaged");
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  const body = bytes.subarray(start, start + packed);
  if (method === 0) return body;
  if (method !== 8) throw new Error(`the archive is packed by a method (${method}) that is not known here`);
  return inflated(body, size);
}

async function inflated(body: Uint8Array<ArrayBuffer>, size: number): Promise<Uint8Array> {
  const reader = new Blob([body]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const found = new Uint8Array(size);
  let place = 0;
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    if (place + piece.value.length > size) {
      await reader.cancel();
      throw new Error("a file of the archive is larger than it says");
    }
    found.set(piece.value, place);
    place += piece.value.length;
  }
  return found.subarray(0, place);
}

function isInside(name: string): boolean {
  return !/^[/\\]|^[a-z]:|\\/i.test(name) && !name.split("/").includes("..");
}
