import { createHash } from "node:crypto";
import type { Finding } from "../plan/model/plan.ts";

/** What was proved of an environment. */
export interface ProvedEnvironment {
  readonly environment: string;
  readonly findings: readonly Finding[];
}

/** Findings as SARIF 2.1.0, for code scanning. Each is shown in its environment's file; an exception is a suppression. */
export function sarif(proved: readonly ProvedEnvironment[]): object {
  const claims = new Map(proved.flatMap(({ findings }) => findings.map(({ proof, claim }) => [proof, claim] as const)));
  const rules = [...claims].map(([id, claim]) => ({ id, shortDescription: { text: claim } }));
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [{ tool: { driver: { name: "promptops", rules } }, results: proved.flatMap(resultsOf) }],
  };
}

function resultsOf({ environment, findings }: ProvedEnvironment): object[] {
  return findings.flatMap(({ proof, failures, excepted = [] }) => [
    ...failures.map((failure) => result(environment, proof, failure)),
    ...excepted.map(({ failure, exception: { reason, owner, until } }) => ({
      ...result(environment, proof, failure),
      suppressions: [{ kind: "external", status: "accepted", justification: `${reason} (${owner}, until ${until})` }],
    })),
  ]);
}

/** GitHub takes results of one rule and line for one, unless their hashes differ. */
const result = (environment: string, proof: string, failure: string): object => ({
  ruleId: proof,
  level: "error",
  message: { text: failure },
  locations: [
    { physicalLocation: { artifactLocation: { uri: `Pulumi.${environment}.yaml` }, region: { startLine: 1 } } },
  ],
  partialFingerprints: {
    primaryLocationLineHash: createHash("sha256").update([environment, proof, failure].join("\0")).digest("hex"),
  },
});
