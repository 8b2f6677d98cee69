import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import type { Version } from "../api/types.gen";
import { violations } from "../kit/axe";
import { openScreen } from "../kit/openScreen";
import { ModelScreen } from "./ModelScreen";
import { checkModelSearch } from "./search";

const STAGES = ["Archived", "Production", "None"];
let versions: Version[] = [];
let asked: { path: string; body: Record<string, unknown> }[] = [];

beforeEach(() => {
  asked = [];
  versions = STAGES.map((current_stage, place) => ({
    name: "churn",
    version: String(place + 1),
    creation_timestamp: 1_700_000_000_000 + place,
    last_updated_timestamp: 1_700_000_000_000,
    current_stage,
    source: "mlflow-artifacts:/1/a/artifacts/model",
    run_id: `run${place + 1}`,
    status: "READY",
    run_link: "",
  }));
  vi.stubGlobal(
    "EventSource",
    class {
      addEventListener() {}
      close() {}
    },
  );
  vi.stubGlobal("fetch", async (url: string, init: RequestInit = {}) => {
    const body = init.body ? JSON.parse(String(init.body)) : {};
    asked.push({ path: url, body });
    return Response.json(answer(url, body));
  });
});

function answer(url: string, body: { stage?: string; version?: string }): unknown {
  if (url.includes("registered-models/get"))
    return {
      registered_model: {
        name: "churn",
        creation_timestamp: 1,
        last_updated_timestamp: 1,
        description: "",
        aliases: [{ alias: "champion", version: "2" }],
      },
    };
  if (url.includes("model-versions/search")) return { model_versions: versions };
  if (url.includes("runs/many"))
    return {
      runs: versions.map(({ run_id }, place) => ({
        info: { run_id, run_name: `fold ${place}` },
        data: { metrics: [{ key: "auc", value: 0.9 + place / 100, timestamp: 0, step: 0 }] },
      })),
    };
  if (url.includes("transition-stage"))
    versions = versions.map((one) =>
      one.version === body.version ? { ...one, current_stage: body.stage ?? "" } : one,
    );
  return {};
}

function open(path: string) {
  return openScreen("/models/$name", ModelScreen, path, checkModelSearch);
}

test("versions stand in a leaderboard with their metrics, aliases and the best marked; axe finds nothing", async () => {
  const { container } = open("/models/churn");
  const row = await screen.findByRole("row", { name: /v2/ });
  expect(row.textContent).toContain("@champion");
  const best = (await screen.findByRole("row", { name: /v3/ })).querySelector(".best");
  expect(best?.textContent).toBe("0.92");
  expect(await violations(container)).toEqual([]);
});

test("moving to Production names who is there now, and archives them when it is told to", async () => {
  open("/models/churn?tab=stages");
  await userEvent.click(await screen.findByRole("button", { name: /^Version 3: No stage/ }));
  await userEvent.click(screen.getByRole("menuitemcheckbox", { name: "Production" }));
  const dialog = screen.getByRole("dialog");
  expect(dialog.textContent).toContain("models:/churn/Production");
  expect(within(dialog).getByRole("checkbox", { name: /Archive v2/ })).toHaveProperty("checked", true);
  await userEvent.click(within(dialog).getByRole("button", { name: "Move" }));
  const lane = screen.getByRole("region", { name: /^Production/ });
  await within(lane).findByRole("link", { name: "Version 3" });
  const move = asked.find(({ path }) => path.includes("transition-stage"));
  expect(move?.body).toMatchObject({ version: "3", stage: "Production", archive_existing_versions: true });
});

test("deleting a model says which stages and aliases go with it, and waits for a tick", async () => {
  open("/models/churn");
  await userEvent.click(await screen.findByRole("button", { name: "Actions" }));
  await userEvent.click(screen.getByRole("menuitem", { name: "Delete the model" }));
  const dialog = screen.getByRole("dialog");
  expect(dialog.textContent).toContain("v2 is in Production");
  expect(dialog.textContent).toContain("@champion");
  const remove = within(dialog).getByRole("button", { name: "Delete for good" });
  expect(remove).toHaveProperty("disabled", true);
  await userEvent.click(within(dialog).getByRole("checkbox"));
  expect(remove).toHaveProperty("disabled", false);
  expect(await violations(dialog)).toEqual([]);
});
