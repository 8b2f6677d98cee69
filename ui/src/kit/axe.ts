/** For component tests: what axe finds wrong, a line each. Colours need a browser and are checked by the journeys. */
import axe from "axe-core";

export async function violations(element: Element): Promise<string[]> {
  const result = await axe.run(element, {
    rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
  });
  return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`);
}
