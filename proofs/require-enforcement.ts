import { count } from "../platform/count.ts";
import type { Plan } from "../plan/model/plan.ts";
import { textOf } from "../plan/model/recorded.ts";
import type { Proof } from "./proof.ts";

export const requireEnforcement: Proof = {
  name: "require-enforcement",
  claim:
    "The cluster runs software that enforces NetworkPolicies, creates the volumes of each StorageClass, and gives pods their cloud identities.",
  examine(plan) {
    const { enforcement, expected } = plan;
    if (!expected.cloud.provisioned)
      return { evidence: ["the cluster is its owner's: 0 add-ons of a cloud"], failures: [] };
    const needs = needsOf(plan);
    const { features, missing } = enforcement;
    const met = needs.filter((need) =>
      features.some((each) => each.feature === need.feature && (!("driver" in each) || each.driver === need.driver)),
    );
    return {
      evidence: [
        `${met.length} of ${count(needs.length, "requirement")} met, by ${count(features.length, "feature")} of the cluster`,
      ],
      failures: [
        ...needs
          .filter((need) => !met.includes(need))
          .map(({ what }) => `${what}. Install the add-on that does, and configure it.`),
        ...missing.map((name) => `Add-on ${name} is enabled, and the cloud is not told to run it. Add it.`),
      ],
    };
  },
};

interface Needed {
  readonly feature: string;
  readonly driver?: string;
  readonly what: string;
}

function needsOf({ resources, objects, expected }: Plan): Needed[] {
  const policies = objects.filter(({ manifest }) => manifest.kind === "NetworkPolicy");
  const classes = resources.filter(({ type }) => type === "kubernetes:storage.k8s.io/v1:StorageClass");
  const snapshots = resources.filter(({ type }) => type.endsWith(":VolumeSnapshotClass"));
  const { rights } = expected.cloud;
  return [
    ...(policies.length > 0
      ? [{ feature: "network-policies", what: `${policies.length} NetworkPolicies are enforced by nothing` }]
      : []),
    ...classes.map((each) => {
      const driver = textOf(each.inputs["provisioner"]);
      return {
        feature: "volumes",
        driver,
        what: `StorageClass ${each.name}: no CSI driver '${driver}' makes its volumes`,
      };
    }),
    ...snapshots.map((each) => {
      const driver = textOf(each.inputs["driver"]);
      return {
        feature: "volumes",
        driver,
        what: `VolumeSnapshotClass ${each.name}: no CSI driver '${driver}' makes its snapshots`,
      };
    }),
    ...(snapshots.length > 0 ? [{ feature: "snapshots", what: "Volume snapshots are made by nothing" }] : []),
    ...(rights.length > 0
      ? [
          {
            feature: "pod-identity",
            what: `${rights.length} ServiceAccounts have identities that no agent brings to their pods`,
          },
        ]
      : []),
  ];
}
