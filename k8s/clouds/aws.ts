import { firstAddress, parseBlock, subnetsOf } from "../../platform/addresses.ts";
import type { AwsEnvironment } from "../../platform/environment.ts";
import { SERVICE_CIDR } from "../../platform/network-rules.ts";
import { bucketName } from "../../platform/names.ts";
import { addresses } from "../constructs/network-peers.ts";
import { ClusterSecretStoreSpecProviderAwsService } from "../imports/external-secrets.io.ts";
import type { ClusterCloud } from "./cluster-cloud.ts";
import { letsEncrypt } from "./lets-encrypt.ts";

export function aws(environment: AwsEnvironment): ClusterCloud {
  const { region, zones, network, contact } = environment;
  const block = parseBlock(network.cidr);
  const subnets = block ? subnetsOf(block, zones) : [];
  const controlPlane = subnets.map((subnet) => addresses(subnet.controlPlane));
  return {
    secretProvider: { aws: { service: ClusterSecretStoreSpecProviderAwsService.SECRETS_MANAGER, region } },
    secretKey: (path) => path,
    issuer: letsEncrypt(contact),
    database: subnets.map(({ isolated }) => addresses(isolated)),
    controlPlane: {
      // The VPC CNI evaluates policies before the address of the Service `kubernetes` is rewritten, so pods need that one
      // too (aws/amazon-network-policy-controller-k8s#222).
      api: [...controlPlane, addresses(`${firstAddress(SERVICE_CIDR)}/32`)],
      callers: controlPlane,
    },
    backups: { name: bucketName(environment, "backups"), region },
    // The AWS Load Balancer Controller makes a network load balancer that sends straight to the pods.
    loadBalancer: {
      "service.beta.kubernetes.io/aws-load-balancer-type": "external",
      "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
      "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing",
    },
  };
}
