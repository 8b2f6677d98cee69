import { expect, test } from "vitest";
import { decodeFrame } from "./decode";

function frame(header: object, ...columns: ArrayBufferView[]): ArrayBuffer {
  const head = new TextEncoder().encode(JSON.stringify(header));
  const parts: number[] = [...new Uint8Array(Uint32Array.of(head.length).buffer), ...head];
  const pad = () => {
    while (parts.length % 8) parts.push(0);
  };
  pad();
  for (const column of columns) {
    parts.push(...new Uint8Array(column.buffer as ArrayBuffer));
    pad();
  }
  return Uint8Array.from(parts).buffer;
}

test("columns come back with their types, aligned behind a header of any length", () => {
  for (const note of ["", "a", "äöü", "123456789"]) {
    const { header, columns } = decodeFrame<{ note: string }>(
      frame(
        {
          note,
          columns: [
            { name: "ids", type: "u4", count: 3 },
            { name: "y", type: "f8", count: 2 },
            { name: "place", type: "i4", count: 1, words: ["one"] },
          ],
        },
        Uint32Array.of(1, 2, 4_000_000_000),
        Float64Array.of(0.5, Number.NaN),
        Int32Array.of(-1),
      ),
    );
    expect(header.note).toBe(note);
    expect([...(columns.get("ids") ?? [])]).toEqual([1, 2, 4_000_000_000]);
    expect([...(columns.get("y") ?? [])]).toEqual([0.5, Number.NaN]);
    expect([...(columns.get("place") ?? [])]).toEqual([-1]);
    expect(header.columns[2]?.words).toEqual(["one"]);
  }
});

test("a frame that is cut short is refused", () => {
  const whole = frame({ columns: [{ name: "y", type: "f8", count: 2 }] }, Float64Array.of(1, 2));
  expect(() => decodeFrame(whole.slice(0, whole.byteLength - 8))).toThrow(RangeError);
  expect(() => decodeFrame(whole.slice(0, 2))).toThrow(RangeError);
});
