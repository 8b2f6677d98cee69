/**
 * Where a link into MLflow's page leads here, or null if it is none.
 * MLflow keeps its place behind a hash: `#/experiments/0/runs/abc`, `#/models/name/versions/2`, `#/compare-runs?runs=[…]`.
 */
export function fromMlflow(hash: string): string | null {
  if (!hash.startsWith("#/")) return null;
  const [path = "", query = ""] = hash.slice(1).split("?", 2);
  const parts = path.split("/").filter(Boolean).map(decoded);
  const search = new URLSearchParams(query);
  const [first, second, third, fourth] = parts;
  if (first === "experiments" && second) {
    if (third === "runs" && fourth) return `/runs/${part(fourth)}${tabOf(parts[4])}`;
    const filter = search.get("searchFilter");
    return `/experiments/${part(second)}${filter ? `?q=${part(filter)}` : ""}`;
  }
  if (first === "compare-runs") return `/compare?runs=${part(JSON.stringify(list(search.get("runs"))))}`;
  if (first === "compare-experiments")
    return `/experiments/${part(list(search.get("experiments")).join(","))}`;
  if (first === "models") {
    if (second && third === "versions" && fourth) return `/models/${part(second)}/versions/${part(fourth)}`;
    return second ? `/models/${part(second)}` : "/models";
  }
  return "/";
}

function tabOf(tab: string | undefined): string {
  if (tab === "artifacts" || tab === "artifactPath") return "?tab=artifacts";
  return tab === "model-metrics" || tab === "system-metrics" ? "?tab=curves" : "";
}

/** MLflow writes lists as JSON. */
function list(text: string | null): string[] {
  try {
    const value: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(value) ? value.map(String) : [];
  } catch {
    return [];
  }
}

function part(text: string): string {
  return encodeURIComponent(text);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
