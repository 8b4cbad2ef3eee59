import { core, helm, networking } from "@pulumi/kubernetes";
import { ComponentResource, secret } from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import type { PlannedObject } from "../../plan/model/plan.ts";
import { record } from "../../plan/record.ts";
import { requireUniqueObjects } from "../../plan/unique-objects.ts";

const namespace = (name: string): PlannedObject => ({
  path: `00-namespaces/namespace.${name}.yaml`,
  manifest: { apiVersion: "v1", kind: "Namespace", metadata: { name } },
});

describe("a Kubernetes object", () => {
  test("that both the Pulumi program and a manifest declare is refused, with both", async () => {
    const resources = await record("test", () => {
      const parent = new ComponentResource("test:Group", "group");
      new core.v1.Namespace("home", { metadata: { name: "argocd" } }, { parent });
    });
    expect(() => {
      requireUniqueObjects(resources, [namespace("argocd"), namespace("other")]);
    }).toThrow(
      "Some Kubernetes objects are declared twice:\n" +
        "  Namespace argocd: urn:pulumi:test::promptops::test:Group$kubernetes:core/v1:Namespace::home and 00-namespaces/namespace.argocd.yaml\n",
    );
  });

  test("that two Pulumi resources declare is refused, though their URNs differ", async () => {
    const resources = await record("test", () => {
      for (const name of ["one", "two"]) new core.v1.Namespace(name, { metadata: { name: "argocd" } });
    });
    expect(() => {
      requireUniqueObjects(resources, []);
    }).toThrow(/Namespace argocd: urn:\S+::one and urn:\S+::two/);
  });

  test("is another one with another group, kind, namespace or name, or where its name is not known", async () => {
    const resources = await record("test", () => {
      new core.v1.Namespace("home", { metadata: { name: "argocd" } });
      new core.v1.ConfigMap("map", { metadata: { name: "argocd" } });
      new core.v1.ConfigMap("map-elsewhere", { metadata: { name: "argocd", namespace: "elsewhere" } });
      new core.v1.ConfigMap("unnamed");
      new core.v1.ConfigMap("unnamed-too", { metadata: { name: secret("argocd") } });
      new networking.v1.NetworkPolicy("policy", { metadata: { name: "argocd" } });
      new helm.v3.Release("release", { name: "argocd", chart: "argo-cd" });
    });
    expect(() => {
      requireUniqueObjects(resources, [namespace("other")]);
    }).not.toThrow();
  });
});
