import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";
import { nodesOf } from "../../platform/placement.ts";

const NAMESPACE = "argocd";

/** An Application is as healthy as its own status says; until Argo CD has judged it, it is under way. */
const APPLICATION_HEALTH = `
local health = obj.status and obj.status.health
if health == nil then return { status = "Progressing", message = "not judged yet" } end
return { status = health.status, message = health.message }
`;

/**
 * A Gateway is healthy once it is programmed. Argo CD's own script also waits for the certificate of each listener, which
 * cert-manager gets only through the Gateway's other listener: the first sync would fail.
 */
const GATEWAY_HEALTH = `
local conditions = obj.status and obj.status.conditions or {}
for _, condition in ipairs(conditions) do
  if condition.type == "Accepted" and condition.status == "False" then
    return { status = "Degraded", message = condition.message }
  end
end
for _, condition in ipairs(conditions) do
  if condition.type == "Programmed" and condition.status == "True" then
    return { status = "Healthy", message = condition.message }
  end
end
return { status = "Progressing", message = "not programmed yet" }
`;

/** Argo CD's own script waits until a gateway has accepted the route. A route is applied before its gateway. */
const ROUTE_HEALTH = `local parents = obj.status ~= nil and obj.status.parents or {}
for _, parent in ipairs(parents) do
  for _, condition in ipairs(parent.conditions or {}) do
    if (condition.type == "Accepted" or condition.type == "ResolvedRefs") and condition.status == "False" then
      return { status = "Degraded", message = condition.message }
    end
  end
end
return { status = "Healthy", message = #parents == 0 and "no gateway has judged it yet" or "" }
`;

const requests = (cpu: string, memory: string): object => ({ requests: { cpu, memory }, limits: { memory } });

/** Argo CD, which brings everything else into the cluster and keeps it as committed. */
export const argoCd = defineAddon({
  name: "argo-cd",
  licence: "Apache-2.0",
  options: z.strictObject({}),
  enabled: () => true,
  delivery: {
    by: "program",
    source: {
      kind: "chart",
      repository: "https://argoproj.github.io/argo-helm",
      chart: "argo-cd",
      versions: ["10.1.1"],
    },
    values: ({ placement, protect }) => {
      const replicas = protect ? 2 : 1;
      return {
        global: { ...nodesOf(placement), networkPolicy: { create: true } },
        configs: {
          // Argo CD compares with what the API server would make of an object, defaults included: a custom kind's would always differ.
          params: { "server.insecure": false, "controller.diff.server.side": true },
          // Without it an Application counts as healthy at once, and nothing waits for the operator that it brings.
          cm: {
            "resource.customizations.health.argoproj.io_Application": APPLICATION_HEALTH,
            "resource.customizations.health.gateway.networking.k8s.io_Gateway": GATEWAY_HEALTH,
            "resource.customizations.health.gateway.networking.k8s.io_HTTPRoute": ROUTE_HEALTH,
          },
        },
        controller: { replicas: 1, resources: requests("250m", "512Mi") },
        server: { replicas, resources: requests("100m", "128Mi") },
        repoServer: {
          replicas,
          resources: requests("100m", "256Mi"),
          copyutil: { resources: requests("10m", "32Mi") },
        },
        applicationSet: { replicas: 1, resources: requests("50m", "64Mi") },
        redis: { resources: requests("50m", "64Mi") },
        redisSecretInit: { resources: requests("50m", "64Mi") },
        dex: { enabled: false },
        notifications: { enabled: false },
      };
    },
  },
  namespace: { name: NAMESPACE },
  pool: "infrastructure",
  dangling: [
    {
      object: "StatefulSet argo-cd-argocd-application-controller",
      field: "spec.serviceName",
      why: "the chart makes no such Service; it would only name the controller's pods in DNS, and nobody looks them up",
    },
  ],
  // A job of the chart's makes the password of its cache before anything else starts.
  secrets: () => ({ made: [{ name: "argocd-redis", namespace: NAMESPACE, keys: ["auth"] }] }),
  kinds: ["argoproj.io/Application", "argoproj.io/AppProject"],
});
