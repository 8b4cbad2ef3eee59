import { privateNetworks } from "../../platform/addresses.ts";
import { controlPlaneOf } from "../../platform/declared-connections.ts";
import { secretObjectName } from "../../platform/names.ts";
import { addresses, tcp } from "../constructs/network-peers.ts";
import type { ClusterCloud } from "./cluster-cloud.ts";
import { kubernetesSecrets } from "./kubernetes-secrets.ts";

export function local(): ClusterCloud {
  // Wherever the owner of the cluster has put it.
  const somewhere = privateNetworks.map((block) => addresses(block));
  return {
    secretProvider: kubernetesSecrets(),
    secretKey: secretObjectName,
    issuer: { selfSigned: {} },
    database: undefined,
    controlPlane: { api: { peers: somewhere, ports: tcp(...controlPlaneOf("local").ports) }, callers: somewhere },
    backups: undefined,
    loadBalancer: {},
  };
}
