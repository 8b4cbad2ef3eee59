import { assumedUsage as assumed } from "../../../platform/catalogue/prices/usage.ts";
import type { BilledItem } from "../../model/billing.ts";
import type { RecordedResource } from "../../model/recorded.ts";
import { type BillingReader, fixed, times } from "../billing.ts";
import { at, objectsIn, ofType } from "../inputs.ts";
import { nodesOf } from "./node-counts.ts";

type Resources = readonly RecordedResource[];

const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";
/** The unit of the price of requests. */
const TEN_THOUSANDS_PER_MILLION = 100;

/** Whether answers go to clients through a CDN, which pays nothing for what it gets from a load balancer of AWS. */
export const answersThroughCdn = (resources: Resources): boolean => ofType(resources, DISTRIBUTION).length > 0;

export const edgeBilling: BillingReader["billed"] = {
  [DISTRIBUTION]: (_, resources) => [
    answers("CDN data to the internet", resources),
    {
      item: "CDN requests",
      amount: fixed(assumed.cdnRequests * TEN_THOUSANDS_PER_MILLION),
      assumed: "requests to the CDN",
    },
  ],
  "aws:shield/protection:Protection": (_, resources) => [
    { item: "Shield Advanced", amount: fixed(1) },
    answers("Shield Advanced data", resources),
  ],
  "aws:wafv2/webAcl:WebAcl": (acl) => [
    { item: "WAF web ACL", amount: fixed(1) },
    { item: "WAF rule", amount: fixed(objectsIn(at(acl, "rules")).length) },
    { item: "WAF requests", amount: fixed(assumed.cdnRequests), assumed: "requests to the CDN" },
  ],
};

const answers = (item: string, resources: Resources): BilledItem => ({
  item,
  amount: times(nodesOf(resources), assumed.internetGb),
  assumed: "traffic to the internet",
});
