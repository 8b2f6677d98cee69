/** Lines to paste: how a model is loaded, asked, served and taken away. */

export type Dialect = "hito" | "mlflow";

const NATIVE = new Set(["sklearn", "xgboost", "lightgbm", "onnx"]);

export interface Snippets {
  load: string;
  /** As the library knows it, where there is a flavor of its own. */
  native: string;
  serve: string;
  ask: string;
  predict: string;
  /** A folder to serve from without a tracking server; of hito's own. */
  take: string;
}

interface Model {
  uri: string;
  /** The server's address. */
  server: string;
  flavors: readonly string[];
  /** A request for the model, as JSON, where an example was saved with it. */
  request: string | null;
}

export function snippets(dialect: Dialect, { uri, server, flavors, request }: Model): Snippets {
  const native = flavors.find((flavor) => dialect === "mlflow" || NATIVE.has(flavor));
  const start = `import ${dialect}\n\n${dialect}.set_tracking_uri(${quoted(server)})`;
  const variable = `export MLFLOW_TRACKING_URI=${shell(server)}`;
  return {
    load: `${start}\nmodel = ${dialect}.pyfunc.load_model(${quoted(uri)})\nmodel.predict(data)`,
    native: native ? `${start}\nmodel = ${dialect}.${native}.load_model(${quoted(uri)})` : "",
    serve: `${variable}\n${dialect} models serve -m ${shell(uri)} -p 5001${dialect === "mlflow" ? " --env-manager local" : ""}`,
    ask: `curl http://127.0.0.1:5001/invocations \\\n  -H 'Content-Type: application/json' \\\n  -d ${shell(request ?? '{"dataframe_split": {"columns": [], "data": [[]]}}')}`,
    predict: `${variable}\n${dialect} models predict -m ${shell(uri)} -i input.csv -t csv -o predictions.json`,
    take: dialect === "hito" ? `${variable}\nhito models export -m ${shell(uri)} -o served-model` : "",
  };
}

/** A text as Python writes it. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

/** A text as one word of a shell's command line. */
export function shell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
