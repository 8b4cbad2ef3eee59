import type { Proof } from "promptops/proofs";

const OWN = ["gateway-web", "usage-report", "documents"];

export const requireTeam: Proof = {
  name: "require-team",
  claim: "The pods of this repository name their team.",
  examine({ podSources }) {
    const own = podSources.filter(({ name }) => OWN.includes(name));
    const missing = OWN.filter((name) => !own.some((source) => source.name === name));
    return {
      evidence: [`${own.length} workloads`],
      failures: [
        ...missing.map((name) => `'${name}' is not in the plan.`),
        ...own
          .filter(({ labels }) => !labels["team"])
          .map(({ description }) => `${description} has no label 'team'. Build it with a construct of ./constructs.`),
      ],
    };
  },
};
