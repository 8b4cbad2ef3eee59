import { LINODE_PRIVATE_NETWORK, notTheInternet } from "../../platform/addresses.ts";
import { bucketOf } from "../../platform/buckets.ts";
import { loadBalancers } from "../../platform/catalogue/load-balancers.ts";
import type { LinodeEnvironment } from "../../platform/environment.ts";
import { secretObjectName } from "../../platform/names.ts";
import { addresses } from "../constructs/network-peers.ts";
import type { ClusterCloud } from "./cluster-cloud.ts";
import { kubernetesSecrets } from "./kubernetes-secrets.ts";
import { letsEncrypt, throughGateway } from "./lets-encrypt.ts";

export function linode(environment: LinodeEnvironment): ClusterCloud {
  const { contact } = environment;
  const internet = addresses("0.0.0.0/0", notTheInternet);
  return {
    secretProvider: kubernetesSecrets(),
    secretKey: secretObjectName,
    issuer: letsEncrypt(contact, throughGateway),
    // The server has a public address, known only once it is created.
    database: [internet],
    // The API server calls webhooks through a tunnel that ends in a pod.
    controlPlane: { api: [internet], callers: [] },
    nodes: [addresses(LINODE_PRIVATE_NETWORK)],
    backups: bucketOf(environment, "backups"),
    loadBalancer: loadBalancers.linode,
  };
}
