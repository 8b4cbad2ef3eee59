import { Construct } from "constructs";
import type { AddonSource } from "../../platform/catalogue/addons.ts";
import { CLAIMS_ANNOTATION, namespaces } from "../../platform/names.ts";
import { Application, type ApplicationSpecSource } from "../imports/argoproj.io.ts";
import { POOL_LABEL } from "../../platform/pools.ts";
import type { Toleration } from "../objects.ts";
import type { Placement } from "./pod-template.ts";

/** Pods that a chart makes, as its templates at that version have them. */
export interface Footprint {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Ports that others connect to. @default - none */
  readonly ports?: readonly number[];
  readonly pods: "every-node" | number;
  readonly requests: { readonly cpu: string; readonly memory: string };
  /** Secrets of its namespace that they read, with the keys. @default - none */
  readonly secrets?: Readonly<Record<string, readonly string[]>>;
  /** Where the chart itself puts them. @default - as the add-on's placement says */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly tolerations?: readonly Toleration[];
}

export interface AddonProps {
  readonly name: string;
  readonly namespace: string;
  readonly source: AddonSource;
  /** The chart's values. @default - none, and none for a folder */
  readonly values?: object;
  /** Where its pods run, as the values say too. @default - anywhere that is not tainted */
  readonly placement?: Placement;
  readonly footprints: readonly Footprint[];
  /** Whether Argo CD applies it by itself. */
  readonly automaticSync: boolean;
}

/** Third-party software as an Argo CD Application: its definitions first, server-side, as they are too large for annotations. */
export class Addon extends Construct {
  readonly application: Application;

  constructor(scope: Construct, id: string, props: AddonProps) {
    super(scope, id);
    const { name, namespace, placement, footprints, automaticSync } = props;
    const claims = footprints.map((footprint) => ({ ...(placement && nodesOf(placement)), ...footprint }));
    this.application = new Application(this, "application", {
      metadata: { name, namespace: namespaces.argocd, annotations: { [CLAIMS_ANNOTATION]: JSON.stringify(claims) } },
      spec: {
        project: "platform",
        source: sourceOf(props),
        destination: { server: "https://kubernetes.default.svc", namespace },
        syncPolicy: {
          syncOptions: ["ServerSideApply=true", "CreateNamespace=false"],
          ...(automaticSync && { automated: { prune: true, selfHeal: true } }),
        },
      },
    });
  }
}

/** A placement, as charts and operators take it. An empty list is left out: the API server drops it. */
export function nodesOf({ pool, tolerations }: Placement): {
  nodeSelector: Record<string, string>;
  tolerations?: Toleration[];
} {
  return { nodeSelector: { [POOL_LABEL]: pool }, ...(tolerations && { tolerations: [...tolerations] }) };
}

function sourceOf({ name, source, values }: AddonProps): ApplicationSpecSource {
  const { repository: repoUrl, version: targetRevision } = source;
  if (!("chart" in source)) return { repoUrl, targetRevision, path: source.path };
  return {
    repoUrl,
    targetRevision,
    chart: source.chart,
    helm: { releaseName: name, ...(values && { valuesObject: values }) },
  };
}
