import { act, fireEvent, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { violations } from "../kit/axe";
import { openScreen } from "../kit/openScreen";
import { HomeScreen } from "./HomeScreen";
import { checkHomeSearch } from "./search";

let names: string[] = [];
let asked: { path: string; body: Record<string, unknown> }[] = [];

beforeEach(() => {
  localStorage.clear();
  asked = [];
  names = ["Default", "vision/resnet", "vision/vit"];
  vi.stubGlobal(
    "EventSource",
    class {
      addEventListener() {}
      close() {}
    },
  );
  // Rows in sight are counted by sizes, of which happy-dom has none.
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(900);
  vi.stubGlobal("fetch", async (url: string, init: RequestInit = {}) => {
    asked.push({ path: url, body: init.body ? JSON.parse(String(init.body)) : {} });
    if (url.includes("experiments/tree")) return Response.json({ experiments: names.map(experiment) });
    if (url.includes("runs/recent")) return Response.json({ rows: [] });
    return Response.json({ experiment_id: "9" });
  });
});

function experiment(name: string, place: number) {
  return {
    experiment_id: String(place),
    name,
    lifecycle_stage: "active",
    runs: place * 10,
    running: place === 2 ? 1 : 0,
    last_start: 1_700_000_000_000,
    creation_time: 0,
    last_update_time: 0,
    description: "",
  };
}

function open(path = "/") {
  return openScreen("/", HomeScreen, path, checkHomeSearch);
}

test("experiments stand in folders with what is in them; axe finds nothing", async () => {
  const { container } = open();
  const folder = await screen.findByRole("row", { name: /vision/, expanded: true });
  expect(folder.textContent).toContain("30");
  expect(screen.getByRole("row", { name: /resnet/ }).getAttribute("aria-level")).toBe("2");
  expect(await violations(container)).toEqual([]);
});

test("arrow keys move through the tree and fold it", async () => {
  open();
  const folder = await screen.findByRole("row", { name: /vision/, expanded: true });
  folder.focus();
  await userEvent.keyboard("{ArrowLeft}");
  expect(screen.queryByRole("row", { name: /resnet/ })).toBeNull();
  await userEvent.keyboard("{ArrowRight}");
  expect(await screen.findByRole("row", { name: /resnet/ })).toBeTruthy();
});

test("the next row has the focus before the next key is pressed", async () => {
  open();
  const folder = await screen.findByRole("row", { name: /vision/, expanded: true });
  act(() => folder.focus());
  fireEvent.keyDown(folder, { key: "ArrowDown" });
  expect(document.activeElement).toBe(screen.getByRole("row", { name: /resnet/ }));
});

test("a folder is renamed with all that is in it", async () => {
  open();
  const folder = await screen.findByRole("row", { name: /vision/, expanded: true });
  folder.focus();
  await userEvent.keyboard("{F2}");
  const name = screen.getByRole("textbox", { name: "Name" });
  await userEvent.clear(name);
  await userEvent.type(name, "images");
  await userEvent.keyboard("{Enter}");
  await screen.findByText("It is now called images");
  const renamed = asked
    .filter(({ path }) => path.includes("experiments/update"))
    .map(({ body }) => body.new_name);
  expect(renamed).toEqual(["images/resnet", "images/vit"]);
});

test("an empty store shows how the first run is logged", async () => {
  names = ["Default"];
  open();
  expect((await screen.findByText(/hito\.start_run/)).textContent).toContain("set_tracking_uri");
});

test("a server that cannot be reached is said, with a way to try again", async () => {
  vi.stubGlobal("fetch", async () => {
    throw new TypeError("failed");
  });
  open();
  expect(await screen.findByRole("button", { name: "Try again" })).toBeTruthy();
});
