import { z } from "zod";
import { defineAddon } from "../../platform/addon.ts";

/** External Secrets, which brings secrets from the store into the cluster. */
export const externalSecrets = defineAddon({
  name: "external-secrets",
  licence: "Apache-2.0",
  options: z.strictObject({}),
  enabled: () => true,
  delivery: {
    by: "assumed",
    evidence: { page: "https://external-secrets.io/latest/introduction/getting-started/", date: "2026-11-22" },
  },
  namespace: { name: "external-secrets" },
  pods: { "external-secrets": { labels: { "app.kubernetes.io/name": "external-secrets" } } },
  kinds: [
    "external-secrets.io/ClusterSecretStore",
    "external-secrets.io/ExternalSecret",
    "external-secrets.io/SecretStore",
  ],
  rights: () => [
    { name: "external-secrets", group: "external-secrets", serviceAccount: "external-secrets", may: "read-secrets" },
  ],
});
