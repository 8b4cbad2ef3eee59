import { runtime } from "@pulumi/pulumi";
import { causeOf } from "../../../plan/changes/causes.ts";
import { replaces } from "../../../plan/changes/on-change.ts";
import { providerDeletesFirst } from "../../../plan/changes/steps.ts";
import { diffValues } from "../../../plan/diff-values.ts";
import type { RecordedResource } from "../../../plan/model/recorded.ts";
import type { Inputs } from "./cloud.ts";

/** The type of a resource, from its URN. */
export const typeOf = (urn: string): string => urn.split("::")[2]?.split("$").at(-1) ?? "";

export interface Difference {
  readonly changes: boolean;
  /** Inputs, by their first key. */
  readonly replaces: string[];
  readonly deleteBeforeReplace: boolean;
  /** Inputs whose change the provider or its cloud refuses. */
  readonly refuses: string[];
}

/** What a change of inputs does, by the table of plan/changes. */
export function difference(type: string, before: Inputs, after: Inputs): Difference {
  const [old, inputs] = [asRecorded(before), asRecorded(after)] as [
    RecordedResource["inputs"],
    RecordedResource["inputs"],
  ];
  const causes = diffValues(old, inputs)
    .map((change) => causeOf({ type }, change))
    .filter(({ effect }) => effect !== "ignore");
  const firstKeys = (paths: readonly { path: string }[]): string[] => [
    ...new Set(paths.map(({ path }) => path.split(/[.[]/)[0] ?? path)),
  ];
  return {
    changes: causes.length > 0,
    replaces: firstKeys(causes.filter(replaces)),
    deleteBeforeReplace: causes.some(replaces) && providerDeletesFirst({ type, inputs }, old),
    refuses: firstKeys(causes.filter(({ effect }) => effect === "refuse")),
  };
}

/** As plans write values that are not known yet. Secrets stay readable, so that a change of one is seen. */
function asRecorded(value: unknown): unknown {
  if (value === runtime.unknownValue) return { $output: [] };
  if (Array.isArray(value)) return value.map(asRecorded);
  if (typeof value !== "object" || value === null) return value;
  const object = value as Inputs;
  if (runtime.specialSigKey in object) return asRecorded(object["value"]);
  return Object.fromEntries(Object.entries(object).map(([key, inner]) => [key, asRecorded(inner)]));
}
