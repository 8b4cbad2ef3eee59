import { awsActions } from "../../../platform/catalogue/rights.ts";
import type { RecordedResource } from "../../model/recorded.ts";
import { at, ofType, textsOf } from "../inputs.ts";
import type { Request } from "./iam.ts";

/** Keys of what a change is about: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-rrset-conditions.html. */
const NAMES = "route53:changeresourcerecordsetsnormalizedrecordnames";
const TYPES = "route53:changeresourcerecordsetsrecordtypes";

const domainsOf = (resources: readonly RecordedResource[]): string[] =>
  ofType(resources, "aws:route53/zone:Zone").flatMap((zone) => textsOf(at(zone, "name")));

/** The requests for one host of each zone. */
export function manageDnsRecords(resources: readonly RecordedResource[]): Request[] {
  const { everywhere, zone: onZone, record: onRecord, types } = awsActions.manageDnsRecords;
  const zone = "arn:aws:route53:::hostedzone/Z1";
  return [
    ...everywhere.map((action) => ({ action, resource: "*" })),
    ...onZone.map((action) => ({ action, resource: zone })),
    ...domainsOf(resources).flatMap((domain) =>
      onRecord.flatMap((action) =>
        types.map((type) => ({ action, resource: zone, context: { [NAMES]: [`host.${domain}`], [TYPES]: [type] } })),
      ),
    ),
  ];
}

/** The same change of a name of somebody else's, and one that hands the name, its certificates or its mail to somebody else. */
export function otherRecords({ action, resource, context = {} }: Request): Request[] {
  if (!(NAMES in context)) return [];
  return [
    { ...context, [NAMES]: ["host.other.example"] },
    ...["NS", "CAA", "MX"].map((type) => ({ ...context, [TYPES]: [type] })),
  ].map((other) => ({ action, resource, context: other }));
}
