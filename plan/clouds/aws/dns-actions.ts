import { awsActions } from "../../../platform/catalogue/rights.ts";
import type { RecordedResource } from "../../model/recorded.ts";
import { at, ofType, textsOf } from "../inputs.ts";
import type { Request } from "./iam.ts";

/** Keys of what a change is about: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-rrset-conditions.html. */
const NAMES = "route53:changeresourcerecordsetsnormalizedrecordnames";
const TYPES = "route53:changeresourcerecordsetsrecordtypes";

const domainsOf = (resources: readonly RecordedResource[]): string[] =>
  ofType(resources, "aws:route53/zone:Zone").flatMap((zone) => textsOf(at(zone, "name")));

const ZONE = "arn:aws:route53:::hostedzone/Z1";

const changes = (actions: readonly string[], name: string, type: string): Request[] =>
  actions.map((action) => ({ action, resource: ZONE, context: { [NAMES]: [name], [TYPES]: [type] } }));

/** The requests for one host of each zone. */
export function manageDnsRecords(resources: readonly RecordedResource[]): Request[] {
  const { everywhere, zone: onZone, record, types } = awsActions.manageDnsRecords;
  return [
    ...everywhere.map((action) => ({ action, resource: "*" })),
    ...onZone.map((action) => ({ action, resource: ZONE })),
    ...domainsOf(resources).flatMap((domain) => types.flatMap((type) => changes(record, `host.${domain}`, type))),
  ];
}

/** Names begin with it that prove a host to be ours: RFC 8555, section 8.4. */
const CHALLENGE = "_acme-challenge.";

/** The requests for a wildcard and for one host of each zone. */
export function answerDnsChallenges(resources: readonly RecordedResource[]): Request[] {
  const { everywhere, change, record } = awsActions.answerDnsChallenges;
  return [
    ...everywhere.map((action) => ({ action, resource: "*" })),
    ...change.map((action) => ({ action, resource: "arn:aws:route53:::change/C1" })),
    ...domainsOf(resources)
      .flatMap((domain) => [`${CHALLENGE}${domain}`, `${CHALLENGE}host.${domain}`])
      .flatMap((name) => changes(record, name, "TXT")),
  ];
}

/**
 * Variants that must be refused: the same change of another domain's name, of a type of record that the name does not need, and of
 * records that hand the name, its certificates or its mail to another party.
 */
export function otherRecords({ action, resource, context = {} }: Request): Request[] {
  const [name] = context[NAMES] ?? [];
  if (name === undefined) return [];
  const isChallenge = name.startsWith(CHALLENGE);
  const names = isChallenge ? [`${CHALLENGE}other.example`, name.replace(CHALLENGE, "host.")] : ["host.other.example"];
  const types = ["NS", "CAA", "MX", ...(isChallenge ? ["A"] : [])];
  return [
    ...names.map((other) => ({ ...context, [NAMES]: [other] })),
    ...types.map((type) => ({ ...context, [TYPES]: [type] })),
  ].map((other) => ({ action, resource, context: other }));
}
