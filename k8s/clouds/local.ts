import { loadBalancers } from "../../platform/catalogue/load-balancers.ts";
import { privateNetworks } from "../../platform/addresses.ts";
import { secretObjectName } from "../../platform/names.ts";
import { addresses } from "../constructs/network-peers.ts";
import type { ClusterCloud } from "./cluster-cloud.ts";
import { kubernetesSecrets } from "./kubernetes-secrets.ts";

export function local(): ClusterCloud {
  // The owner of the cluster has put its API server and its nodes somewhere in a private network.
  const somewhere = privateNetworks.map((block) => addresses(block));
  return {
    secretProvider: kubernetesSecrets(),
    secretKey: secretObjectName,
    issuer: { selfSigned: {} },
    database: [],
    controlPlane: { api: somewhere, callers: somewhere },
    nodes: somewhere,
    backups: undefined,
    loadBalancer: loadBalancers.local,
  };
}
