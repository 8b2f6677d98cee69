/**
 * A frame of the server (src/hito/wire/ui/frame.py): a JSON header, then columns of numbers, each at a multiple of 8 bytes,
 * so that they become typed arrays without being copied.
 */

export type Numbers = Float64Array | Int32Array | Uint32Array;

export interface FrameColumn {
  name: string;
  type: "f8" | "i4" | "u4";
  count: number;
  /** Where the column holds places in a list of texts: the list. */
  words?: string[];
}

export interface Frame<Header> {
  header: Header & { columns: FrameColumn[] };
  columns: Map<string, Numbers>;
}

const SIZES = { f8: 8, i4: 4, u4: 4 } as const;

/** Throws a RangeError or SyntaxError where the bytes are cut short or are no frame. */
export function decodeFrame<Header = object>(bytes: ArrayBuffer): Frame<Header> {
  const size = new DataView(bytes).getUint32(0, true);
  const header = JSON.parse(
    new TextDecoder().decode(new Uint8Array(bytes, 4, size)),
  ) as Frame<Header>["header"];
  const columns = new Map<string, Numbers>();
  let place = aligned(4 + size);
  for (const { name, type, count } of header.columns) {
    columns.set(name, numbers(type, bytes, place, count));
    place = aligned(place + count * SIZES[type]);
  }
  return { header, columns };
}

function numbers(type: FrameColumn["type"], bytes: ArrayBuffer, place: number, count: number): Numbers {
  if (type === "f8") return new Float64Array(bytes, place, count);
  if (type === "i4") return new Int32Array(bytes, place, count);
  return new Uint32Array(bytes, place, count);
}

function aligned(place: number): number {
  return place + (-place & 7);
}
