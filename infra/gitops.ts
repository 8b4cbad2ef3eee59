import { core, helm, type Provider } from "@pulumi/kubernetes";
import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import { addonRepositories } from "../platform/catalogue/addons.ts";
import { charts } from "../platform/catalogue/kubernetes.ts";
import type { Environment } from "../platform/environment.ts";
import { namespaces, renderedBranch } from "../platform/names.ts";
import { POOL_LABEL, poolTaint } from "../platform/pools.ts";

export interface GitOpsArgs {
  readonly environment: Environment;
  readonly kubernetes: Provider;
}

/** Argo CD, and the one application that brings everything else: the objects rendered for this environment. */
export class GitOps extends ComponentResource {
  constructor(name: string, { environment, kubernetes }: GitOpsArgs, options: ComponentResourceOptions) {
    super("promptops:GitOps", name, {}, { ...options, provider: kubernetes });
    const inside = { parent: this };
    const namespace = new core.v1.Namespace(
      namespaces.argocd,
      { metadata: { name: namespaces.argocd, labels: { "pod-security.kubernetes.io/enforce": "restricted" } } },
      inside,
    );
    const argoCd = new helm.v3.Release(
      "argo-cd",
      {
        name: "argo-cd",
        namespace: namespaces.argocd,
        chart: charts.argoCd.name,
        version: charts.argoCd.version,
        repositoryOpts: { repo: charts.argoCd.repository },
        values: argoCdValues(environment),
      },
      { ...inside, dependsOn: [namespace] },
    );
    new helm.v3.Release(
      "root",
      {
        name: "root",
        namespace: namespaces.argocd,
        chart: charts.argoCdApps.name,
        version: charts.argoCdApps.version,
        repositoryOpts: { repo: charts.argoCdApps.repository },
        values: rootApplication(environment),
      },
      { ...inside, dependsOn: [argoCd] },
    );
    this.registerOutputs();
  }
}

/** An Application is as healthy as Argo CD says in its status; before that it is under way. */
const APPLICATION_HEALTH = `
local health = obj.status and obj.status.health
if health == nil then return { status = "Progressing", message = "not judged yet" } end
return { status = health.status, message = health.message }
`;

const requests = (cpu: string, memory: string): object => ({ requests: { cpu, memory }, limits: { memory } });

/** Requests are stated for every part, so that what Argo CD takes of the nodes is known before it runs. */
function argoCdValues({ pools, protect }: Environment): object {
  const replicas = protect ? 2 : 1;
  const dedicated = pools["infrastructure"]?.dedicated ?? false;
  return {
    global: {
      ...("infrastructure" in pools && { nodeSelector: { [POOL_LABEL]: "infrastructure" } }),
      ...(dedicated && { tolerations: [poolTaint("infrastructure")] }),
      networkPolicy: { create: true },
    },
    configs: {
      params: { "server.insecure": false },
      // Without it an Application counts as healthy at once, and what waits for an operator does not wait.
      cm: { "resource.customizations.health.argoproj.io_Application": APPLICATION_HEALTH },
    },
    controller: { replicas: 1, resources: requests("250m", "512Mi") },
    server: { replicas, resources: requests("100m", "128Mi") },
    repoServer: { replicas, resources: requests("100m", "256Mi") },
    applicationSet: { replicas: 1, resources: requests("50m", "64Mi") },
    redis: { resources: requests("50m", "64Mi") },
    dex: { enabled: false },
    notifications: { enabled: false },
  };
}

function rootApplication({ name, gitops }: Environment): object {
  const source = { repoURL: gitops.repository, targetRevision: renderedBranch({ name }), path: "." };
  const destination = { server: "https://kubernetes.default.svc" };
  return {
    projects: {
      platform: {
        namespace: namespaces.argocd,
        description: "Everything that is rendered from the platform's repository",
        sourceRepos: [gitops.repository, ...addonRepositories],
        destinations: [{ ...destination, namespace: "*" }],
        clusterResourceWhitelist: [{ group: "*", kind: "*" }],
      },
    },
    applications: {
      platform: {
        namespace: namespaces.argocd,
        project: "platform",
        source: { ...source, directory: { recurse: true } },
        destination,
        // While a canary runs, Argo Rollouts moves the weights; healing them would undo it.
        ignoreDifferences: [
          {
            group: "gateway.networking.k8s.io",
            kind: "HTTPRoute",
            jqPathExpressions: [".spec.rules[].backendRefs[].weight"],
          },
        ],
        syncPolicy: {
          syncOptions: ["ServerSideApply=true", "RespectIgnoreDifferences=true"],
          ...(gitops.automaticSync && { automated: { prune: true, selfHeal: true } }),
        },
      },
    },
  };
}
