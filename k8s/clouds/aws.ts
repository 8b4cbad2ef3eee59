import { firstAddress, parseBlock, subnetsOf } from "../../platform/addresses.ts";
import { bucketOf } from "../../platform/buckets.ts";
import { behindCdn, loadBalancers } from "../../platform/catalogue/load-balancers.ts";
import { cdnOf } from "../../platform/cdn.ts";
import { type AwsEnvironment, certificatesOf } from "../../platform/environment.ts";
import { SERVICE_CIDR } from "../../platform/network-rules.ts";
import { addresses } from "../constructs/network-peers.ts";
import { ClusterSecretStoreSpecProviderAwsService } from "../imports/external-secrets.io.ts";
import type { ClusterCloud } from "./cluster-cloud.ts";
import { letsEncrypt, throughGateway, throughRoute53 } from "./lets-encrypt.ts";

export function aws(environment: AwsEnvironment): ClusterCloud {
  const { region, zones, network, contact } = environment;
  const cdn = cdnOf(environment);
  const block = parseBlock(network.cidr);
  const subnets = block ? subnetsOf(block, zones) : [];
  const controlPlane = subnets.map((subnet) => addresses(subnet.controlPlane));
  return {
    secretProvider: { aws: { service: ClusterSecretStoreSpecProviderAwsService.SECRETS_MANAGER, region } },
    secretKey: (path) => path,
    issuer: letsEncrypt(
      contact,
      certificatesOf(environment).challenge === "dns-01" ? throughRoute53(region) : throughGateway,
    ),
    database: subnets.map(({ isolated }) => addresses(isolated)),
    controlPlane: {
      // The VPC CNI evaluates policies before the address of the Service `kubernetes` is rewritten, so pods need that one
      // too (aws/amazon-network-policy-controller-k8s#222).
      api: [...controlPlane, addresses(`${firstAddress(SERVICE_CIDR)}/32`)],
      callers: controlPlane,
    },
    nodes: subnets.map((subnet) => addresses(subnet.private)),
    backups: bucketOf(environment, "backups"),
    loadBalancer: cdn ? behindCdn(cdn.group) : loadBalancers.aws,
  };
}
