import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { beforeEach, expect, test, vi } from "vitest";
import { violations } from "../kit/axe";
import { TooltipProvider } from "../kit/Tooltip";
import { Artifacts } from "./Artifacts";

/** A server with these files; a folder is what paths have in common. Listings have pages, bytes have ranges. */
function serve(files: Record<string, string>, broken = false): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (url: string, init?: RequestInit) => {
    asked.push(url);
    const { pathname, searchParams } = new URL(url, "http://x");
    if (broken)
      return Response.json({ error_code: "INTERNAL", message: "The bucket is away." }, { status: 503 });
    const path = searchParams.get("path") ?? "";
    if (pathname.endsWith("/artifacts/list")) return Response.json(listing(files, path, searchParams));
    const body = new TextEncoder().encode(files[path] ?? "");
    const [, start = "0", end = "0"] =
      /bytes=(\d+)-(\d+)/.exec(new Headers(init?.headers).get("range") ?? "") ?? [];
    return new Response(body.slice(Number(start), Number(end) + 1), {
      status: 206,
      headers: { "content-range": `bytes ${start}-${end}/${body.length}` },
    });
  });
  return asked;
}

function listing(files: Record<string, string>, path: string, search: URLSearchParams) {
  const below = path ? `${path}/` : "";
  const names = [
    ...new Set(
      Object.keys(files)
        .filter((one) => one.startsWith(below))
        .map((one) => one.slice(below.length).split("/")[0]),
    ),
  ];
  const from = Number(search.get("page_token") || 0);
  const most = Number(search.get("max_results"));
  const entries = names.slice(from, from + most).map((name) => {
    const full = `${below}${name}`;
    const text = files[full];
    return text === undefined
      ? { path: full, is_dir: true }
      : { path: full, is_dir: false, file_size: text.length };
  });
  const next = from + most < names.length ? String(from + most) : null;
  return { files: entries, next_page_token: next };
}

function Screen({ start = "" }: { start?: string }) {
  const [path, setPath] = useState(start);
  return (
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <TooltipProvider>
        <Artifacts where={WHERE} path={path} setPath={setPath} />
      </TooltipProvider>
    </QueryClientProvider>
  );
}
const WHERE = { run_id: "r" };

vi.setConfig({ testTimeout: 30_000 }); // a busy machine must not decide

beforeEach(() => {
  // happy-dom lays nothing out: an element has the size of a window.
  for (const side of ["clientHeight", "clientWidth"] as const)
    Object.defineProperty(HTMLElement.prototype, side, { configurable: true, get: () => 400 });
});

test("a tree with a text beside it: axe finds nothing", async () => {
  serve({ "a.txt": "hello there", "sub/b.py": "import hito" });
  const { container } = render(<Screen start="a.txt" />);
  await screen.findByText("hello there");
  await screen.findByTitle("sub");
  expect(await violations(container)).toEqual([]);
});

test("all of it by keyboard: open a folder, go into it, show a file", async () => {
  serve({ "a.txt": "first", "sub/b.txt": "second" });
  render(<Screen />);
  const tree = await screen.findByRole("tree");
  await screen.findByTitle("a.txt");
  tree.focus();
  await userEvent.keyboard("s{ArrowRight}");
  await screen.findByTitle("sub/b.txt");
  await userEvent.keyboard("{ArrowRight}{Enter}");
  expect(await screen.findByText("second")).toBeTruthy();
  await userEvent.keyboard("{ArrowLeft}{ArrowLeft}");
  expect(tree.textContent).not.toContain("b.txt");
});

test("a folder of thousands is asked for by pages, and only rows in view are drawn", async () => {
  const asked = serve(
    Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`${String(at).padStart(4, "0")}.txt`, "x"])),
  );
  render(<Screen />);
  await screen.findByTitle("0000.txt");
  expect(asked).toHaveLength(1);
  expect(screen.getAllByRole("treeitem").length).toBeLessThan(60);
});

test("a search looks into folders that nobody opened", async () => {
  serve({ "a.txt": "1", "deep/er/needle.csv": "x,y\n1,2" });
  render(<Screen />);
  await userEvent.type(await screen.findByRole("searchbox"), "needle");
  const found = await screen.findByTitle("deep/er/needle.csv");
  await userEvent.click(found);
  const table = await screen.findByRole("table", { name: "needle.csv" });
  await within(table).findByText("y");
});

test("no files: says which calls would log some", async () => {
  serve({});
  render(<Screen />);
  expect(await screen.findByText("No artifacts")).toBeTruthy();
});

test("a store that cannot be reached is said in its own words, with a way to try again", async () => {
  serve({ "a.txt": "1" }, true);
  render(<Screen />);
  expect(await screen.findByText("The bucket is away.")).toBeTruthy();
  serve({ "a.txt": "1" });
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByTitle("a.txt")).toBeTruthy();
});

test("an uploaded page is framed without scripts until they are asked for", async () => {
  serve({ "page.html": "<script>1</script>" });
  const { container } = render(<Screen start="page.html" />);
  const ask = await screen.findByRole("button", { name: "Run them" });
  const frame = () => container.querySelector("iframe");
  expect(frame()?.getAttribute("sandbox")).toBe("");
  expect(frame()?.getAttribute("src")).not.toContain("scripts");
  await userEvent.click(ask);
  expect(frame()?.getAttribute("sandbox")).toBe("allow-scripts");
});
