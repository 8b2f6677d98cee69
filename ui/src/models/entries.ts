/** Versions with the metrics of the runs they came from, in an order. Pure. */
import type { Alias, Run, Version } from "../api/types.gen";

export interface Entry {
  version: Version;
  /** Latest values of the run's metrics. */
  metrics: ReadonlyMap<string, number>;
}

const FEW = 4;

/** Versions with their aliases, which a search for versions does not tell. */
export function withAliases(versions: readonly Version[], aliases: readonly Alias[]): Version[] {
  return versions.map((version) => ({
    ...version,
    aliases: aliases.filter((one) => one.version === version.version).map(({ alias }) => alias),
  }));
}

export function entriesOf(versions: readonly Version[], runs: ReadonlyMap<string, Run>): Entry[] {
  return versions.map((version) => {
    const metrics = runs.get(version.run_id)?.data.metrics ?? [];
    return { version, metrics: new Map(metrics.map(({ key, value }) => [key, Number(value)])) };
  });
}

/** Every metric that a version has, those of most versions first; what the machine did last. */
export function metricsOf(entries: readonly Entry[]): string[] {
  const counts = new Map<string, number>();
  for (const { metrics } of entries)
    for (const key of metrics.keys()) counts.set(key, (counts.get(key) ?? 0) + 1);
  const rank = (key: string) => (key.startsWith("system/") ? 1 : 0);
  return [...counts.keys()].sort(
    (one, other) =>
      rank(one) - rank(other) || (counts.get(other) ?? 0) - (counts.get(one) ?? 0) || (one < other ? -1 : 1),
  );
}

/** The metrics that are shown: those that were chosen, or the first few. */
export function shownMetrics(chosen: string | undefined, all: readonly string[]): string[] {
  if (chosen === undefined) return all.filter((key) => !key.startsWith("system/")).slice(0, FEW);
  const wanted = new Set(chosen.split("*"));
  return all.filter((key) => wanted.has(key));
}

/** `sort`: `version`, `created` or a metric, with a dash before it for the greatest first. Versions without it come last. */
export function ordered(entries: readonly Entry[], sort: string): Entry[] {
  const down = sort.startsWith("-");
  const key = down ? sort.slice(1) : sort;
  const value = ({ version, metrics }: Entry): number => {
    if (key === "version") return Number(version.version);
    if (key === "created") return version.creation_timestamp;
    return metrics.get(key) ?? Number.NaN;
  };
  return [...entries].sort((one, other) => {
    const [a, b] = [value(one), value(other)];
    const missing = Number(Number.isNaN(a)) - Number(Number.isNaN(b));
    return missing || (down ? b - a : a - b) || Number(other.version.version) - Number(one.version.version);
  });
}
