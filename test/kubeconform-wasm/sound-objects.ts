import type { Judgement } from "kubeconform-wasm";
import { apiServer } from "../../plan/api-server.ts";
import type { Editable } from "../plans.ts";

const pod = {
  containers: [
    {
      name: "web",
      image: "registry.example/web:1",
      ports: [{ name: "http", containerPort: 8080 }],
      resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: "256Mi" } },
      volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
    },
  ],
  volumes: [{ name: "tmp", emptyDir: {} }],
};
const template = { metadata: { labels: { app: "web" } }, spec: pod };
const object = (apiVersion: string, kind: string, spec?: object, others: object = {}): Editable => ({
  apiVersion,
  kind,
  metadata: { name: "web", namespace: "application" },
  ...(spec && { spec }),
  ...others,
});
const selector = { matchLabels: { app: "web" } };
/** Objects that the API server accepts, one of each kind that a test damages. */
export const sound = {
  Deployment: object("apps/v1", "Deployment", { replicas: 2, selector, template }),
  StatefulSet: object("apps/v1", "StatefulSet", { serviceName: "web", selector, template }),
  Rollout: object("argoproj.io/v1alpha1", "Rollout", {
    selector,
    template,
    strategy: { canary: { steps: [{ setWeight: 10 }] } },
  }),
  Job: object("batch/v1", "Job", { template: { spec: { ...pod, restartPolicy: "Never" } } }),
  CronJob: object("batch/v1", "CronJob", {
    schedule: "0 2 * * *",
    timeZone: "Europe/Berlin",
    jobTemplate: { spec: { template: { spec: { ...pod, restartPolicy: "Never" } } } },
  }),
  HorizontalPodAutoscaler: object("autoscaling/v2", "HorizontalPodAutoscaler", {
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
    minReplicas: 2,
    maxReplicas: 4,
    metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } } }],
  }),
  Service: object("v1", "Service", {
    selector: { app: "web" },
    ports: [{ name: "http", port: 80, targetPort: "http" }],
  }),
  PodDisruptionBudget: object("policy/v1", "PodDisruptionBudget", { minAvailable: 1, selector }),
  NetworkPolicy: object("networking.k8s.io/v1", "NetworkPolicy", {
    podSelector: selector,
    ingress: [
      { from: [{ ipBlock: { cidr: "10.0.0.0/8", except: ["10.1.0.0/16"] } }], ports: [{ port: 80, endPort: 90 }] },
    ],
  }),
  Ingress: object("networking.k8s.io/v1", "Ingress", {
    rules: [
      {
        host: "web.example.com",
        http: {
          paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "web", port: { number: 80 } } } }],
        },
      },
    ],
  }),
  PersistentVolumeClaim: object("v1", "PersistentVolumeClaim", {
    accessModes: ["ReadWriteOnce"],
    resources: { requests: { storage: "1Gi" } },
  }),
  ResourceQuota: object("v1", "ResourceQuota", { hard: { pods: "10" } }),
  LimitRange: object("v1", "LimitRange", { limits: [{ type: "Container", max: { cpu: "2" }, default: { cpu: "1" } }] }),
  RoleBinding: object("rbac.authorization.k8s.io/v1", "RoleBinding", undefined, {
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "web" },
    subjects: [{ kind: "ServiceAccount", name: "web", namespace: "application" }],
  }),
  Secret: object("v1", "Secret", undefined, {
    type: "kubernetes.io/dockerconfigjson",
    data: { ".dockerconfigjson": "e30=" },
  }),
  HTTPRoute: object("gateway.networking.k8s.io/v1", "HTTPRoute", {
    parentRefs: [{ name: "public" }],
    rules: [{ matches: [{ path: { type: "PathPrefix", value: "/" } }], backendRefs: [{ name: "web", port: 80 }] }],
  }),
  ScaledObject: object("keda.sh/v1alpha1", "ScaledObject", {
    scaleTargetRef: { name: "web" },
    triggers: [{ type: "cpu", metadata: { value: "1" } }],
  }),
} satisfies Record<string, Editable>;
export type Kind = keyof typeof sound;

/** The container of a sound workload. */
export const container = ({ spec }: Editable): Editable => spec.template.spec.containers[0];

type Namespaces = Readonly<Record<string, Readonly<Record<string, string>>>>;

export async function judgeOne(object: object, namespaces: Namespaces = {}): Promise<Judgement> {
  const [judgement] = await apiServer().judge([object], { namespaces });
  if (!judgement) throw new Error("There is no judgement.");
  return judgement;
}

/** Judges a sound object after a change. */
export async function judgeChanged(
  kind: Kind,
  change: (object: Editable) => unknown,
  namespaces?: Namespaces,
): Promise<Judgement> {
  const copy = structuredClone(sound[kind]);
  change(copy);
  return judgeOne(copy, namespaces);
}
