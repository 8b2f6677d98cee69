import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { violations } from "../kit/axe";
import { QueryBar } from "./QueryBar";

const FIELDS = { metrics: ["auc", "loss"], params: ["model"], tags: [], cut: false };

/** A server that knows one wrong query, and the values of params.model. */
function served(path: string, message: { query?: string; begins?: string }): unknown {
  if (path.endsWith("/values"))
    return { values: ["rf", "ridge"].filter((one) => one.startsWith(message.begins ?? "")) };
  return message.query === "metrics.auc > 'x'"
    ? { kind: "wrong", problem: "Expected a number.", start: 14, end: 17 }
    : { kind: "filter", problem: "", start: 0, end: 0 };
}

beforeEach(() => {
  vi.stubGlobal("fetch", async (url: string, { body }: { body: string }) =>
    Response.json(served(url, JSON.parse(body))),
  );
});

function shown(query = "") {
  const ask = vi.fn();
  const bar = (text: string) => (
    <QueryClientProvider client={new QueryClient()}>
      <QueryBar query={text} where={{ experiment_ids: ["1"] }} fields={FIELDS} ask={ask} />
    </QueryClientProvider>
  );
  const { container, rerender } = render(bar(query));
  return {
    ask,
    container,
    again: (text: string) => rerender(bar(text)),
    field: screen.getByRole<HTMLInputElement>("combobox"),
  };
}

test("axe finds nothing with its offers open", { timeout: 30_000 }, async () => {
  const { container, field } = shown();
  await userEvent.type(field, "metrics");
  expect(await violations(container)).toEqual([]);
});

test("a whole condition is written by keys alone", async () => {
  const { field, ask } = shown();
  await userEvent.type(field, "mod{Tab}");
  expect(field.value).toBe("params.model ");
  await userEvent.keyboard("= ");
  await waitFor(() => expect(screen.getByRole("option", { name: /ridge/ })).toBeTruthy());
  await userEvent.keyboard("{ArrowDown}{ArrowDown}{Enter}");
  expect(field.value).toBe("params.model = 'ridge' ");
  await userEvent.keyboard("{Escape}{Enter}");
  expect(ask).toHaveBeenLastCalledWith("params.model = 'ridge'", false);
});

test("a mistake is told below its place, and nothing is asked", async () => {
  const { field, ask } = shown();
  await userEvent.type(field, "metrics.auc > 'x'");
  await waitFor(() => expect(field.getAttribute("aria-invalid")).toBe("true"));
  const told = document.getElementById(field.getAttribute("aria-describedby") ?? "");
  expect(told?.textContent).toContain("Expected a number.");
  expect(ask).not.toHaveBeenCalledWith("metrics.auc > 'x'", true);
});

test("what the address says later stands in the bar", () => {
  const { again, field } = shown("a");
  again("metrics.auc > 1");
  expect(field.value).toBe("metrics.auc > 1");
});
