// @vitest-environment node
// biome-ignore-all lint/correctness/noComponentHookFactories: these are names of a syntax tree's nodes, not components
/** Every word of the page exists in both languages, and no other word is on it. */
import { type ESTree, parseSync, Visitor } from "vite";
import { expect, test } from "vitest";
import { en } from "./en";
import { es } from "./es";

type Words = { [key: string]: string | Words };

const english = flat(en as Words);
const spanish = flat(es as Words);
const sources = import.meta.glob<string>(
  ["../**/*.{ts,tsx}", "!../**/*.test.*", "!../**/*.gen.ts", "!./**"],
  {
    query: "?raw",
    import: "default",
    eager: true,
  },
);

/** Spanish has a plural of its own for millions: un millón de runs. */
const PLURALS = { en: ["one", "other"], es: ["one", "many", "other"] };
const PLURAL = /_(zero|one|two|few|many|other)$/;

/** Texts that are the same in both languages: names, technical words that Spanish speakers use as they are, and signs. */
const SAME = new Set(
  (
    "hito|mlflow|MLflow|no|predict|F1, macro|F1, micro|English|Español|Run|Runs|run|runs|Commit|Markdown|Alias|Staging|Normal|Error|No|Total|Base|Local|Color|Manual|" +
    "Id|ID|URI|URL|CSV|JSON|PNG|SVG|HTML|PDF|YAML|ROC|PR|SHAP|Python|Git|pip|conda|Docker|Logs|min|max|Min|Max|log|Log"
  ).split("|"),
);

test("both languages have the same words", () => {
  const bases = (words: Map<string, string>) =>
    new Set([...words.keys()].map((key) => key.replace(PLURAL, "")));
  const [one, other] = [bases(english), bases(spanish)];
  expect([...one].filter((key) => !other.has(key))).toEqual([]);
  expect([...other].filter((key) => !one.has(key))).toEqual([]);
});

test("what is counted has every plural of its language", () => {
  const missing = (words: Map<string, string>, forms: string[]) =>
    [...words.keys()]
      .filter((key) => key.endsWith("_other"))
      .flatMap((key) => forms.map((form) => key.replace(PLURAL, `_${form}`)))
      .filter((key) => !words.has(key));
  expect(missing(english, PLURALS.en)).toEqual([]);
  expect(missing(spanish, PLURALS.es)).toEqual([]);
});

test("both languages fill in the same values", () => {
  const values = (text: string | undefined) =>
    [...new Set(text?.match(/\{\{\w+\}\}|<\d+>/g))].sort().join(" ");
  const differing = [...english].filter(([key, text]) => {
    const twin = spanish.get(key);
    return twin !== undefined && !PLURAL.test(key) && values(text) !== values(twin);
  });
  expect(differing.map(([key]) => key)).toEqual([]);
});

test("what is Spanish is not English again", () => {
  const bare = (text: string) => text.replace(/\{\{\w+\}\}/g, "").replace(/^[\s.…:]+|[\s.…:]+$/g, "");
  const copied = [...english].filter(
    ([key, text]) => spanish.get(key) === text && /\p{L}{2}/u.test(bare(text)) && !SAME.has(bare(text)),
  );
  expect(copied.map(([key, text]) => `${key}: ${text}`)).toEqual([]);
});

test("no text is empty", () => {
  expect([...english, ...spanish].filter(([, text]) => text.trim() === "").map(([key]) => key)).toEqual([]);
});

test("every word is used", () => {
  const literals = new Set<string>();
  const beginnings: string[] = [];
  each((program) => {
    new Visitor({
      Literal: ({ value }) => typeof value === "string" && literals.add(value),
      TemplateLiteral: ({ quasis: [first], expressions }) => {
        const text = first?.value.cooked ?? "";
        if (expressions.length === 0) literals.add(text);
        else if (text.includes(".")) beginnings.push(text);
      },
    }).visit(program);
  });
  const unused = [...english.keys()]
    .map((key) => key.replace(PLURAL, ""))
    .filter((key) => !literals.has(key) && !beginnings.some((text) => key.startsWith(text)));
  expect([...new Set(unused)]).toEqual([]);
});

test("no component holds words of its own", () => {
  const found: string[] = [];
  each((program, file) => {
    if (!file.endsWith(".tsx")) return;
    const say = (text: string) => isWords(text) && found.push(`${file.replace("../", "")}: ${text.trim()}`);
    const code: boolean[] = []; // whether the elements around are for code, which is no language's
    const attributes = new Set<number>(); // where their values begin, which are no children
    new Visitor({
      JSXElement: ({ openingElement: { name } }) => {
        code.push(name.type === "JSXIdentifier" && ["code", "kbd", "pre"].includes(name.name));
      },
      "JSXElement:exit": () => {
        code.pop();
      },
      JSXText: ({ value }) => {
        if (!code.includes(true)) say(value);
      },
      JSXAttribute: ({ name, value }) => {
        if (value?.type === "JSXExpressionContainer") attributes.add(value.start);
        const key = name.type === "JSXIdentifier" ? name.name : "";
        if (!SPOKEN.has(key) || !value) return;
        if (value.type === "JSXExpressionContainer") for (const text of texts(value.expression)) say(text);
        else if (value.type === "Literal") say(String(value.value));
      },
      JSXExpressionContainer: ({ expression, start }) => {
        if (code.includes(true) || attributes.has(start)) return;
        for (const text of texts(expression)) say(text);
      },
    }).visit(program);
  });
  expect(found).toEqual([]);
});

/** Attributes and properties that people read or hear. */
const SPOKEN = new Set(
  "title label hint placeholder alt text aria-label aria-description aria-roledescription aria-valuetext".split(
    " ",
  ),
);
const NAMES = new Set(["hito", "MLflow", "GitHub", "CSV", "JSON"]);
const COMMAND = /^(hito [a-z]|--[a-z])/;

function isWords(text: string): boolean {
  const plain = text.trim();
  return /\p{L}{2}/u.test(plain) && !NAMES.has(plain) && !COMMAND.test(plain);
}

/** Texts that an expression may come to: of a condition both, of a template its fixed parts. */
function texts(node: ESTree.Node): string[] {
  switch (node.type) {
    case "Literal":
      return typeof node.value === "string" ? [node.value] : [];
    case "TemplateLiteral":
      return node.quasis.map(({ value }) => value.cooked ?? "");
    case "ConditionalExpression":
      return [...texts(node.consequent), ...texts(node.alternate)];
    case "LogicalExpression":
      return [...texts(node.left), ...texts(node.right)];
    default:
      return [];
  }
}

function each(visit: (program: ESTree.Program, file: string) => void): void {
  for (const [file, source] of Object.entries(sources)) {
    const { program, errors } = parseSync(file, source);
    expect(errors, file).toEqual([]);
    visit(program, file);
  }
}

function flat(words: Words, before = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(words)) {
    if (typeof value === "string") found.set(before + key, value);
    else for (const [inner, text] of flat(value, `${before}${key}.`)) found.set(inner, text);
  }
  return found;
}
