import { wafv2 } from "@pulumi/aws";
import type { CustomResourceOptions } from "@pulumi/pulumi";
import { CLOUDFRONT_REGION } from "../../platform/catalogue/cloudfront.ts";

const WINDOW_SECONDS = 60;

export interface WebAclArgs {
  readonly called: string;
  /** Requests per minute and client address. */
  readonly clientRate: number;
}

/**
 * What the CDN refuses: addresses that AWS knows to attack, and a client that sends too much. No rule reads bodies: a prompt may hold
 * any text, code and SQL included, and the managed rules refuse such bodies and those of more than 8 KB.
 */
export const createWebAcl = (
  name: string,
  { called, clientRate }: WebAclArgs,
  options: CustomResourceOptions,
): wafv2.WebAcl =>
  new wafv2.WebAcl(
    name,
    {
      region: CLOUDFRONT_REGION,
      scope: "CLOUDFRONT",
      name: called,
      description: `Requests to ${called}`,
      defaultAction: { allow: {} },
      visibilityConfig: counted(called),
      rules: [
        {
          name: "reputation",
          priority: 0,
          overrideAction: { none: {} },
          statement: {
            managedRuleGroupStatement: { vendorName: "AWS", name: "AWSManagedRulesAmazonIpReputationList" },
          },
          visibilityConfig: counted("reputation"),
        },
        {
          name: "client-rate",
          priority: 1,
          action: { block: { customResponse: { responseCode: 429 } } },
          statement: {
            rateBasedStatement: { aggregateKeyType: "IP", evaluationWindowSec: WINDOW_SECONDS, limit: clientRate },
          },
          visibilityConfig: counted("client-rate"),
        },
      ],
    },
    options,
  );

/** Metrics without samples, which would hold the headers of requests, tokens included. */
const counted = (
  metricName: string,
): { metricName: string; cloudwatchMetricsEnabled: true; sampledRequestsEnabled: false } => ({
  metricName,
  cloudwatchMetricsEnabled: true,
  sampledRequestsEnabled: false,
});
