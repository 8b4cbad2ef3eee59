import { namespaces, secretReader } from "../../platform/names.ts";
import {
  type ClusterSecretStoreSpecProvider,
  ClusterSecretStoreSpecProviderKubernetesServerCaProviderType,
} from "../imports/external-secrets.io.ts";

/** The store where a cloud has no secret manager: a namespace, read with a ServiceAccount of its own. */
export function kubernetesSecrets(): ClusterSecretStoreSpecProvider {
  return {
    kubernetes: {
      remoteNamespace: namespaces.secretStore,
      auth: { serviceAccount: { name: secretReader.name, namespace: secretReader.namespace } },
      server: {
        caProvider: {
          type: ClusterSecretStoreSpecProviderKubernetesServerCaProviderType.CONFIG_MAP,
          name: "kube-root-ca.crt",
          key: "ca.crt",
          namespace: namespaces.secretStore,
        },
      },
    },
  };
}
