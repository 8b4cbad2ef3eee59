import { bundledSchemas, createValidator, type Validator } from "kubeconform-wasm";
import type { Finding, Plan } from "./model/plan.ts";

/** A validator that knows Kubernetes' own kinds and those of k8s/crds. */
export async function startValidator(): Promise<Validator> {
  const [validator, schemas] = await Promise.all([createValidator(), bundledSchemas()]);
  for (const set of schemas) validator.addSchemas(set);
  return validator;
}

/** Holds every object against the schema of its kind, strictly: a field that the API server would drop is a failure. */
export function validateObjects({ objects, kubernetesVersion }: Plan, validator: Validator): Finding {
  const verdicts = validator.validate(objects.map(({ manifest }) => JSON.stringify(manifest)).join("\n---\n"));
  const failures = verdicts.flatMap(({ status, messages }, index) =>
    status === "valid" ? [] : messages.map((message) => `${objects[index]?.path ?? "?"}: ${message}`),
  );
  const missing = objects.length - verdicts.length;
  return {
    proof: "valid-objects",
    claim: "Every object is valid against the schema of its kind.",
    evidence: [
      `${objects.length} objects of ${new Set(objects.map(({ manifest }) => manifest.kind)).size} kinds, Kubernetes ${kubernetesVersion}`,
    ],
    failures: missing === 0 ? failures : [...failures, `${missing} objects got no verdict.`],
  };
}
