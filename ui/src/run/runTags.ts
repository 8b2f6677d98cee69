/** Which of a run's tags are people's, and what those say that programs set. */
import type { Run, Tag } from "../api/types.gen";

export const NOTE = "mlflow.note.content";

export function tagOf(run: Run, key: string): string {
  return run.data.tags?.find((tag) => tag.key === key)?.value ?? "";
}

/** Tags that a person or a program of theirs set; the others are shown as what they mean. */
export function ownTags(run: Run): Tag[] {
  return (run.data.tags ?? []).filter(({ key }) => !isSystem(key)).sort((a, b) => (a.key < b.key ? -1 : 1));
}

export function isSystem(key: string): boolean {
  return key.startsWith("mlflow.") || key.startsWith("hito.");
}

/** Where a commit can be looked at, for hosts that are known to have such a page; an address that is not HTTP is none. */
export function commitAddress(repository: string, commit: string): string | null {
  const match =
    /^(?:https?:\/\/|ssh:\/\/git@|git@)((?:github|gitlab)\.com|codeberg\.org|bitbucket\.org)[/:]([\w.-]+(?:\/[\w.-]+?)+?)(?:\.git)?\/?$/.exec(
      repository,
    );
  if (!match || !/^[0-9a-f]{7,64}$/i.test(commit)) return null;
  const [, host, path] = match;
  const middle = host === "gitlab.com" ? "-/commit" : host === "bitbucket.org" ? "commits" : "commit";
  return `https://${host}/${path}/${middle}/${commit}`;
}

export interface SavedModel {
  /** What the URL calls it. */
  id: string;
  name: string;
  /** models:/… or runs:/…, as `load_model` takes it. */
  uri: string;
  modelId?: string;
  /** The folder in the run's own files; empty for a logged model, which has files of its own. */
  path: string;
  status: string;
}

/** The models of a run: logged ones, and folders of older clients that its history tag names. */
export function modelsOf(
  run: Run,
  logged: readonly { model_id: string; name: string; status: string }[],
): SavedModel[] {
  const found: SavedModel[] = logged.map(({ model_id, name, status }) => ({
    id: model_id,
    name,
    uri: `models:/${model_id}`,
    modelId: model_id,
    path: "",
    status,
  }));
  const known = new Set(logged.map(({ model_id }) => model_id));
  for (const { artifact_path, model_id } of history(tagOf(run, "mlflow.log-model.history"))) {
    if (!artifact_path || (model_id && known.has(model_id)) || /^[a-z-]+:/.test(artifact_path)) continue;
    if (found.some(({ path }) => path === artifact_path)) continue;
    const uri = `runs:/${run.info.run_id}/${artifact_path}`;
    found.push({ id: artifact_path, name: artifact_path, uri, path: artifact_path, status: "" });
  }
  return found;
}

function history(text: string): { artifact_path?: string; model_id?: string }[] {
  try {
    const raw: unknown = JSON.parse(text || "[]");
    if (!Array.isArray(raw)) return [];
    return raw.filter((one): one is { artifact_path?: string } => typeof one === "object" && one !== null);
  } catch {
    return [];
  }
}
