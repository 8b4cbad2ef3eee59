import { Construct } from "constructs";
import { ExternalSecret, ExternalSecretSpecSecretStoreRefKind } from "../imports/external-secrets.io.ts";

/** A file of a Secret, and the property of a secret in the store that it holds. */
export interface SecretFile {
  readonly file: string;
  /** The secret's name in the store, as the cloud's store spells it. */
  readonly key: string;
  readonly property: string;
}

export interface SecretFilesProps {
  readonly namespace: string;
  readonly name: string;
  readonly store: string;
  readonly files: readonly [SecretFile, ...SecretFile[]];
}

/** A Secret that External Secrets keeps equal to what the secret store holds. */
export class SecretFiles extends Construct {
  readonly externalSecret: ExternalSecret;

  constructor(scope: Construct, id: string, { namespace, name, store, files }: SecretFilesProps) {
    super(scope, id);
    this.externalSecret = new ExternalSecret(this, "secret", {
      metadata: { name, namespace },
      spec: {
        refreshInterval: "1h0m0s",
        secretStoreRef: { kind: ExternalSecretSpecSecretStoreRefKind.CLUSTER_SECRET_STORE, name: store },
        target: { name },
        data: files.map(({ file, key, property }) => ({ secretKey: file, remoteRef: { key, property } })),
      },
    });
  }
}
