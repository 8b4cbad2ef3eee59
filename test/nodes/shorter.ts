import type { Plan, PlannedObject } from "../../plan/model/plan.ts";

/** The fields of a kind that say how long something takes or how often it is done, wherever they are in the object. */
const fields: Readonly<Record<string, readonly string[]>> = {
  ServiceMonitor: ["interval", "scrapeTimeout"],
  PodMonitor: ["interval", "scrapeTimeout"],
  AnalysisTemplate: ["interval", "query"],
  Rollout: ["duration", "abortScaleDownDelaySeconds"],
};

const MILLISECONDS: Readonly<Record<string, number>> = { s: 1000, m: 60_000 };

/**
 * A plan in which metrics are read, and releases and replicas decided on, so many times faster: intervals, pauses and the windows of
 * an analysis are divided by the factor.
 */
export function shorter(plan: Plan, factor: number): Plan {
  const objects = plan.objects.map(({ path, manifest }) => {
    const names = fields[manifest.kind];
    return { path, manifest: names ? divided(manifest, names, factor) : manifest } as PlannedObject;
  });
  return { ...plan, objects };
}

function divided(value: unknown, names: readonly string[], factor: number): unknown {
  if (Array.isArray(value)) return value.map((each) => divided(each, names, factor));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      names.includes(key) ? quotient(each as string | number, factor) : divided(each, names, factor),
    ]),
  );
}

/** Of whole seconds, or of each duration in a text. */
const quotient = (value: string | number, factor: number): string | number =>
  typeof value === "number"
    ? Math.ceil(value / factor)
    : value.replace(/(?<![\w.])(\d+)([sm])(?!\w)/g, (_, count: string, unit: string) => {
        return `${(Number(count) * (MILLISECONDS[unit] ?? 0)) / factor}ms`;
      });
