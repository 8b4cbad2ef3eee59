import { groupBy } from "../../../platform/group-by.ts";
import type { DeclaredCloud, DeclaredRight } from "../../model/declared.ts";
import type { Identity } from "../../model/safety.ts";
import { type Recorded, type RecordedResource, textOf } from "../../model/recorded.ts";
import { at, nameOf, numberOf, objectsIn, ofType, referredTo, textsOf } from "../inputs.ts";
import { allows, parsePolicy, type Request, type Statement } from "./iam.ts";
import { type Need, needsOf } from "./needed-actions.ts";
import { excessOf, type Grants, grantsOf, writtenGrants } from "./role-grants.ts";

type Resources = readonly RecordedResource[];

const ROLE = "aws:iam/role:Role";
/** Associations of managed add-ons are of their own namespace. */
const ADDON_NAMESPACE = "kube-system";

/** Who takes a role, and what for. */
interface Bearer {
  readonly name: string;
  readonly role: Recorded | undefined;
  readonly service: string;
  readonly actions: readonly string[];
  /** Of the request to take the role, by condition key: ours, and those of somebody else, each of which must be refused. */
  readonly own: NonNullable<Request["context"]>;
  readonly others: readonly NonNullable<Request["context"]>[];
  readonly needs: readonly Need[];
  readonly managed: readonly string[];
  readonly serviceAccount?: NonNullable<Identity["serviceAccount"]>;
  readonly faults?: readonly string[];
}

export function identitiesOf(resources: Resources, declared: DeclaredCloud): Identity[] {
  const roles = ofType(resources, ROLE);
  const bearers = [
    ...controlPlanes(resources, declared),
    ...nodes(resources, declared),
    ...flowLogs(resources, declared),
    ...copies(resources, declared),
    ...pods(resources, declared),
  ];
  const taken = bearers.flatMap(({ role }) => referredTo(role, roles));
  const unused = roles
    .filter((role) => !taken.includes(role))
    .map((role): Identity => ({
      name: nameOf(role),
      allowed: 0,
      grants: writtenGrants(grantsOf(role, resources)),
      lacks: [],
      exceeds: [],
      trust: ["nothing takes it. Remove it, or name it where it belongs."],
    }));
  return [...bearers.map((bearer) => readBearer(bearer, resources, declared)), ...unused];
}

function readBearer(bearer: Bearer, resources: Resources, declared: DeclaredCloud): Identity {
  const { name, serviceAccount, needs, managed, faults = [] } = bearer;
  const [role, ...others] = referredTo(bearer.role, ofType(resources, ROLE));
  const base = { name, ...(serviceAccount && { serviceAccount }) };
  if (!role || others.length > 0) {
    const trust = `takes ${others.length > 0 ? "several roles" : "a role that is not in the plan"}. Name one role of this account.`;
    return { ...base, allowed: 0, grants: [], lacks: [], exceeds: [], trust: [trust, ...faults] };
  }
  const grants = grantsOf(role, resources);
  const allowed = needs.filter((need) => isAllowed(grants, need));
  return {
    ...base,
    allowed: allowed.length,
    grants: writtenGrants(grants),
    lacks: needs.filter((need) => !allowed.includes(need)).map(({ action, resource }) => `${action} on ${resource}`),
    exceeds: excessOf(grants, { needs, managed, declared }),
    trust: [...trustFaults(role, bearer), ...faults],
  };
}

const isAllowed = ({ statements }: Grants, need: Need): boolean => allows(statements, need);

/** The right service assumes the role for us, no other principal does, and the service does not for another account. */
function trustFaults(role: RecordedResource, { service, actions, own, others }: Bearer): string[] {
  const statements = parsePolicy(at(role, "assumeRolePolicy"));
  if (!statements) return ["its trust policy is not JSON. Write an assumeRolePolicy."];
  const asks = (action: string, context: NonNullable<Request["context"]>): boolean =>
    allows(statements, { action, resource: "*", principal: ["Service", service], context });
  const strangers = strangersIn(statements, service);
  const extra = statements
    .filter(({ effect, notActions }) => effect === "Allow" && notActions === undefined)
    .flatMap((statement) => statement.actions)
    .filter((action) => !actions.includes(action));
  return [
    ...actions
      .filter((action) => !asks(action, own))
      .map((action) => `${service} cannot call ${action}. Allow it in the trust policy.`),
    ...strangers.map((stranger) => `${stranger} can take its role. Remove it from the trust policy.`),
    ...extra.map((action) => `its trust policy allows ${action}. Allow ${actions.join(" and ")} alone.`),
    ...(others.some((other) => asks("sts:AssumeRole", other))
      ? [`${service} can assume its role for another account. Add a condition on ${Object.keys(own).join(" or ")}.`]
      : []),
  ];
}

const strangersIn = (statements: readonly Statement[], service: string): string[] =>
  statements
    .filter(({ effect }) => effect === "Allow")
    .flatMap(({ principals }) => Object.entries(principals))
    .flatMap(([kind, names]) => names.filter((name) => kind !== "Service" || name !== service));

const OTHER_ACCOUNT = "000000000000";

/** What a service tells about the resource for which it assumes a role. */
function sourceOf({ account = "", region = "" }: DeclaredCloud, resource: string): Pick<Bearer, "own" | "others"> {
  const of = (owner: string): Bearer["own"] => ({
    "aws:sourceaccount": [owner],
    "aws:sourcearn": [`arn:aws:${resource.replace("*", `${region}:${owner}`)}`],
  });
  return { own: of(account), others: [of(OTHER_ACCOUNT)] };
}

function controlPlanes(resources: Resources, declared: DeclaredCloud): Bearer[] {
  return ofType(resources, "aws:eks/cluster:Cluster").map((cluster) => ({
    name: nameOf(cluster),
    role: at(cluster, "roleArn"),
    service: "eks.amazonaws.com",
    actions: ["sts:AssumeRole"],
    ...sourceOf(declared, `eks:*:cluster/${textOf(at(cluster, "name"))}`),
    ...needsOf(["AmazonEKSClusterPolicy"], resources, declared),
  }));
}

/** What every node must be able to do; and its pods must not reach its credentials. */
function nodes(resources: Resources, declared: DeclaredCloud): Bearer[] {
  const policies = ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonSSMManagedInstanceCore"];
  const groups = ofType(resources, "aws:eks/nodeGroup:NodeGroup");
  const byRole = groupBy(groups, (group) => JSON.stringify(at(group, "nodeRoleArn") ?? null));
  return [...byRole.values()].map((sharing) => ({
    name: `Nodes of ${sharing.map(({ name }) => name).join(", ")}`,
    role: sharing[0] && at(sharing[0], "nodeRoleArn"),
    service: "ec2.amazonaws.com",
    actions: ["sts:AssumeRole"],
    own: {},
    others: [],
    ...needsOf(policies, resources, declared),
    faults: sharing
      .filter((group) => !hidesCredentials(group, resources))
      .map(
        ({ name }) =>
          `pods on ${name} can take its role. Set httpTokens 'required' and httpPutResponseHopLimit 1 in its launch template.`,
      ),
  }));
}

function hidesCredentials(group: RecordedResource, resources: Resources): boolean {
  const templates = referredTo(
    at(group, "launchTemplate.id"),
    ofType(resources, "aws:ec2/launchTemplate:LaunchTemplate"),
  );
  return (
    templates.length > 0 &&
    templates.every(
      (template) =>
        at(template, "metadataOptions.httpTokens") === "required" &&
        numberOf(at(template, "metadataOptions.httpPutResponseHopLimit")) === 1,
    )
  );
}

function flowLogs(resources: Resources, declared: DeclaredCloud): Bearer[] {
  return ofType(resources, "aws:ec2/flowLog:FlowLog").map((log) => ({
    name: nameOf(log),
    role: at(log, "iamRoleArn"),
    service: "vpc-flow-logs.amazonaws.com",
    actions: ["sts:AssumeRole"],
    ...sourceOf(declared, "ec2:*:vpc-flow-log/fl-1"),
    ...needsOf(["write-flow-logs"], resources, declared),
  }));
}

function copies(resources: Resources, declared: DeclaredCloud): Bearer[] {
  return ofType(resources, "aws:backup/selection:Selection").map((selection) => ({
    name: nameOf(selection),
    role: at(selection, "iamRoleArn"),
    service: "backup.amazonaws.com",
    actions: ["sts:AssumeRole"],
    ...sourceOf(declared, "backup:*:backup-plan:1"),
    ...needsOf(["copy-database"], resources, declared),
  }));
}

function pods(resources: Resources, declared: DeclaredCloud): Bearer[] {
  const clusters = ofType(resources, "aws:eks/cluster:Cluster");
  const own = ofType(resources, "aws:eks/podIdentityAssociation:PodIdentityAssociation").map((each) =>
    podBearer(each, { ...each.inputs, namespace: each.inputs["namespace"] ?? "" }, { resources, declared, clusters }),
  );
  const ofAddons = ofType(resources, "aws:eks/addon:Addon").flatMap((addon) =>
    objectsIn(at(addon, "podIdentityAssociations")).map((each) =>
      podBearer(addon, { ...each, namespace: ADDON_NAMESPACE }, { resources, declared, clusters }),
    ),
  );
  return [...own, ...ofAddons];
}

function podBearer(
  by: RecordedResource,
  association: Readonly<Record<string, Recorded>>,
  { resources, declared, clusters }: { resources: Resources; declared: DeclaredCloud; clusters: Resources },
): Bearer {
  const account = {
    namespace: textsOf(association["namespace"])[0] ?? "",
    name: textsOf(association["serviceAccount"])[0] ?? "",
  };
  const right = declared.rights.find(
    ({ account: each }) => each.namespace === account.namespace && each.name === account.name,
  );
  const own: Bearer["own"] = {
    "aws:requesttag/eks-cluster-name": [declared.cluster],
    "aws:requesttag/kubernetes-namespace": [account.namespace],
    "aws:requesttag/kubernetes-service-account": [account.name],
  };
  const faults =
    referredTo(at(by, "clusterName"), clusters).length > 0
      ? []
      : [`${nameOf(by)} is of no cluster of the plan. Set its clusterName.`];
  return {
    name: `ServiceAccount ${account.namespace}/${account.name}`,
    serviceAccount: account,
    role: association["roleArn"],
    service: "pods.eks.amazonaws.com",
    actions: ["sts:AssumeRole", "sts:TagSession"],
    own,
    others: Object.keys(own).map((tag) => ({ ...own, [tag]: ["other"] })),
    ...needsOf(mayOf(right), resources, declared),
    faults,
  };
}

const mayOf = (right: DeclaredRight | undefined): readonly string[] => right?.may ?? [];
