import { core, helm, type Provider } from "@pulumi/kubernetes";
import { ComponentResource, type ComponentResourceOptions, type CustomResourceOptions } from "@pulumi/pulumi";
import { rootApplicationChart } from "../platform/catalogue/kubernetes.ts";
import type { Environment } from "../platform/environment.ts";
import { namespaces, renderedBranch } from "../platform/names.ts";
import { type InstalledAddon, versionOf } from "../platform/installed-addons.ts";
import { fillHoles } from "../platform/hole.ts";

export interface GitOpsArgs {
  readonly environment: Environment;
  readonly installed: readonly InstalledAddon[];
  readonly kubernetes: Provider;
}

/** Argo CD, and the one application that brings everything else: the objects rendered for this environment. */
export class GitOps extends ComponentResource {
  constructor(name: string, { environment, installed, kubernetes }: GitOpsArgs, options: ComponentResourceOptions) {
    super("promptops:GitOps", name, {}, { ...options, provider: kubernetes });
    const inside = { parent: this };
    const namespace = new core.v1.Namespace(
      namespaces.argocd,
      { metadata: { name: namespaces.argocd, labels: { "pod-security.kubernetes.io/enforce": "restricted" } } },
      inside,
    );
    const releases = installed.flatMap((each) =>
      createRelease(environment, each, { ...inside, dependsOn: [namespace] }),
    );
    new helm.v3.Release(
      "root",
      {
        name: "root",
        namespace: namespaces.argocd,
        chart: rootApplicationChart.name,
        version: rootApplicationChart.version,
        repositoryOpts: { repo: rootApplicationChart.repository },
        values: rootApplication(environment, installed),
      },
      { ...inside, dependsOn: releases },
    );
    this.registerOutputs();
  }
}

/** What the program installs itself, because Argo CD is not there yet: Argo CD. */
function createRelease(
  environment: Environment,
  { addon, context }: InstalledAddon,
  options: CustomResourceOptions,
): helm.v3.Release[] {
  const { name, delivery, namespace } = addon;
  if (delivery.by !== "program" || delivery.source.kind !== "chart") return [];
  const { source, values } = delivery;
  return [
    new helm.v3.Release(
      name,
      {
        name,
        namespace: namespace.name,
        chart: source.chart,
        version: versionOf(environment, addon) ?? source.versions[0],
        repositoryOpts: { repo: source.repository },
        ...(values && { values: fillHoles(values(context)) as Record<string, unknown> }),
      },
      options,
    ),
  ];
}

function repositoriesOf(installed: readonly InstalledAddon[]): string[] {
  const repositories = installed.flatMap(({ addon: { delivery } }) =>
    delivery.by === "application" ? [delivery.source.repository] : [],
  );
  return [...new Set(repositories)];
}

function rootApplication({ name, gitops }: Environment, installed: readonly InstalledAddon[]): object {
  const source = { repoURL: gitops.repository, targetRevision: renderedBranch({ name }), path: "." };
  const destination = { server: "https://kubernetes.default.svc" };
  return {
    projects: {
      platform: {
        namespace: namespaces.argocd,
        description: "Everything that is rendered from the platform's repository",
        sourceRepos: [gitops.repository, ...repositoriesOf(installed)],
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
