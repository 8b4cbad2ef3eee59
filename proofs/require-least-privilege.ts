import { count } from "../platform/count.ts";
import type { Plan } from "../plan/model/plan.ts";
import type { Identity } from "../plan/model/safety.ts";
import type { Proof } from "./proof.ts";

export const requireLeastPrivilege: Proof = {
  name: "require-least-privilege",
  claim:
    "Every cloud identity can be assumed only by its intended user, and has exactly the permissions that it needs.",
  examine(plan) {
    const { identities } = plan.safety;
    const allowed = identities.reduce((sum, identity) => sum + identity.allowed, 0);
    const exceeding = identities.reduce((sum, { exceeds }) => sum + exceeds.length, 0);
    return {
      evidence: [
        `${count(identities.length, "identity", "identities")}, ${count(allowed, "permission")} in use, ${exceeding} in excess`,
      ],
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

function accountFailures({ name, serviceAccount }: Identity, plan: Plan): string[] {
  if (!serviceAccount) return [];
  const { rights } = plan.expected.cloud;
  const declared = rights.length === 0 || rights.some(({ account }) => isSame(account, serviceAccount));
  return [
    ...(exists(serviceAccount, plan)
      ? []
      : [`${name} does not exist, and has rights in the cloud. Name an account that pods run with.`]),
    ...(declared ? [] : [`${name} has rights in the cloud that no add-on declares. Remove its association.`]),
  ];
}

/** Whether something makes an account: a rendered or recorded object, an operator, the cloud, or an add-on that is there already. */
function exists(account: Account, { objects, addons, resources, operatedPods }: Plan): boolean {
  const rendered = [...objects.map(({ manifest }) => manifest), ...addons.flatMap((addon) => addon.objects)]
    .filter(({ kind }) => kind === "ServiceAccount")
    .map(({ metadata }) => metadata);
  const recorded = resources
    .filter(({ type }) => type === "kubernetes:core/v1:ServiceAccount")
    .map(({ inputs }) => inputs["metadata"] as { readonly name?: string; readonly namespace?: string });
  return (
    [...rendered, ...recorded].some(
      ({ name, namespace }) => name === account.name && namespace === account.namespace,
    ) ||
    // Operators name the account of their pods after the object.
    operatedPods.some(({ by }) => by.endsWith(` ${account.namespace}/${account.name}`)) ||
    addons.some(
      (addon) =>
        addon.namespace === account.namespace &&
        (addon.by === "cloud" || (addon.by === "assumed" && addon.objects.length === 0)),
    )
  );
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
