import { expect, test } from "vitest";
import { commitAddress, modelsOf } from "../runTags";
import { capturedOf, packagesOf, pins } from "./captured";
import { unzip } from "./unzip";

/** An archive as Python's zipfile writes it: entries, then their directory. */
async function zip(files: [string, string, number?][]): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let place = 0;
  for (const [name, text, mode = 0o100644] of files) {
    const plain = new TextEncoder().encode(text);
    const stream = new Blob([plain]).stream().pipeThrough(new CompressionStream("deflate-raw"));
    const packed = new Uint8Array(await new Response(stream).arrayBuffer());
    const label = new TextEncoder().encode(name);
    const local = new Uint8Array(30);
    const head = new Uint8Array(46);
    for (const [bytes, sign, at] of [
      [local, 0x04034b50, 0],
      [head, 0x02014b50, 2],
    ] as const) {
      const view = new DataView(bytes.buffer);
      view.setUint32(0, sign, true);
      view.setUint16(8 + at, 8, true);
      view.setUint32(18 + at, packed.length, true);
      view.setUint32(22 + at, plain.length, true);
      view.setUint16(26 + at, label.length, true);
    }
    new DataView(head.buffer).setUint32(38, mode << 16, true);
    new DataView(head.buffer).setUint32(42, place, true);
    parts.push(local, label, packed);
    directory.push(head, label);
    place += 30 + label.length + packed.length;
  }
  const end = new Uint8Array(22);
  new DataView(end.buffer).setUint32(0, 0x06054b50, true);
  new DataView(end.buffer).setUint32(16, place, true);
  return new Uint8Array(await new Blob([...parts, ...directory, end] as BlobPart[]).arrayBuffer());
}

test("an archive's texts come in the order of their paths; links and paths that lead out are left aside", async () => {
  const bytes = await zip([
    ["train.py", "import hito\n"],
    ["lib/data.py", "# ñ"],
    ["../out.py", "no"],
    ["/etc/passwd", "no"],
    ["link", "train.py", 0o120777],
  ]);
  expect([...(await unzip(bytes))]).toEqual([
    ["lib/data.py", "# ñ"],
    ["train.py", "import hito\n"],
  ]);
});

test("an archive that says less than it holds, or is cut, is an error and no text", async () => {
  const bytes = await zip([["a.py", "x".repeat(5_000)]]);
  const directory = bytes.length - 22 - 46 - 4;
  new DataView(bytes.buffer).setUint32(directory + 24, 10, true);
  await expect(unzip(bytes)).rejects.toThrow("larger than it says");
  await expect(unzip(bytes.slice(0, 40))).rejects.toThrow("no zip archive");
});

test("the environment is read from what was kept, and from nothing if that is damaged", () => {
  const environment = JSON.stringify({
    command: ["python", "train.py", "--password", "***"],
    folder: "/home/ana",
    python: { version: "3.11.7", implementation: "CPython" },
    platform: { system: "Linux", release: "6.1", machine: "x86_64", libc: "" },
    processor: { model: "EPYC", count: 64, usable: 2, memory_bytes: 8e9 },
    settings: { OMP_NUM_THREADS: "1" },
    seeds: { PYTHONHASHSEED: "0", numpy: { state: "ab12", seed: 7 }, random: { state: "cd34" } },
    distributions: { Scikit_Learn: "1.7", numpy: "2.3" },
    source: { left_out: { ".env": "looks secret" } },
  });
  const found = capturedOf(environment, "numpy==2.3 \\\n  --hash=sha256:1\nscikit-learn==1.7\n# comment\n");
  expect(found.machine).toContainEqual(["cores", "2"]);
  expect(found.seeds).toEqual([
    ["PYTHONHASHSEED", "0"],
    ["numpy", "7"],
    ["random", "state cd34"],
  ]);
  expect(packagesOf(found)).toEqual({ numpy: "2.3", "scikit-learn": "1.7" });
  expect(found.leftOut).toEqual([".env: looks secret"]);
  expect(capturedOf("{ damaged", null)).toMatchObject({ command: [], machine: [], installed: {} });
});

test("pins are names as PyPI compares them", () => {
  expect(pins("Typing_Extensions==4.1 ; python_version > '3'\nhito[server]==1.0\n-e .\nnumpy>=2")).toEqual({
    "typing-extensions": "4.1",
    hito: "1.0",
  });
});

test("a commit is a link where its host is known, and never to anything else", () => {
  const commit = "0123456789abcdef0123456789abcdef01234567";
  expect(commitAddress("git@github.com:ana/vino.git", commit)).toBe(
    `https://github.com/ana/vino/commit/${commit}`,
  );
  expect(commitAddress("https://gitlab.com/a/b/c.git", commit)).toBe(
    `https://gitlab.com/a/b/c/-/commit/${commit}`,
  );
  for (const repository of ["javascript:alert(1)//github.com/a/b", "https://evil.example/github.com/a/b", ""])
    expect(commitAddress(repository, commit)).toBeNull();
  expect(commitAddress("https://github.com/a/b", '"><script>')).toBeNull();
});

test("models are the logged ones and folders of older clients, each once", () => {
  const history = JSON.stringify([
    { artifact_path: "model", run_id: "r" },
    { artifact_path: "model", run_id: "r" },
    { artifact_path: "mlflow-artifacts:/1/models/m-1/artifacts", model_id: "m-1" },
  ]);
  const run = {
    info: { run_id: "r" },
    data: { tags: [{ key: "mlflow.log-model.history", value: history }] },
  } as Parameters<typeof modelsOf>[0];
  const models = modelsOf(run, [{ model_id: "m-1", name: "forest", status: "LOGGED_MODEL_READY" }]);
  expect(models.map(({ uri }) => uri)).toEqual(["models:/m-1", "runs:/r/model"]);
});
