import type { SecretOrigin } from "../secrets.ts";

const CREDENTIALS = ["url", "username", "password", "database"] as const;

/** The properties of a secret in the store, by how it comes about; undefined where the cloud decides. */
export const secretProperties: Readonly<Record<SecretOrigin["kind"], readonly string[] | undefined>> = {
  random: ["value"],
  supplied: ["value"],
  url: ["url"],
  text: ["value"],
  "database-administrator": CREDENTIALS,
  "database-role": CREDENTIALS,
  "database-replicas": ["value"],
  "bucket-key": undefined,
  "dns-token": ["value"],
};
