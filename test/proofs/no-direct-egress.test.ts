import { expect, test } from "vitest";
import { noDirectEgress } from "../../proofs/no-direct-egress.ts";
import { damageObject, planOf } from "../plans.ts";
import { container, testProof } from "./damage.ts";

const internet = {
  to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"] } }],
  ports: [{ port: 443, protocol: "TCP" }],
};

testProof(noDirectEgress, [
  [
    "a way to the internet beside the proxy's",
    "NetworkPolicy",
    "worker",
    ({ spec }) => spec.egress.push(internet),
    /^application\/worker can connect to the internet on port 443, past the egress proxy/,
  ],
  [
    "a way to one public address",
    "NetworkPolicy",
    "api",
    ({ spec }) => spec.egress.push({ to: [{ ipBlock: { cidr: "93.184.215.14/32" } }], ports: internet.ports }),
    /^application\/api can connect to the internet on port 443/,
  ],
  [
    "a way on every port",
    "NetworkPolicy",
    "api",
    ({ spec }) => spec.egress.push({ to: internet.to }),
    /^application\/api can connect to the internet on port 0-65535/,
  ],
]);

test("finds a proxy that nobody names", async () => {
  const callers = [
    ["Rollout", "api"],
    ["Deployment", "notifications"],
    ["Deployment", "worker"],
  ] as const;
  const unnamed = callers.reduce(
    (plan, [kind, name]) => damageObject(plan, kind, name, (manifest) => (container(manifest).env = [])),
    await planOf("production"),
  );
  expect(noDirectEgress.examine(unnamed).failures).toContainEqual(
    expect.stringMatching(/^application\/egress-proxy can connect to the internet on port 443/),
  );
});
