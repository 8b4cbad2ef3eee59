import { beforeAll, describe, expect, test } from "vitest";
import type { ThingChange } from "../../plan/model/changes.ts";
import type { Effects } from "../../plan/model/effects.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { effectsOf } from "../../proofs/evaluation/effects.ts";
import { consequences } from "../../report/consequences.ts";
import { damageObject, planOf, remodel, withObject, withoutObject } from "../plans.ts";
import { damaged, without, withResource } from "../proofs/cloud.ts";

let plan: Plan;
let before: Effects;
beforeAll(async () => {
  plan = await planOf("production");
  before = effectsOf(plan);
});

const signs = { added: "+", removed: "-", changed: "~" };
const describeChange = ({ kind, change, name, changes }: ThingChange): string =>
  [`${kind.split(":")[0] ?? ""} ${signs[change]} ${name}`, ...changes.map(({ path }) => path)].join(" | ");
const after = (changed: Plan): string[] => consequences(before, effectsOf(changed)).map(describeChange);
const undone = (changed: Plan): string[] => consequences(effectsOf(changed), before).map(describeChange);

test("an unchanged plan has none", () => {
  expect(after(plan)).toEqual([]);
});

describe("connections", () => {
  const open = (peer: object, ports: object[] = []): Plan =>
    withObject(plan, {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "open", namespace: "application" },
      spec: {
        podSelector: {},
        policyTypes: ["Ingress", "Egress"],
        ingress: [{ from: [peer], ports }],
        egress: [{ to: [peer], ports }],
      },
    });

  test("open between pods, once both ends allow them, on the ports that were closed", () => {
    expect(after(open({ podSelector: {} }, [{ port: 9000, endPort: 9080 }]))).toEqual(
      expect.arrayContaining([
        "connections + application/api -> application/worker: 9000-9080",
        "connections + application/worker -> application/api: 9000-9080",
      ]),
    );
  });

  test("do not open while one end is closed", () => {
    const changes = after(open({ namespaceSelector: {} }, [{ port: 5672 }]));
    expect(changes.filter((each) => each.includes("application/api -> data/"))).toEqual([]);
  });

  test("open to addresses outside", () => {
    expect(after(open({ ipBlock: { cidr: "203.0.113.0/24" } }, [{ port: 22 }]))).toContain(
      "connections + application/api -> 203.0.113.0-203.0.113.255: 22",
    );
  });

  test("close with the policy that allows them", () => {
    const changes = after(withoutObject(plan, "NetworkPolicy", "worker"));
    expect(changes).toContain("connections - application/worker -> data/valkey: 6379");
    expect(undone(withoutObject(plan, "NetworkPolicy", "worker"))).toContain(
      "connections + application/worker -> data/valkey: 6379",
    );
  });

  test("all open where nothing selects pods any more", () => {
    const policies = plan.objects.filter(
      ({ manifest: { kind, metadata } }) => kind === "NetworkPolicy" && metadata.namespace === "data",
    );
    const changed = remodel(plan, { objects: plan.objects.filter((each) => !policies.includes(each)) });
    expect(after(changed)).toEqual(
      expect.arrayContaining([
        "connections + data/valkey -> data/rabbitmq: 0-65535",
        "connections + data/valkey -> 0.0.0.0-255.255.255.255: 0-65535",
      ]),
    );
  });
});

describe("permissions", () => {
  const bound = (roleRef: object, kind = "ClusterRoleBinding"): Plan =>
    withObject(plan, {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind,
      metadata: { name: "extra", ...(kind === "RoleBinding" && { namespace: "data" }) },
      ...{ roleRef, subjects: [{ kind: "ServiceAccount", name: "api", namespace: "application" }] },
    });

  test("are gained from a role that the plan does not show", () => {
    expect(after(bound({ kind: "ClusterRole", name: "cluster-admin" }))).toEqual([
      "permissions + ServiceAccount application/api: all of ClusterRole cluster-admin *",
    ]);
  });

  test("are gained within the namespace of a RoleBinding, by the rules of the role", () => {
    const role = {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "reads" },
      rules: [{ apiGroups: ["", "apps"], resources: ["secrets"], resourceNames: ["a"], verbs: ["get"] }],
    };
    const changed = withObject(bound({ kind: "ClusterRole", name: "reads" }, "RoleBinding"), role);
    expect(after(changed)).toEqual([
      "permissions + ServiceAccount application/api: get secrets 'a' in namespace data",
      "permissions + ServiceAccount application/api: get secrets.apps 'a' in namespace data",
    ]);
  });

  const policies = "rolePolicy:RolePolicy";
  const edit = (change: (statement: Record<string, unknown>) => void): Plan =>
    damaged(plan, policies.split(":").at(-1) ?? "", (inputs) => {
      const document = JSON.parse(inputs.policy) as { Statement: Record<string, unknown>[] };
      document.Statement.forEach(change);
      inputs.policy = JSON.stringify(document);
    });

  test("of the cloud are gained with a wider action, and what it covers is not lost", () => {
    const changes = after(edit((statement) => (statement["Action"] = "*")));
    expect(changes.length).toBeGreaterThan(0);
    expect(changes.filter((each) => !each.startsWith("permissions + ") || !/: \* /.test(each))).toEqual([]);
  });

  test("of the cloud are gained when a condition goes", () => {
    const changes = after(edit((statement) => delete statement["Condition"]));
    expect(changes).toContainEqual(expect.stringMatching(/^permissions \+ .*: kms:/));
    expect(changes.filter((each) => each.startsWith("permissions -"))).toEqual([]);
  });

  test("of the cloud are gained with a policy of the provider", () => {
    const role = plan.resources.find(({ type }) => type === "aws:eks/nodeGroup:NodeGroup")?.inputs["nodeRoleArn"];
    const policyArn = "arn:aws:iam::aws:policy/AdministratorAccess";
    const attachment = { policyArn, role: role ?? null };
    const changed = withResource(plan, "aws:iam/rolePolicyAttachment:RolePolicyAttachment", attachment);
    expect(after(changed)).toContainEqual(
      expect.stringMatching(/^permissions \+ Nodes of .*: all of the policy AdministratorAccess \*$/),
    );
  });

  test("of the cloud are lost with a denial, and gained without it", () => {
    const denied = edit((statement) => (statement["Effect"] = "Deny"));
    expect(after(denied)).toContainEqual(expect.stringMatching(/^permissions - .*: secretsmanager:/));
    expect(undone(denied)).toContainEqual(expect.stringMatching(/^permissions \+ .*: secretsmanager:/));
  });
});

test("replicas, requests and limits that change are told for each workload", () => {
  const changed = damageObject(plan, "Deployment", "worker", ({ spec: { template } }) => {
    const [container] = template.spec.containers;
    container.resources.limits.memory = "3Gi";
    container.resources.requests.cpu = "1500m";
  });
  expect(after(changed)).toEqual([
    "replicas, requests and limits of pods ~ Deployment application/worker | CPU request | memory limit",
  ]);
  expect(after(damageObject(plan, "ScaledObject", "worker", ({ spec }) => (spec.maxReplicaCount = 3)))).toEqual([
    "replicas, requests and limits of pods ~ Deployment application/worker | maximum replicas",
  ]);
});

describe("data", () => {
  test("is replaced with an input that the provider cannot change", () => {
    expect(after(damaged(plan, "Instance", (inputs) => (inputs.storageEncrypted = false)))).toContainEqual(
      expect.stringMatching(/^data ~ Instance '.*' \| storageEncrypted$/),
    );
    expect(after(damaged(plan, "Instance", (inputs) => (inputs.instanceClass = "db.m7g.xlarge")))).toEqual([
      "cost a month ~ sum | at minimum size | expected | at maximum size",
      "cost a month ~ Database: RDS db.m7g.large | at minimum size | expected | at maximum size",
      "cost a month ~ Database: RDS db.m7g.xlarge | at minimum size | expected | at maximum size",
    ]);
  });

  test("is deleted with its resource", () => {
    expect(after(without(plan, "Bucket"))).toContainEqual(expect.stringMatching(/^data - Bucket '/));
  });

  test("is replaced with another storage class, whichever kind of object names it", () => {
    const changed = damageObject(plan, "RabbitmqCluster", "rabbitmq", ({ spec }) => {
      spec.persistence.storageClassName = "other";
    });
    expect(after(changed)).toContain("data ~ RabbitmqCluster data/rabbitmq | spec.persistence.storageClassName");
  });
});

describe("cost", () => {
  test("changes with what is bought, at the sizes where it does", () => {
    const more = damaged(plan, "NodeGroup data-1-a", ({ scalingConfig }) => (scalingConfig.maxSize = 4));
    const [sum, ...items] = consequences(before, effectsOf(more));
    expect(sum).toMatchObject({ kind: "cost a month: changed (~)", name: "sum" });
    expect(sum?.changes.map(({ path }) => path)).toEqual(["expected", "at maximum size"]);
    expect(items.map(({ name }) => name)).toContain("NodePool data: EC2 r5.xlarge");
  });

  test("that nobody knows is said, so that a lower sum does not mislead", () => {
    const unknown = damaged(plan, "Instance database", (inputs) => (inputs.instanceClass = "db.x2g.large"));
    const line = "Instance 'database': 'RDS db.x2g.large' has no price in eu-central-1.";
    expect(after(unknown)).toContain(`unpriced + ${line}`);
    expect(undone(unknown)).toContain(`unpriced - ${line}`);
  });
});
