import { Construct } from "constructs";
import type { Source } from "../../platform/addon.ts";
import { namespaces } from "../../platform/names.ts";
import { Application, type ApplicationSpecSource } from "../imports/argoproj.io.ts";

export interface ManagedApplicationProps {
  readonly name: string;
  readonly namespace: string;
  readonly source: Source;
  readonly version: string;
  /** Chart values, or the options of a kustomize source. @default - none */
  readonly values?: object;
}

/**
 * Third-party software as an Argo CD Application. It always syncs automatically: the commit that the root application follows decides
 * what is applied, and a later wave would never finish waiting for an Application that nobody syncs. Large definitions need
 * server-side apply, which keeps no copy of them in an annotation.
 */
export class ManagedApplication extends Construct {
  readonly application: Application;

  constructor(scope: Construct, id: string, props: ManagedApplicationProps) {
    super(scope, id);
    const { name, namespace } = props;
    this.application = new Application(this, "application", {
      metadata: { name, namespace: namespaces.argocd },
      spec: {
        project: "platform",
        source: sourceOf(props),
        destination: { server: "https://kubernetes.default.svc", namespace },
        syncPolicy: {
          automated: { prune: true, selfHeal: true },
          syncOptions: ["ServerSideApply=true", "CreateNamespace=false"],
        },
      },
    });
  }
}

function sourceOf({ name, source, version, values }: ManagedApplicationProps): ApplicationSpecSource {
  const common = { repoUrl: source.repository, targetRevision: version };
  switch (source.kind) {
    case "chart":
      return { ...common, chart: source.chart, helm: { releaseName: name, ...(values && { valuesObject: values }) } };
    case "kustomize":
      return { ...common, path: source.path, ...(values && { kustomize: values }) };
    case "files":
      return { ...common, path: source.path };
  }
}
