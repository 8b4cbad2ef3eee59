import { acm, cloudfront, ec2, route53, shield, vpc } from "@pulumi/aws";
import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import {
  CLOUDFRONT_REGION,
  managedPolicies,
  MINIMUM_TLS,
  originFacingPrefixLists,
} from "../../platform/catalogue/cloudfront.ts";
import type { Cdn as CdnSettings } from "../../platform/cdn.ts";
import { HTTPS_PORT } from "../../platform/connections.ts";
import type { AwsEnvironment } from "../../platform/environment.ts";
import { clusterName, hostName } from "../../platform/names.ts";
import type { Service } from "../../platform/service.ts";
import type { Network } from "./network.ts";
import { createWebAcl } from "./web-acl.ts";

/** Seconds between two packets of an answer, at most: streams of events send one every 20 s. */
const ORIGIN_READ_TIMEOUT = 60;
const ORIGIN = "gateway";
const ALL_METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"];
const A_YEAR = 31_536_000;

export interface CdnArgs {
  readonly environment: AwsEnvironment;
  readonly cdn: CdnSettings;
  readonly network: Network;
  /** Of the DNS zone. */
  readonly zoneId: Output<string>;
  readonly services: readonly Service[];
}

/**
 * CloudFront in front of the gateway: every exposed host leads to it, a firewall limits each client, and a security group lets nothing
 * else reach the gateway's load balancer. The origin's host names that load balancer, by an annotation of the gateway's route.
 */
export class Cdn extends ComponentResource {
  constructor(name: string, args: CdnArgs, options: ComponentResourceOptions) {
    super("promptops:aws:Cdn", name, {}, options);
    const { environment, cdn, services, zoneId } = args;
    const inside = { parent: this };
    const exposed = services.flatMap((service) => service.exposed ?? []);
    const hosts = exposed.map(({ host }) => hostName(environment, host));

    openToCdn(this, args);
    const acl = createWebAcl(name, { called: clusterName(environment), clientRate: cdn.clientRate }, inside);
    const distribution = new cloudfront.Distribution(
      name,
      {
        enabled: true,
        comment: clusterName(environment),
        aliases: hosts,
        isIpv6Enabled: true,
        httpVersion: "http2and3",
        // Edges in North America and Europe. Others cost up to twice as much per GB.
        priceClass: "PriceClass_100",
        webAclId: acl.arn,
        origins: [
          {
            originId: ORIGIN,
            domainName: cdn.origin,
            customOriginConfig: {
              httpPort: 80,
              httpsPort: HTTPS_PORT,
              originProtocolPolicy: "https-only",
              originSslProtocols: ["TLSv1.2"],
              originReadTimeout: ORIGIN_READ_TIMEOUT,
            },
          },
        ],
        defaultCacheBehavior: { ...behaviour, cachePolicyId: managedPolicies.cachingDisabled },
        ...cachedPaths(this, name, args),
        restrictions: { geoRestriction: { restrictionType: "none" } },
        viewerCertificate: {
          acmCertificateArn: createCertificate(this, name, args),
          sslSupportMethod: "sni-only",
          minimumProtocolVersion: MINIMUM_TLS,
        },
      },
      inside,
    );
    for (const host of hosts) {
      for (const type of ["A", "AAAA"]) {
        new route53.Record(
          `${type.toLowerCase()}-${host}`,
          {
            zoneId,
            name: host,
            type,
            aliases: [
              { name: distribution.domainName, zoneId: distribution.hostedZoneId, evaluateTargetHealth: false },
            ],
            // The host may have a record of the load balancer, from before there was a CDN. Nothing else deletes it.
            allowOverwrite: true,
          },
          inside,
        );
      }
    }
    if (cdn.shieldAdvanced)
      new shield.Protection(name, { name: clusterName(environment), resourceArn: distribution.arn }, inside);
    this.registerOutputs();
  }
}

/** The host of the request goes on to the gateway, which routes by it. */
const behaviour = {
  targetOriginId: ORIGIN,
  viewerProtocolPolicy: "redirect-to-https",
  allowedMethods: ALL_METHODS,
  cachedMethods: ["GET", "HEAD"],
  originRequestPolicyId: managedPolicies.allViewer,
  compress: true,
};

/** Answers under these paths are kept for as long as they say, and apart for each host. */
function cachedPaths(
  parent: ComponentResource,
  name: string,
  { environment, services }: CdnArgs,
): Pick<cloudfront.DistributionArgs, "orderedCacheBehaviors"> {
  const paths = services.flatMap(({ exposed }) => exposed?.cached ?? []);
  if (paths.length === 0) return {};
  const policy = new cloudfront.CachePolicy(
    name,
    {
      name: `${clusterName(environment)}-static`,
      minTtl: 0,
      defaultTtl: 0,
      maxTtl: A_YEAR,
      parametersInCacheKeyAndForwardedToOrigin: {
        enableAcceptEncodingBrotli: true,
        enableAcceptEncodingGzip: true,
        headersConfig: { headerBehavior: "whitelist", headers: { items: ["Host"] } },
        cookiesConfig: { cookieBehavior: "none" },
        queryStringsConfig: { queryStringBehavior: "none" },
      },
    },
    { parent },
  );
  return {
    orderedCacheBehaviors: paths.map((pathPattern) => ({ ...behaviour, pathPattern, cachePolicyId: policy.id })),
  };
}

/** One for every host of the domain, so that a new host needs no other. It is renewed while its record stands. */
function createCertificate(
  parent: ComponentResource,
  name: string,
  { environment: { domain }, zoneId }: CdnArgs,
): Output<string> {
  const region = CLOUDFRONT_REGION;
  const certificate = new acm.Certificate(
    name,
    { region, domainName: `*.${domain}`, validationMethod: "DNS" },
    { parent },
  );
  const asked = certificate.domainValidationOptions.apply(([only]) => only);
  const answer = new route53.Record(
    `${name}-certificate`,
    {
      zoneId,
      name: asked.apply((each) => each?.resourceRecordName ?? ""),
      type: asked.apply((each) => each?.resourceRecordType ?? ""),
      records: [asked.apply((each) => each?.resourceRecordValue ?? "")],
      ttl: 300,
    },
    { parent },
  );
  return new acm.CertificateValidation(
    name,
    { region, certificateArn: certificate.arn, validationRecordFqdns: [answer.fqdn] },
    { parent },
  ).certificateArn;
}

/** The load balancer controller finds the group by its `Name`, and puts the gateway's load balancer into it. */
function openToCdn(parent: ComponentResource, { environment, cdn, network }: CdnArgs): void {
  const prefixListId = originFacingPrefixLists[environment.region];
  if (prefixListId === undefined)
    throw new Error(`platform/catalogue/cloudfront.ts has no prefix list of ${environment.region}.`);
  const group = new ec2.SecurityGroup(
    "gateway",
    {
      vpcId: network.vpcId,
      description: "HTTPS from CloudFront",
      // The load balancer connects to the gateway's pods. The provider removes the rule for it that AWS makes by itself.
      egress: [
        { protocol: "tcp", fromPort: 0, toPort: 65_535, cidrBlocks: network.zones.map(({ plan }) => plan.private) },
      ],
      tags: { Name: cdn.group },
    },
    { parent },
  );
  new vpc.SecurityGroupIngressRule(
    "gateway",
    { securityGroupId: group.id, ipProtocol: "tcp", fromPort: HTTPS_PORT, toPort: HTTPS_PORT, prefixListId },
    { parent },
  );
}
