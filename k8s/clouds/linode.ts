import { notTheInternet } from "../../platform/addresses.ts";
import { controlPlaneOf } from "../../platform/declared-connections.ts";
import type { Environment } from "../../platform/environment.ts";
import {
  backupCredentialsPath,
  bucketName,
  namespaces,
  objectStorageHost,
  secretObjectName,
} from "../../platform/names.ts";
import { addresses, pods, tcp, tcpRange } from "../constructs/network-peers.ts";
import type { ClusterCloud } from "./cluster-cloud.ts";
import { kubernetesSecrets } from "./kubernetes-secrets.ts";
import { letsEncrypt } from "./lets-encrypt.ts";

export function linode(environment: Environment): ClusterCloud {
  const { region = "", contact } = environment;
  return {
    secretProvider: kubernetesSecrets(),
    secretKey: secretObjectName,
    issuer: letsEncrypt(contact),
    // The server has a public address and a port of its own, and both are known only once it stands.
    database: { peers: [addresses("0.0.0.0/0", notTheInternet)], ports: tcpRange(1024, 65_535) },
    controlPlane: {
      api: { peers: [addresses("0.0.0.0/0", notTheInternet)], ports: tcp(...controlPlaneOf("linode").ports) },
      // The API server comes through a tunnel, whose end stands in the cluster.
      callers: [pods(namespaces.system, { "k8s-app": "konnectivity-agent" })],
    },
    backups: {
      bucket: bucketName(environment, "backups"),
      config: {
        region,
        s3Url: `https://${objectStorageHost(region)}`,
        s3ForcePathStyle: "true",
        // Newer SDKs send checksums that other stores than Amazon's refuse (velero-io/velero#7534).
        checksumAlgorithm: "",
      },
      credentials: backupCredentialsPath(environment),
      volumes: "files",
    },
    // Both ends speak the PROXY protocol, or all traffic is refused: without it every client has the balancer's address.
    loadBalancer: {
      "service.beta.kubernetes.io/linode-loadbalancer-default-proxy-protocol": "v2",
      "proxy.istio.io/config": '{"gatewayTopology":{"proxyProtocol":{}}}',
    },
  };
}
