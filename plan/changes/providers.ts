import type { ProviderSource } from "./rows.ts";

/** No input of these providers has `ForcesProviderReplace`, so all are updates of the provider itself. */
const CHANGED = 845;

export const bridgedProviders: ProviderSource = {
  repository: "pulumi/pulumi-terraform-bridge",
  version: "v3.120.0",
  commit: "79b2ab42273110be19bfc06997abfacae7772604",
  read: "2026-11-28",
  differs: "The providers in package.json are built with others: pulumi-aws 7.43.0 with v3.137.0.",
  types: {
    "pulumi:providers:aws": {
      file: "pkg/tfbridge/provider.go",
      updates: Object.fromEntries(
        [
          ...["accessKey", "allowedAccountIds", "assumeRoleWithWebIdentity", "assumeRoles", "customCaBundle"],
          ...["defaultTags", "ec2MetadataServiceEndpoint", "ec2MetadataServiceEndpointMode", "endpoints"],
          ...["forbiddenAccountIds", "httpProxy", "httpsProxy", "ignoreTags", "insecure", "maxRetries", "noProxy"],
          ...["profile", "region", "retryMode", "s3UsEast1RegionalEndpoint", "s3UsePathStyle", "secretKey"],
          ...["sharedConfigFiles", "sharedCredentialsFiles", "skipCredentialsValidation", "skipMetadataApiCheck"],
          ...["skipRegionValidation", "skipRequestingAccountId", "stsRegion", "tagPolicyCompliance", "token"],
          ...["tokenBucketRateLimiterCapacity", "useDualstackEndpoint", "useFipsEndpoint", "userAgents"],
        ].map((input) => [input, CHANGED]),
      ),
      // pulumi/pulumi-aws, provider/region.go and provider/tags.go: they are put into the resources' inputs before each check.
      handsOn: { defaultTags: "tags", region: "region" },
    },
  },
};
