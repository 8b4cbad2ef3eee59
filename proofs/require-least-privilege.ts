import type { Plan } from "../plan/model/plan.ts";
import type { Identity } from "../plan/model/safety.ts";
import type { Proof } from "./proof.ts";

export const requireLeastPrivilege: Proof = {
  name: "require-least-privilege",
  claim: "Every identity in the cloud is taken by whom it is for alone, and may do what that needs and nothing else.",
  examine(plan) {
    const { identities } = plan.safety;
    const allowed = identities.reduce((sum, identity) => sum + identity.allowed, 0);
    return {
      evidence: [`${identities.length} identities, ${allowed} rights that they need, 0 that they do not`],
      failures: [
        ...identities.flatMap(identityFailures),
        ...identities.flatMap((identity) => accountFailures(identity, plan)),
        ...missingFailures(plan),
      ],
    };
  },
};

const identityFailures = ({ name, lacks, exceeds, trust }: Identity): string[] => [
  ...lacks.map((right) => `${name} cannot ${right}, which it needs. Allow it.`),
  ...exceeds.map((fault) => `${name}: ${fault}`),
  ...trust.map((fault) => `${name}: ${fault}`),
];

/** Accounts of pods exist: we or an add-on's source render them, the cloud brings them, or the add-on is in the cluster already. */
function accountFailures({ name, serviceAccount }: Identity, { objects, addons, resources, expected }: Plan): string[] {
  if (!serviceAccount) return [];
  const rendered = [...objects.map(({ manifest }) => manifest), ...addons.flatMap((addon) => addon.objects)];
  const exists =
    rendered.some(
      ({ kind, metadata }) =>
        kind === "ServiceAccount" &&
        metadata.name === serviceAccount.name &&
        metadata.namespace === serviceAccount.namespace,
    ) ||
    resources.some(
      ({ type, inputs }) =>
        type === "kubernetes:core/v1:ServiceAccount" &&
        JSON.stringify(inputs["metadata"]) ===
          JSON.stringify({ name: serviceAccount.name, namespace: serviceAccount.namespace }),
    ) ||
    addons.some(
      ({ by, namespace, objects: recorded }) =>
        namespace === serviceAccount.namespace && (by === "cloud" || (by === "assumed" && recorded.length === 0)),
    );
  const declared =
    expected.cloud.rights.length === 0 || expected.cloud.rights.some(({ account }) => isSame(account, serviceAccount));
  return [
    ...(exists ? [] : [`${name} does not exist, and has rights in the cloud. Name an account that pods run with.`]),
    ...(declared ? [] : [`${name} has rights in the cloud that no add-on declares. Remove its association.`]),
  ];
}

type Account = NonNullable<Identity["serviceAccount"]>;

const isSame = (one: Account, other: Account): boolean => one.name === other.name && one.namespace === other.namespace;

/** Declared rights that nothing grants. */
function missingFailures({ safety: { identities }, expected: { cloud } }: Plan): string[] {
  return cloud.rights.flatMap(({ account, may }) => {
    const found = identities.filter(({ serviceAccount }) => serviceAccount && isSame(serviceAccount, account));
    const which = `ServiceAccount ${account.namespace}/${account.name}`;
    if (found.length === 0)
      return [`${which} may not ${may.join(" or ")}: no identity is associated with it. Add one.`];
    return found.length > 1 ? [`${which} has ${found.length} identities. Associate one.`] : [];
  });
}
