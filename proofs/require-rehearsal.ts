import { count } from "../platform/count.ts";
import { describeObject } from "../plan/model/kubernetes.ts";
import type { Plan } from "../plan/model/plan.ts";
import type { Proof } from "./proof.ts";

export const requireRehearsal: Proof = {
  name: "require-rehearsal",
  claim:
    "An environment that rehearses another has the same objects, resources and pools; only their sizes may differ.",
  examine(plan) {
    const { rehearses } = plan;
    if (!rehearses) return { evidence: ["rehearses nothing"], failures: [] };
    const [own, other] = [shapeOf(plan), shapeOf(rehearses)];
    return {
      evidence: [
        `${[...own].filter((each) => other.has(each)).length} of ${count(other.size, "part")} of ${rehearses.environment}`,
      ],
      failures: [
        ...[...other]
          .filter((each) => !own.has(each))
          .map((each) => `${each} is in ${rehearses.environment}, but not in this environment. Add it.`),
        ...[...own]
          .filter((each) => !other.has(each))
          .map(
            (each) =>
              `${each} is in this environment, but not in ${rehearses.environment}. Remove it, or add it there.`,
          ),
      ],
    };
  },
};

/** The parts of a plan without numbers, and without the names of the environment, its domain and its zones. */
function shapeOf({ environment, cloud, resources, objects, nodeGroups, expected }: Plan): Set<string> {
  const plain = (name: string): string =>
    [environment, ...expected.cloud.zones]
      .reduce((rest, own) => rest.replaceAll(own, "*"), name.replace(/^([-\w]+\.)+[a-z]{2,}$/, "*"))
      .replaceAll(/\d+/g, "#");
  return new Set([
    `cloud ${cloud}`,
    ...resources.map(({ type, name }) => `${type.split(":").at(-1) ?? type} ${plain(name)}`),
    ...objects.map(({ manifest }) => describeObject(manifest)),
    ...nodeGroups.map(({ pool, spot, taints }) => {
      const kept = taints.map(({ key }) => key).join(", ");
      return `pool ${pool}${spot ? ", spot" : ""}${kept === "" ? "" : `, kept by ${kept}`}`;
    }),
  ]);
}
