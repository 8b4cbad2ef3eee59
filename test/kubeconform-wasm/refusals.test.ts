import { expect, test } from "vitest";
import type { Editable } from "../plans.ts";
import { container, judgeChanged, type Kind } from "./sound-objects.ts";

type Refusal = readonly [
  name: string,
  kind: Kind,
  change: (object: Editable) => unknown,
  field: string,
  message: RegExp,
];

/** Changes of sound objects that JSON schemas accept for the most part, and the API server refuses. */
const refusals: readonly Refusal[] = [
  [
    "a limit under its request",
    "Deployment",
    (o) => (container(o).resources.limits.memory = "64Mi"),
    "spec.template.spec.containers[0].resources.requests",
    /must be less than or equal to memory limit of 64Mi/,
  ],
  [
    "a mount without a volume",
    "Deployment",
    (o) => (o.spec.template.spec.volumes = []),
    "spec.template.spec.containers[0].volumeMounts[0].name",
    /Not found: "tmp"/,
  ],
  [
    "a selector that its pods do not have",
    "Deployment",
    (o) => (o.spec.selector.matchLabels.app = "api"),
    "spec.template.metadata.labels",
    /does not match template/,
  ],
  [
    "a restart policy of Jobs",
    "Deployment",
    (o) => (o.spec.template.spec.restartPolicy = "Never"),
    "spec.template.spec.restartPolicy",
    /Unsupported value/,
  ],
  [
    "a probe without an action",
    "Deployment",
    (o) => (container(o).livenessProbe = { periodSeconds: 5 }),
    "spec.template.spec.containers[0].livenessProbe",
    /must specify a handler type/,
  ],
  [
    "a rolling update that may change nothing",
    "Deployment",
    (o) => (o.spec.strategy = { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } }),
    "spec.strategy.rollingUpdate.maxUnavailable",
    /may not be 0/,
  ],
  [
    "a bad quantity",
    "Deployment",
    (o) => (container(o).resources.requests.memory = "1GB"),
    "",
    /quantities must match/,
  ],
  ["a word for a number", "Deployment", (o) => (o.spec.replicas = "3"), "spec.replicas", /cannot unmarshal string/],
  [
    "an unknown field",
    "Deployment",
    (o) => (container(o).imagePullpolicy = "Always"),
    "spec.template.spec.containers[0].imagePullpolicy",
    /unknown field/,
  ],
  ["a bad name", "Service", (o) => (o.metadata.name = "Web_1"), "metadata.name", /DNS-1035 label/],
  [
    "a time to live below zero",
    "Job",
    (o) => (o.spec.ttlSecondsAfterFinished = -1),
    "spec.ttlSecondsAfterFinished",
    /greater than or equal to 0/,
  ],
  [
    "a Job that always restarts",
    "Job",
    (o) => (o.spec.template.spec.restartPolicy = "Always"),
    "spec.template.spec.restartPolicy",
    /valid values: "OnFailure", "Never"/,
  ],
  [
    "a selector of its own",
    "Job",
    (o) => (o.spec.selector = { matchLabels: { app: "web" } }),
    "spec.selector",
    /`selector` not auto-generated/,
  ],
  [
    "a zone that is none",
    "CronJob",
    (o) => (o.spec.timeZone = "Europe/Atlantis"),
    "spec.timeZone",
    /unknown time zone/,
  ],
  ["a bad schedule", "CronJob", (o) => (o.spec.schedule = "61 * * * *"), "spec.schedule", /above maximum/],
  [
    "a minimum over the maximum",
    "HorizontalPodAutoscaler",
    (o) => (o.spec.minReplicas = 5),
    "spec.maxReplicas",
    /greater than or equal to `minReplicas`/,
  ],
  [
    "a port twice",
    "Service",
    (o) => o.spec.ports.push({ ...o.spec.ports[0], name: "other" }),
    "spec.ports[1]",
    /Duplicate value/,
  ],
  [
    "a node port out of range",
    "Service",
    (o) => {
      o.spec.type = "NodePort";
      o.spec.ports[0].nodePort = 80;
    },
    "spec.ports[0].nodePort",
    /30000-32767/,
  ],
  [
    "a budget with both bounds",
    "PodDisruptionBudget",
    (o) => (o.spec.maxUnavailable = 1),
    "spec",
    /cannot be both set/,
  ],
  [
    "an exception outside of its block",
    "NetworkPolicy",
    (o) => (o.spec.ingress[0].from[0].ipBlock.except = ["11.0.0.0/8"]),
    "spec.ingress[0].from[0].ipBlock.except[0]",
    /strict subset/,
  ],
  [
    "a range of ports that ends before it begins",
    "NetworkPolicy",
    (o) => (o.spec.ingress[0].ports[0].endPort = 70),
    "spec.ingress[0].ports[0].endPort",
    /must be greater than or equal to/,
  ],
  [
    "a relative path",
    "Ingress",
    (o) => (o.spec.rules[0].http.paths[0].path = "web"),
    "spec.rules[0].http.paths[0].path",
    /must be an absolute path/,
  ],
  [
    "a claim of nothing",
    "PersistentVolumeClaim",
    (o) => (o.spec.resources.requests.storage = "0"),
    "spec.resources[storage]",
    /must be greater than zero/,
  ],
  [
    "a default over the maximum",
    "LimitRange",
    (o) => (o.spec.limits[0].default.cpu = "3"),
    "spec.limits[0].default[cpu]",
    /max value/,
  ],
  [
    "a role of another group",
    "RoleBinding",
    (o) => (o.roleRef.apiGroup = "example.com"),
    "roleRef.apiGroup",
    /Unsupported value/,
  ],
  ["a Secret that lacks its type's key", "Secret", (o) => (o.data = {}), "data[.dockerconfigjson]", /Required value/],
  [
    "a rule in CEL",
    "HTTPRoute",
    (o) => (o.spec.rules[0].filters = [{ type: "RequestRedirect", requestRedirect: {} }]),
    "spec.rules[0]",
    /RequestRedirect/,
  ],
  [
    "an unknown field of a custom kind",
    "ScaledObject",
    (o) => (o.spec.maxReplicas = 5),
    "spec.maxReplicas",
    /unknown field/,
  ],
];

test.each(refusals.map(([name, kind, change, field, message]) => ({ name, kind, change, field, message })))(
  "the API server refuses $name ($kind)",
  async ({ kind, change, field, message }) => {
    const { status, causes } = await judgeChanged(kind, change);
    expect(status).toBe("refused");
    expect(causes).toContainEqual({ field, message: expect.stringMatching(message) });
  },
);
