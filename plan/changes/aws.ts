import { account } from "./aws/account.ts";
import { backup } from "./aws/backup.ts";
import { data } from "./aws/data.ts";
import { edge } from "./aws/edge.ts";
import { eks } from "./aws/eks.ts";
import { network } from "./aws/network.ts";
import type { ProviderSource } from "./rows.ts";

/**
 * `ForceNew`, `RequiresReplace` and `CustomizeDiff` of the Terraform provider. `named` and `deletedFirst` are of
 * pulumi/pulumi-aws, provider/resource_overrides.go at 015d343812852f40a045a28e7f6e04bca69548f3, and the names that
 * provider/autonaming.go gives at 0c5f6583ebfb37cbe0febc2edb51b44cfeac2b15. That a name from the program deletes first is
 * `nameRequiresDeleteBeforeReplace` of pulumi/pulumi-terraform-bridge v3.120.0, pkg/tfbridge/schema.go:195; it does not hold of
 * resources on the plug-in framework (pkg/pf/tfbridge/provider_diff.go:110).
 */
export const aws: ProviderSource = {
  repository: "hashicorp/terraform-provider-aws",
  version: "6.48.0, unreleased",
  commit: "5f2286d6d836",
  read: "2026-11-28",
  differs:
    "@pulumi/aws 7.48.0 uses a later one (7.43.0: 6.61.0). Inputs that came since have no row: kubeApiServerConfig and warmPoolConfig of EKS. Types with a commit of their own were read there.",
  every: { replaces: { region: "internal/provider/sdkv2/region.go:112" } },
  types: { ...account, ...backup, ...data, ...edge, ...eks, ...network },
};
