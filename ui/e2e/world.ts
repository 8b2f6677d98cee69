/** Before all journeys: a real server on a free port with a store of its own, filled by fill.py; after them, both are gone. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const root = resolve(import.meta.dirname, "../..");
const python = process.env.HITO_PYTHON ?? join(root, ".venv/bin/python");
const PATIENCE = 60_000;

/** With HITO_E2E_URL the journeys go to a server that is there already, filled. */
export default async function world(): Promise<() => Promise<void>> {
  if (process.env.HITO_E2E_URL) return async () => {};
  if (!existsSync(join(root, "src/hito/server/static/index.html")))
    throw new Error("The page is not built: run `make page` first.");
  const folder = await mkdtemp(join(tmpdir(), "hito-e2e-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = spawn(
    python,
    [
      "-m",
      "hito.cli.main",
      "server",
      "--port",
      String(port),
      "--backend-store-uri",
      `sqlite:///${join(folder, "hito.db")}`,
      "--artifacts-destination",
      join(folder, "artifacts"),
    ],
    { cwd: folder, stdio: ["ignore", "ignore", "inherit"] },
  );
  const end = async () => {
    await ended(server);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await answering(url, server);
    // Pictures show models that were trained; journeys need less.
    const size = process.env.HITO_GALLERY ? [] : ["--small"];
    await promisify(execFile)(python, [join(root, "ui/e2e/fill.py"), url, ...size], {
      cwd: folder,
      maxBuffer: 1 << 24,
    });
  } catch (error) {
    await end();
    throw error;
  }
  process.env.HITO_E2E_URL = url;
  return end;
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once("error", fail);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === "object" ? done(address.port) : fail(new Error("no port")),
      );
    });
  });
}

async function answering(url: string, server: ChildProcess): Promise<void> {
  const until = Date.now() + PATIENCE;
  while (Date.now() < until) {
    if (server.exitCode !== null) throw new Error(`hito server ended with ${server.exitCode}`);
    try {
      if ((await fetch(`${url}/health`)).ok) return;
    } catch {
      await new Promise((later) => setTimeout(later, 100));
    }
  }
  throw new Error(`hito server did not answer at ${url} within ${PATIENCE / 1000} s`);
}

function ended(server: ChildProcess): Promise<void> {
  return new Promise((done) => {
    if (server.exitCode !== null) return done();
    const hard = setTimeout(() => server.kill("SIGKILL"), 5_000);
    server.once("exit", () => {
      clearTimeout(hard);
      done();
    });
    server.kill("SIGTERM");
  });
}
