import { describeUse, leftBySource, nodesOf, packings, podsOf } from "./evaluation/packing.ts";
import type { Proof } from "./proof.ts";

export const fitsFloor: Proof = {
  name: "fits-floor",
  claim: "All pods at minimum replicas fit on the on-demand baseline of the nodes.",
  examine(plan) {
    const floor = packings(
      podsOf(plan, ({ replicas }) => replicas.min),
      nodesOf(plan, ({ spot, min }) => (spot ? 0 : min)),
    );
    const [worst] = floor;
    if (!worst) return { evidence: [], failures: [] };
    return {
      evidence: describeUse(worst.nodes),
      failures: leftBySource(worst).map(
        ({ source, count, pools }) =>
          `${source}: at minimum replicas ${count} of its pods find no room on ${pools === "" ? "any pool" : `pool ${pools}`} without spot nodes. Raise the pool's 'min', or lower the requests.`,
      ),
    };
  },
};
