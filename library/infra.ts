/** The Pulumi program of an environment, and the components of each cloud that it is made of. */
export * as aws from "./infra-aws.ts";
export * as linode from "./infra-linode.ts";
export { describe, type Description } from "../infra/description.ts";
export { GitOps, type GitOpsArgs } from "../infra/gitops.ts";
export { program, type Outputs } from "../infra/index.ts";
export { KubernetesSecretStore, type KubernetesSecretStoreArgs } from "../infra/kubernetes-secret-store.ts";
export type { Platform } from "../infra/platform.ts";
export { fillStore, type SecretSources, type SecretStoreAdapter } from "../infra/secrets.ts";
