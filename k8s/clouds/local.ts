import { DATABASE_PORT } from "../../platform/database.ts";
import { databaseServiceName, namespaces, secretObjectName } from "../../platform/names.ts";
import { tcp, workload } from "../constructs/network-peers.ts";
import type { ClusterCloud } from "./cluster-cloud.ts";
import { kubernetesSecrets } from "./kubernetes-secrets.ts";

export function local(): ClusterCloud {
  return {
    secretProvider: kubernetesSecrets(),
    secretKey: secretObjectName,
    issuer: { selfSigned: {} },
    database: { peers: [workload(namespaces.data, databaseServiceName)], ports: tcp(DATABASE_PORT) },
    databaseInCluster: true,
    backups: undefined,
    loadBalancer: {},
  };
}
