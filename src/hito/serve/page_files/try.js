// The try-it page: fields from the OpenAPI document, an answer from the model, and the same as a line for a terminal.
const words = {
  en: {
    predict: "Predict", asJson: "Edit as JSON", body: "Body of the request", answer: "Answer", terminal: "In a terminal",
    metrics: "metrics", model: "Model", version: "version", compiled: "compiled", python: "answered by Python",
    exact: "compiled, proven exact", "within 1e-6": "compiled, proven within 1e-6", none: "No model is served yet.",
    optional: "may be empty", away: "The server does not answer.", key: "API key", enter: "Continue",
    copy: "Copy", copied: "Copied", nothing: "Nothing was asked yet.",
  },
  es: {
    predict: "Predecir", asJson: "Editar como JSON", body: "Cuerpo de la petición", answer: "Respuesta",
    terminal: "En una terminal", metrics: "métricas", model: "Modelo", version: "versión", compiled: "compilado",
    python: "responde Python", exact: "compilado, exactitud probada", "within 1e-6": "compilado, probado hasta 1e-6",
    none: "Todavía no se sirve ningún modelo.", optional: "puede quedar vacío", away: "El servidor no responde.",
    key: "Clave de la API", enter: "Continuar", copy: "Copiar", copied: "Copiado", nothing: "Todavía no se ha preguntado nada.",
  },
};
const language = navigator.language.startsWith("es") ? "es" : "en";
const t = (key) => words[language][key] ?? key;
const at = (id) => document.getElementById(id);

document.documentElement.lang = language;
for (const place of document.querySelectorAll("[data-word]")) place.textContent = t(place.dataset.word);
at("answer").dataset.empty = t("nothing");
at("copy").hidden = !navigator.clipboard;

let models = [];
let api = {};
let shown;
await begin();

at("routes").addEventListener("change", (event) => show(models.find((model) => model.route === event.target.value)));
at("form").addEventListener("input", (event) => event.target.id !== "body" && write());
at("body").addEventListener("input", terminal);
at("as-json").addEventListener("click", () => {
  at("raw").hidden = !at("raw").hidden;
  at("as-json").setAttribute("aria-pressed", String(!at("raw").hidden));
});
at("copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText(at("curl").textContent);
  at("copy").textContent = t("copied");
  setTimeout(() => (at("copy").textContent = t("copy")), 1500);
});
at("key").addEventListener("submit", (event) => {
  event.preventDefault();
  begin();
});
at("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const place = at("answer");
  try {
    const answer = await fetch(address(), { method: "POST", headers: { "content-type": "application/json", ...key() }, body: at("body").value });
    const text = await answer.text();
    place.className = answer.ok ? "" : "bad";
    place.textContent = answer.ok ? text.replace(/^\{"predictions": (.*)\}$/s, "$1") : message(text);
  } catch {
    place.className = "bad";
    place.textContent = t("away");
  }
});

async function begin() {
  const answers = await Promise.all(["models", "openapi.json"].map((path) => fetch(path, { headers: key() }))).catch(() => []);
  const refused = answers.some((answer) => answer.status === 401);
  at("key").hidden = !refused;
  for (const place of document.querySelectorAll("[data-part]")) place.hidden = refused;
  at("title").textContent = "hito";
  if (refused) return;
  if (answers.length) [{ models }, api] = await Promise.all(answers.map((answer) => answer.json()));
  at("choice").hidden = models.length < 2;
  at("routes").replaceChildren(...models.map((model) => new Option(label(model.route), model.route)));
  if (models.length) show(models[0]);
  else at("about").textContent = t(answers.length ? "none" : "away");
}

function key() {
  const value = at("api-key").value;
  return value ? { "x-api-key": value } : {};
}

function address() {
  return shown.route.slice(1);
}

function label(route) {
  const parts = decodeURIComponent(route.replace(/^\/models\/|\/invocations$/g, "")).split("/");
  const which = parts.pop();
  return `${parts.join("/")} · ${/^\d+$/.test(which) ? `${t("version")} ${which}` : which}`;
}

function show(model) {
  shown = model;
  at("answer").textContent = "";
  at("title").textContent = model.name || model.uri.split("/").at(-1);
  const said = [model.version && `${t("version")} ${model.version}`, t(model.compiled)];
  at("about").textContent = said.filter(Boolean).join(" · ");
  const fields = Object.entries(columns(model)).map(([name, type]) => field(name, type));
  at("fields").replaceChildren(...fields);
  at("raw").hidden = fields.length > 0;
  write();
}

function columns(model) {
  const forms = api.paths?.[model.route]?.post.requestBody.content["application/json"].schema.oneOf ?? [];
  return forms[1]?.properties.dataframe_records.items.properties ?? {};
}

function field(name, type) {
  const kind = type.type ?? type.anyOf?.[0].type;
  const label = document.createElement("label");
  const text = document.createElement("span");
  const input = document.createElement("input");
  text.textContent = name;
  text.title = name;
  input.name = name;
  input.dataset.kind = kind;
  input.inputMode = kind === "number" || kind === "integer" ? "decimal" : "text";
  input.value = type.examples?.[0] ?? (kind === "number" || kind === "integer" ? "0" : "");
  if (type.anyOf) input.placeholder = t("optional");
  label.append(text, input);
  return label;
}

function value(input) {
  const text = input.value.trim();
  if (text === "") return input.dataset.kind === "string" ? "" : null;
  if (input.dataset.kind === "boolean") return text === "true" || text === "1";
  if (input.dataset.kind !== "number" && input.dataset.kind !== "integer") return text;
  const number = Number(language === "es" ? text.replace(",", ".") : text);
  return Number.isNaN(number) ? text : number;
}

function write() {
  const inputs = [...at("fields").querySelectorAll("input")];
  for (const input of inputs) {
    const numeric = input.dataset.kind === "number" || input.dataset.kind === "integer";
    input.setAttribute("aria-invalid", String(numeric && typeof value(input) === "string"));
  }
  const split = { columns: inputs.map((input) => input.name), data: [inputs.map(value)] };
  at("body").value = JSON.stringify(inputs.length ? { dataframe_split: split } : { instances: [[0]] });
  terminal();
}

function terminal() {
  const body = at("body").value.replaceAll("'", "'\\''");
  const shownKey = at("api-key").value ? " \\\n  -H 'x-api-key: …'" : "";
  at("curl").textContent = `curl ${new URL(address(), location.href)}${shownKey} \\\n  -H 'content-type: application/json' \\\n  -d '${body}'`;
}

function message(text) {
  try {
    return JSON.parse(text).message;
  } catch {
    return text;
  }
}
