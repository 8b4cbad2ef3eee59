import { afterAll, beforeAll, expect, test } from "vitest";
import type { Plan } from "../../plan/model/plan.ts";
import { eventually, type KubeObject } from "../cluster/client.ts";
import { damageObject, planOf, withoutObject } from "../plans.ts";
import { type Answer, differing, Matrix } from "./asks.ts";
import { becomes, type ComputerState, stateOfComputer } from "./computer-state.ts";
import { type NodeCluster, startNodes } from "./nodes.ts";

let plan: Plan;
let cluster: NodeCluster;
let matrix: Matrix;
let before: ComputerState;

beforeAll(async () => {
  before = stateOfComputer();
  plan = await planOf("production");
  cluster = await startNodes({ plan });
  await cluster.apply(manifestsOf(plan, "Namespace", "NetworkPolicy"));
  matrix = await Matrix.start(cluster, plan);
});
afterAll(() => cluster.stop());

const manifestsOf = ({ objects }: Plan, ...kinds: string[]): KubeObject[] =>
  objects.map(({ manifest }) => manifest as KubeObject).filter(({ kind }) => kinds.includes(kind));

/** Asks until all answers are as the plan says: agents see a policy a moment after it is written. */
async function agreed(ask: () => Promise<Answer[]>): Promise<Answer[]> {
  let answers: Answer[] = [];
  await eventually(
    "all answers to be the plan's",
    async () => {
      answers = await ask();
      return differing(answers).length === 0 || undefined;
    },
    {
      seconds: 240,
      explain: () =>
        Promise.resolve(
          differing(answers)
            .slice(0, 20)
            .map((each) => JSON.stringify(each))
            .join("\n"),
        ),
    },
  );
  return answers;
}

const openIn = (answers: readonly Answer[]): string[] => [
  ...new Set(
    answers.filter(({ outcome }) => outcome !== "timeout").map(({ from, to, port }) => `${from} > ${to} ${port}`),
  ),
];

test("every pair of workloads connects on the ports that the plan says, and on no other", async () => {
  const answers = await agreed(() => matrix.betweenPods(plan));
  const open = openIn(answers);
  console.log(`${answers.length} connections between pods, ${open.length} ports open`);
  expect(open).toContain("gateway/gateway > application/api 8080");
  expect(open).not.toContain("application/api > application/worker 8081");
});

test("every workload reaches the addresses outside that the plan says, and no other", async () => {
  const answers = await agreed(() => matrix.toOutside(plan));
  const open = openIn(answers);
  console.log(`${answers.length} connections to outside, ${open.length} open`);
  expect(open.filter((each) => each.startsWith("application/worker"))).toEqual([
    "application/worker > DNS 53",
    "application/worker > the database 5432",
    "application/worker > the identity agent 80",
  ]);
  expect(open.filter((each) => each.startsWith("application/egress-proxy"))).toEqual([
    "application/egress-proxy > DNS 53",
    "application/egress-proxy > the internet 443",
  ]);
  expect(open.filter((each) => each.includes("the metadata service"))).toEqual([]);
  expect(open.filter((each) => each.includes("the identity agent")).toSorted()).toEqual([
    "application/api > the identity agent 80",
    "application/worker > the identity agent 80",
    "aws-load-balancer-controller/aws-load-balancer-controller > the identity agent 80",
    "cluster-autoscaler/cluster-autoscaler > the identity agent 80",
    "external-dns/external-dns > the identity agent 80",
    "external-secrets/external-secrets > the identity agent 80",
    "velero/velero > the identity agent 80",
  ]);
});

test("the internet reaches the gateway alone", async () => {
  const answers = await agreed(() => matrix.fromOutside(plan));
  expect(openIn(answers)).toEqual(["internet > gateway/gateway 80", "internet > gateway/gateway 443"]);
});

test("a policy that is removed leaves its pods cut off, as the plan without it says", async () => {
  const without = withoutObject(plan, "NetworkPolicy", "worker");
  const path = "/apis/networking.k8s.io/v1/namespaces/application/networkpolicies/worker";
  await cluster.client.call(path, { method: "DELETE" });
  const open = openIn(await agreed(() => matrix.betweenPods(without)));
  expect(open.filter((each) => each.startsWith("application/worker > "))).toEqual([]);
  await cluster.apply(manifestsOf(plan, "NetworkPolicy"));
});

test("a policy that is wider lets in whom it names, as the plan with it says", async () => {
  const wider = damageObject(plan, "NetworkPolicy", "api", ({ spec }) => {
    spec.ingress.push({ ports: [{ port: 9080, protocol: "TCP" }] });
  });
  await cluster.apply(manifestsOf(wider, "NetworkPolicy"));
  const opened = openIn(await agreed(() => matrix.betweenPods(wider)));
  expect(opened).toContain("argocd/argo-cd-argocd-server > application/api 9080");
});

test("nodes that are stopped leave this computer as it was", async () => {
  await cluster.stop();
  await becomes(before);
});
