import { databaseServiceName, namespaces, secretObjectName, serviceAccounts } from "../../platform/names.ts";
import { workload } from "../constructs/network-peers.ts";
import { ClusterSecretStoreSpecProviderKubernetesServerCaProviderType } from "../imports/external-secrets.io.ts";
import type { ClusterCloud } from "./cluster-cloud.ts";

export function local(): ClusterCloud {
  const { secretReader } = serviceAccounts;
  return {
    secretProvider: {
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
    },
    secretKey: secretObjectName,
    issuer: { selfSigned: {} },
    database: [workload(namespaces.data, databaseServiceName)],
    databaseInCluster: true,
    backups: undefined,
    loadBalancer: {},
  };
}
