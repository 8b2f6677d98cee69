/** Every part of the kit: axe finds nothing, and the keyboard works. */
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Search } from "lucide-react";
import { type ReactNode, useState } from "react";
import { expect, test, vi } from "vitest";
import { violations } from "./axe";
import { Badge } from "./Badge";
import { Button } from "./Button";
import { Check } from "./Check";
import { Choice } from "./Choice";
import { CopyBlock } from "./Copy";
import { Dialog } from "./Dialog";
import { Empty } from "./Empty";
import { Field } from "./Field";
import { IconButton } from "./IconButton";
import { Keys } from "./Keys";
import { Menu, MenuCheck, MenuItem, MenuLabel, MenuLine } from "./Menu";
import { Problem } from "./Problem";
import { Select } from "./Select";
import { Skeleton } from "./Skeleton";
import { Split } from "./Split";
import { Status } from "./Status";
import { Tabs } from "./Tabs";
import { Text } from "./Text";
import { Toasts, useSay } from "./Toast";
import { TooltipProvider } from "./Tooltip";

const still = () => {};

function show(part: ReactNode) {
  return render(<TooltipProvider>{part}</TooltipProvider>);
}

const options = [
  { value: "a", label: "One" },
  { value: "b", label: "Other" },
] as const;

test.each<[string, ReactNode]>([
  ["Badge", <Badge key="1">Production</Badge>],
  ["Button", <Button key="1">Save</Button>],
  [
    "Check",
    <Check key="1" on set={still}>
      Sure
    </Check>,
  ],
  ["Choice", <Choice key="1" label="Theme" value="a" options={options} choose={still} />],
  ["CopyBlock", <CopyBlock key="1" text="pip install hito" />],
  [
    "Dialog",
    <Dialog key="1" open close={still} title="Delete?" hint="For good.">
      It goes.
    </Dialog>,
  ],
  [
    "Empty",
    <Empty key="1" icon={<Search />} title="Nothing">
      Look elsewhere.
    </Empty>,
  ],
  ["Field", <Field key="1" label="Name" problem="It is taken." />],
  [
    "IconButton",
    <IconButton key="1" label="Search">
      <Search />
    </IconButton>,
  ],
  ["Keys", <Keys key="1" keys="Mod+k" />],
  ["Problem", <Problem key="1" error={new Error("no run")} retry={still} />],
  ["Select", <Select key="1" label="Order" value="a" options={options} choose={still} />],
  ["Skeleton", <Skeleton key="1" />],
  ["Split", <Split key="1" start="a" end="b" share={0.5} setShare={still} label="Share" />],
  ["Status", <Status key="1" status="RUNNING" bare />],
  [
    "Tabs",
    <Tabs key="1" label="Parts" value="a" choose={still} tabs={[{ id: "a", label: "A", content: "a" }]} />,
  ],
  ["Text", <Text key="1" label="Description" value="" change={still} />],
])("axe finds nothing in %s", async (_name, part) => {
  show(part);
  expect(await violations(document.body)).toEqual([]);
});

test("an open menu has items by role and name, and Escape closes it", async () => {
  const run = vi.fn();
  show(
    <Menu trigger={<Button>More</Button>}>
      <MenuLabel>Move</MenuLabel>
      <MenuItem onSelect={run}>Rename</MenuItem>
      <MenuLine />
      <MenuCheck on set={still}>
        Staging
      </MenuCheck>
    </Menu>,
  );
  await userEvent.click(screen.getByRole("button", { name: "More" }));
  expect(await violations(document.body)).toEqual([]);
  await userEvent.click(screen.getByRole("menuitem", { name: "Rename" }));
  expect(run).toHaveBeenCalledOnce();
  expect(screen.queryByRole("menu")).toBeNull();
});

function Asking() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>Ask</Button>
      <Dialog open={open} close={() => setOpen(false)} title="A name">
        <Field label="Name" defaultValue="old" />
      </Dialog>
    </>
  );
}

test("a dialog takes the focus to its field, and gives it back to where it was opened", async () => {
  show(<Asking />);
  const button = screen.getByRole("button", { name: "Ask" });
  await userEvent.click(button);
  expect(document.activeElement).toBe(screen.getByRole("textbox", { name: "Name" }));
  await userEvent.keyboard("{Escape}");
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(document.activeElement).toBe(button);
});

test("tabs are chosen by their numbers", async () => {
  const choose = vi.fn();
  const tabs = ["runs", "charts"].map((id) => ({ id, label: id, content: id }));
  show(<Tabs label="Parts" value="runs" choose={choose} tabs={tabs} />);
  await userEvent.keyboard("2");
  expect(choose).toHaveBeenCalledWith("charts");
});

function Speaker({ undo }: { undo: () => void }) {
  const say = useSay();
  return (
    <>
      <Button onClick={() => say.done("It is deleted", undo)}>Delete</Button>
      <Button onClick={() => say.failed(new Error("no run a1"))}>Fail</Button>
    </>
  );
}

test("what was done is said, and taken back by its button or by Ctrl-Z", async () => {
  const undo = vi.fn();
  show(
    <Toasts>
      <Speaker undo={undo} />
    </Toasts>,
  );
  await userEvent.click(screen.getByRole("button", { name: "Delete" }));
  expect(screen.getByRole("status").textContent).toContain("It is deleted");
  expect(await violations(document.body)).toEqual([]);
  await userEvent.click(screen.getByRole("button", { name: "Undo" }));
  await userEvent.click(screen.getByRole("button", { name: "Delete" }));
  await userEvent.keyboard("{Control>}z{/Control}");
  expect(undo).toHaveBeenCalledTimes(2);
  expect(screen.getByRole("status").textContent).toBe("");
});

test("a failure is said in the server's words", async () => {
  show(
    <Toasts>
      <Speaker undo={still} />
    </Toasts>,
  );
  await userEvent.click(screen.getByRole("button", { name: "Fail" }));
  expect(screen.getByRole("status").textContent).toContain("no run a1");
});
