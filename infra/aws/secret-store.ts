import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { StoredSecret } from "../../platform/secrets.ts";
import { fillStore, type SecretSources } from "../secrets.ts";
import { DerivedSecret, GeneratedSecret, SuppliedSecret } from "./generated-secret.ts";
import type { Keys } from "./keys.ts";

export interface SecretStoreArgs {
  readonly ledger: readonly StoredSecret[];
  readonly keys: Keys;
  readonly guarded: boolean;
  readonly sources: SecretSources;
}

/** The environment's secrets in Secrets Manager, under its own prefix. */
export class SecretStore extends ComponentResource {
  constructor(name: string, { ledger, keys, guarded, sources }: SecretStoreArgs, options: ComponentResourceOptions) {
    super("promptops:aws:SecretStore", name, {}, options);
    const inside = { parent: this };
    fillStore(
      ledger,
      {
        random: (resource, path, bytes) => new GeneratedSecret(resource, { path, bytes, keys, guarded }, inside).value,
        derived: (resource, path, document) => {
          new DerivedSecret(resource, { path, document, keys, guarded }, inside);
        },
        supplied: (resource, path, document) => {
          new SuppliedSecret(resource, { path, document, keys, guarded }, inside);
        },
      },
      sources,
    );
    this.registerOutputs();
  }
}
