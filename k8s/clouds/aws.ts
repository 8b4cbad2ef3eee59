import { parseBlock, subnetsOf } from "../../platform/addresses.ts";
import { controlPlaneOf } from "../../platform/declared-connections.ts";
import { DATABASE_PORT } from "../../platform/database.ts";
import type { Environment } from "../../platform/environment.ts";
import { bucketName } from "../../platform/names.ts";
import { addresses, tcp } from "../constructs/network-peers.ts";
import { ClusterSecretStoreSpecProviderAwsService } from "../imports/external-secrets.io.ts";
import { letsEncrypt } from "./lets-encrypt.ts";
import type { ClusterCloud } from "./cluster-cloud.ts";

export function aws(environment: Environment): ClusterCloud {
  const { region = "", zones = [], network, contact } = environment;
  const block = parseBlock(network?.cidr ?? "");
  const subnets = block ? subnetsOf(block, zones) : [];
  const nodes = subnets.map((subnet) => addresses(subnet.private));
  return {
    secretProvider: { aws: { service: ClusterSecretStoreSpecProviderAwsService.SECRETS_MANAGER, region } },
    secretKey: (path) => path,
    issuer: letsEncrypt(contact),
    database: { peers: subnets.map(({ isolated }) => addresses(isolated)), ports: tcp(DATABASE_PORT) },
    controlPlane: {
      // EKS puts its control plane's interfaces into the nodes' subnets.
      api: { peers: nodes, ports: tcp(...controlPlaneOf("aws").ports) },
      callers: nodes,
    },
    backups: { bucket: bucketName(environment, "backups"), config: { region }, volumes: "snapshots" },
    // The AWS Load Balancer Controller makes a network load balancer that sends straight to the pods.
    loadBalancer: {
      "service.beta.kubernetes.io/aws-load-balancer-type": "external",
      "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
      "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing",
    },
  };
}
