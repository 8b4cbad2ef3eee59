/**
 * The prefix list `com.amazonaws.global.cloudfront.origin-facing` of each region: the addresses from which CloudFront connects to
 * origins. A list counts as 55 rules of a security group, which has 60 by default:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/LocationsOfEdgeServers.html. AWS does not publish the ids on a
 * page; they are as public configurations of each region name them. Read 2026-11-30. Confirm yours with
 * `aws ec2 describe-managed-prefix-lists`.
 */
export const originFacingPrefixLists: Readonly<Record<string, string>> = {
  "eu-central-1": "pl-a3a144ca",
  "eu-west-1": "pl-4fa04526",
  "us-east-1": "pl-3b927c52",
  "us-west-2": "pl-82a045eb",
};

/** The region in which AWS keeps certificates and web ACLs of CloudFront. */
export const CLOUDFRONT_REGION = "us-east-1";

/**
 * Policies that AWS maintains:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html and
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html. Read 2026-11-30.
 */
export const managedPolicies = {
  /** Caches nothing. */
  cachingDisabled: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
  /** Passes every header on, the host included, with every cookie and query. */
  allViewer: "216adef6-5c7f-47e4-b989-5492eafa07d3",
} as const;

/** Of viewers; older clients than these need TLS 1.1. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html */
export const MINIMUM_TLS = "TLSv1.2_2021";
