import { join } from "node:path";
import { ensurePrograms, go } from "../../tools/go-programs.ts";

/** The Helm of Argo CD 3.4, which the argo-cd chart 10 installs. */
const HELM = "v3.22.0";
const KUSTOMIZE = "v5.8.1";
const packages = [`helm.sh/helm/v3/cmd/helm@${HELM}`, `sigs.k8s.io/kustomize/kustomize/v5@${KUSTOMIZE}`];

/** Paths of the programs that render sources. */
export interface Programs {
  readonly helm: string;
  readonly kustomize: string;
}

export async function ensureRenderers(): Promise<Programs> {
  const folder = await ensurePrograms({
    name: `renderers-helm-${HELM}-kustomize-${KUSTOMIZE}`,
    notice: "building helm and kustomize; this happens once, about five minutes on two cores",
    build: async (work) => {
      const environment = { GOBIN: join(work, "bin"), GOFLAGS: "-trimpath -buildvcs=false" };
      for (const each of packages) await go(["install", "-ldflags", "-s -w", each], work, environment);
    },
  });
  return { helm: join(folder, "helm"), kustomize: join(folder, "kustomize") };
}
