import { spawnSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { descriptors, root } from "../environments.ts";

/** Where code that is no add-on's lives; those of them that are there. */
const LAYERS = ["platform", "infra", "k8s", "plan", "proofs", "report", "local", "cli", "services"];

/** Catalogues, generated imports and definitions name whom they like. */
const DATA = /^(platform\/catalogue|k8s\/imports|k8s\/crds)\//;

/** By add-on: lines outside its folder that may name it, and why. */
const allowed: Readonly<Record<string, readonly { readonly line: RegExp; readonly why: string }[]>> = {
  "cert-manager": [
    { line: /imports\/cert-manager\.io\.ts"/, why: "the kinds of the gateway's certificate and its issuer" },
    { line: /cert-manager (makes|puts|tries)/, why: "a comment on what its controller does with these kinds" },
    { line: /cert-manager's defaults/, why: "a comment on when its controller renews a certificate" },
  ],
  "cloudnative-pg": [
    { line: /https:\/\/cloudnative-pg\.io\//, why: "where a default of its kind Cluster is documented" },
  ],
  "cluster-autoscaler": [
    { line: /k8s\.io\/cluster-autoscaler\//, why: "tag keys of autoscaling groups" },
    { line: /\/cluster-autoscaler\/cloudprovider\/aws\//, why: "where these tags are documented" },
  ],
  "external-secrets": [
    { line: /imports\/external-secrets\.io\.ts"/, why: "the kinds by which every workload gets its secrets" },
  ],
  istio: [{ line: /"istio-injection"/, why: "a label key of namespaces" }],
  keda: [{ line: /imports\/keda\.sh\.ts"/, why: "the kind by which our own services scale" }],
  "kube-proxy": [
    { line: /\/\*\* kube-proxy may be/, why: "a comment on the versions that Kubernetes supports together" },
    {
      line: /"addonName"\) !== "kube-proxy"|addons\/kube-proxy\/addon\.ts/,
      why: "EKS has a version of it per Kubernetes minor",
    },
  ],
  rabbitmq: [{ line: /from "rabbitmq-client"/, why: "the client of its protocol" }],
  velero: [
    { line: /"velero\.io\/csi-volumesnapshot-class"/, why: "a label key of a snapshot class" },
    { line: /"velero\.io\/exclude-from-backup"/, why: "a label key of what backups leave out" },
    { line: /"velero\.io\/BackupStorageLocation"/, why: "an API group and kind" },
  ],
};

describe.each(descriptors.addons.map(({ name }) => name))("the add-on %s", (name) => {
  test("is known to its own folder alone", () => {
    const { stdout } = spawnSync("git", ["grep", "-wiI", name, "--", ...LAYERS], { cwd: root, encoding: "utf8" });
    const lines = stdout.split("\n").filter((line) => line !== "" && !DATA.test(line));
    const strays = lines.filter((line) => !(allowed[name] ?? []).some((entry) => entry.line.test(line)));
    expect(strays).toEqual([]);
    for (const { line } of allowed[name] ?? [])
      expect(
        lines.some((each) => line.test(each)),
        String(line),
      ).toBe(true);
  });
});
