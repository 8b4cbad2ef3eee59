import { stringify } from "yaml";
import type { Verdict } from "kubeconform-wasm";

/** A manifest and what has to be said of it, here and by native kubeconform alike. */
export interface Case {
  readonly name: string;
  readonly status: Verdict["status"];
  /** What one of the messages says; absent for a sound manifest. */
  readonly message?: RegExp;
  readonly manifest: string;
}

const deployment = (spec: object = {}, pod: object = {}, container: object = {}): string =>
  stringify({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: {
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" } },
        spec: { containers: [{ name: "web", image: "web:1", ...container }], ...pod },
      },
      ...spec,
    },
  });

const scaledObject = (spec: object): string =>
  stringify({
    apiVersion: "keda.sh/v1alpha1",
    kind: "ScaledObject",
    metadata: { name: "web" },
    spec: { scaleTargetRef: { name: "web" }, triggers: [{ type: "cpu", metadata: { value: "1" } }], ...spec },
  });

export const cases: readonly Case[] = [
  { name: "a sound Deployment", status: "valid", manifest: deployment() },
  {
    name: "a quantity as a number",
    status: "valid",
    manifest: deployment({}, {}, { resources: { requests: { cpu: 1 } } }),
  },
  {
    name: "a port by name",
    status: "valid",
    manifest: deployment({}, {}, { livenessProbe: { httpGet: { path: "/", port: "http" } } }),
  },
  {
    name: "a surge in percent",
    status: "valid",
    manifest: deployment({ strategy: { rollingUpdate: { maxSurge: "25%" } } }),
  },
  {
    name: "a claim inside of a StatefulSet without its kind",
    status: "valid",
    manifest: stringify({
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: "db" },
      spec: {
        serviceName: "db",
        selector: {},
        template: { spec: { containers: [{ name: "db", image: "db:1" }] } },
        volumeClaimTemplates: [{ metadata: { name: "data" }, spec: { accessModes: ["ReadWriteOnce"] } }],
      },
    }),
  },
  { name: "a custom kind", status: "valid", manifest: scaledObject({ maxReplicaCount: 5 }) },
  {
    name: "a field too much",
    status: "invalid",
    message: /\/spec: additional properties 'replica' not allowed/,
    manifest: deployment({ replica: 3 }),
  },
  {
    name: "a field too much deep inside",
    status: "invalid",
    message: /\/spec\/template\/spec\/containers\/0: additional properties 'imagePullpolicy'/,
    manifest: deployment({}, {}, { imagePullpolicy: "Always" }),
  },
  {
    name: "a word for a number",
    status: "invalid",
    message: /\/spec\/replicas: got string, want integer/,
    manifest: deployment({ replicas: "3" }),
  },
  {
    name: "a required field missing",
    status: "invalid",
    message: /missing property 'selector'/,
    manifest: stringify({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "x" },
      spec: { template: { spec: { containers: [] } } },
    }),
  },
  {
    name: "no metadata",
    status: "invalid",
    message: /missing property 'metadata'/,
    manifest: stringify({ apiVersion: "v1", kind: "ConfigMap" }),
  },
  { name: "a null", status: "invalid", message: /got null, want/, manifest: deployment({ paused: null }) },
  {
    name: "a field too much in a custom kind",
    status: "invalid",
    message: /\/spec: additional properties 'maxReplicas'/,
    manifest: scaledObject({ maxReplicas: 5 }),
  },
  {
    name: "a value outside of a custom kind's list",
    status: "invalid",
    message: /value must be one of/,
    manifest: scaledObject({ fallback: { failureThreshold: 1, replicas: 1, behavior: "hope" } }),
  },
  {
    name: "a kind that there is not",
    status: "error",
    message: /could not find schema for apps\/v9\/Deployment/,
    manifest: stringify({ apiVersion: "apps/v9", kind: "Deployment", metadata: { name: "x" } }),
  },
  {
    name: "no kind",
    status: "error",
    message: /missing 'kind' key/,
    manifest: "apiVersion: v1\nmetadata: {name: x}\n",
  },
  {
    name: "a key written twice",
    status: "error",
    message: /key "name" already set in map/,
    manifest: "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  name: b\n",
  },
  { name: "what is no YAML", status: "error", message: /error unmarshalling resource/, manifest: "kind: [\n" },
];
