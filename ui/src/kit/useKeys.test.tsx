import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import { allowSingleKeys, caps, useKeyAreas, useKeys } from "./useKeys";

afterEach(() => allowSingleKeys(true));

function Screen({ run, keys = "n", frame = false }: { run: () => void; keys?: string; frame?: boolean }) {
  useKeys("runs", [{ keys, label: "next", run }], frame);
  return <input aria-label="text" />;
}

function List() {
  return <p>{useKeyAreas().length}</p>;
}

test("a key does what the screen says, until the screen is gone", async () => {
  const run = vi.fn();
  const { unmount } = render(<Screen run={run} />);
  await userEvent.keyboard("n");
  expect(run).toHaveBeenCalledTimes(1);
  unmount();
  await userEvent.keyboard("n");
  expect(run).toHaveBeenCalledTimes(1);
});

test("a letter typed into a field is a letter; with Ctrl it is a command", async () => {
  const run = vi.fn();
  const { getAllByRole } = render(
    <>
      <Screen run={run} />
      <Screen run={run} keys="Mod+k" />
    </>,
  );
  const [field] = getAllByRole("textbox");
  if (field) await userEvent.type(field, "n");
  expect(run).not.toHaveBeenCalled();
  await userEvent.keyboard("{Control>}k{/Control}");
  expect(run).toHaveBeenCalledTimes(1);
});

test("two keys one after the other are one command", async () => {
  const run = vi.fn();
  render(<Screen run={run} keys="g m" />);
  await userEvent.keyboard("m");
  expect(run).not.toHaveBeenCalled();
  await userEvent.keyboard("gm");
  expect(run).toHaveBeenCalledTimes(1);
});

test("single keys can be turned off", async () => {
  const run = vi.fn();
  render(<Screen run={run} />);
  allowSingleKeys(false);
  await userEvent.keyboard("n");
  expect(run).not.toHaveBeenCalled();
});

test("an open dialog has the keyboard for itself", async () => {
  const run = vi.fn();
  render(
    <>
      <Screen run={run} />
      <div role="dialog" />
    </>,
  );
  await userEvent.keyboard("n");
  expect(run).not.toHaveBeenCalled();
});

test("the innermost screen's keys are listed first, and obeyed first", async () => {
  const outer = vi.fn();
  const inner = vi.fn();
  const { container } = render(
    <>
      <Screen run={outer} />
      <Screen run={inner} />
      <List />
    </>,
  );
  await userEvent.keyboard("n");
  expect(inner).toHaveBeenCalled();
  expect(outer).not.toHaveBeenCalled();
  expect(container.querySelector("p")?.textContent).toBe("2");
});

test("a screen's keys go before the frame's, whichever came last", async () => {
  const frame = vi.fn();
  const screen = vi.fn();
  render(
    <>
      <Screen run={screen} />
      <Screen run={frame} frame />
    </>,
  );
  await userEvent.keyboard("n");
  expect(screen).toHaveBeenCalled();
  expect(frame).not.toHaveBeenCalled();
});

test("keys are drawn as caps", () => {
  expect(caps("Mod+k")).toEqual([["Ctrl", "K"]]);
  expect(caps("g m")).toEqual([["G"], ["M"]]);
  expect(caps("Shift+ArrowDown")).toEqual([["⇧", "↓"]]);
  expect(caps("+")).toEqual([["+"]]);
});

function Table() {
  useKeys("table", [{ keys: "p", label: "pin" }]);
  return <p>{useKeyAreas().flatMap(({ keys }) => keys.map(({ label }) => label))}</p>;
}

test("a key that a part of the screen obeys by itself is listed, and left to it", () => {
  const { container } = render(<Table />);
  expect(container.textContent).toBe("pin");
  const event = new KeyboardEvent("keydown", { key: "p", bubbles: true, cancelable: true });
  document.body.dispatchEvent(event);
  expect(event.defaultPrevented).toBe(false);
});
