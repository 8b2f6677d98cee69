import { expect, test } from "vitest";
import { modelFileOf, nativeFlavors, typeText } from "./mlmodel";
import { shell, snippets } from "./snippets";
import { parseYaml } from "./yaml";

const FILE = `artifact_path: mlflow-artifacts:/1/models/m-8f/artifacts
flavors:
  python_function:
    env:
      conda: conda.yaml
      virtualenv: python_env.yaml
    loader_module: mlflow.sklearn
    predict_fn: predict
  sklearn:
    code: null
    pickled_model: model.skops
    skops_trusted_types:
    - sklearn.tree._tree.Tree
    - numpy.dtype
is_signature_from_type_hint: false
metadata:
  owner: Ávila's team
mlflow_version: 3.17.2
model_id: m-8f
model_size_bytes: 1234
prompts: null
saved_input_example_info:
  artifact_path: input_example.json
  pandas_orient: split
  serving_input_path: serving_input_example.json
  type: dataframe
signature:
  inputs: '[{"type": "double", "name": "fixed acidity", "required": true}, {"type":
    "double", "name": "it''s", "required": false}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]'
  params: '[{"name": "k", "default": 3, "shape": null, "type": "long"}]'
type_hint_from_example: false
utc_time_created: '2026-11-27 12:00:00.000000'
`;

test("an MLmodel file says its flavors, its signature over folded lines, and its example", () => {
  const model = modelFileOf(FILE);
  expect(nativeFlavors(model)).toEqual(["sklearn"]);
  expect(model.flavors[1]?.facts).toEqual([
    ["pickled_model", "model.skops"],
    ["skops_trusted_types", '["sklearn.tree._tree.Tree","numpy.dtype"]'],
  ]);
  expect(model.inputs).toEqual([
    { name: "fixed acidity", type: "double", required: true },
    { name: "it's", type: "double", required: false },
  ]);
  expect(model.outputs).toEqual([{ name: "0", type: "tensor int64 (-1)", required: true }]);
  expect(model.params).toEqual([{ name: "k", type: "long", required: false, standard: "3" }]);
  expect([model.example, model.servingExample, model.size, model.created]).toEqual([
    "input_example.json",
    "serving_input_example.json",
    1234,
    "2026-11-27 12:00:00.000000",
  ]);
  expect(model.metadata).toEqual([["owner", "Ávila's team"]]);
});

test("a file that is no MLmodel is refused, whatever it is", () => {
  for (const text of [
    "",
    "just words",
    "- a\n- b",
    "flavors: 3",
    "flavors:\n  a: 'open",
    "a:\n   b: 1\n  c: 2",
  ])
    expect(() => modelFileOf(text), text).toThrow(SyntaxError);
});

test("keys that mean something to JavaScript are only keys", () => {
  const found = parseYaml("__proto__:\n  polluted: yes\nconstructor: 1\n") as Record<string, unknown>;
  expect(Object.keys(found)).toEqual(["__proto__", "constructor"]);
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test("scalars: numbers, texts with colons, block texts, escapes, lists of mappings", () => {
  expect(
    parseYaml(`a: 1e-3
b: sqlite:///x.db
c: |
  two
    lines
d: "tab\\tand \\u00e1"
e:
- name: x
  size: 2
- name: y
f: {}
g: a long text that
  goes on
"h i": ~
`),
  ).toEqual({
    a: 0.001,
    b: "sqlite:///x.db",
    c: "two\n  lines\n",
    d: "tab\tand á",
    e: [{ name: "x", size: 2 }, { name: "y" }],
    f: {},
    g: "a long text that goes on",
    "h i": null,
  });
});

test("nested types read as one writes them", () => {
  const type = {
    type: "object",
    properties: { a: { type: "array", items: { type: "long" } }, b: { type: "double", required: false } },
  };
  expect(typeText(type)).toBe("{a: array<long>, b?: double}");
});

test("what is pasted is quoted, whatever a model is called", () => {
  const model = {
    uri: "models:/it's $(rm -rf ~)/3",
    server: "http://127.0.0.1:5000",
    flavors: ["pytorch"],
    request: '{"inputs": ["it\'s"]}',
  };
  const own = snippets("hito", model);
  expect(own.load).toContain('hito.pyfunc.load_model("models:/it\'s $(rm -rf ~)/3")');
  expect(own.serve).toContain("-m 'models:/it'\\''s $(rm -rf ~)/3'");
  expect(own.native).toBe("");
  expect(snippets("mlflow", model).native).toContain("mlflow.pytorch.load_model");
  expect(shell("models:/a/1")).toBe("models:/a/1");
});
