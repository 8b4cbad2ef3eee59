import { originFacingPrefixLists } from "../../../platform/catalogue/cloudfront.ts";
import { HTTPS_PORT } from "../../../platform/connections.ts";
import type { DeclaredCloud } from "../../model/declared.ts";
import { isObject, type Recorded, type RecordedResource, textOf } from "../../model/recorded.ts";
import type { RecordedValue } from "../../model/safety.ts";
import { at, nameOf, numberOf, objectsIn, ofType, referredTo, textsOf } from "../inputs.ts";
import { subnetsNamed } from "./routes.ts";

type Resources = readonly RecordedResource[];
type Held = readonly (readonly [held: boolean, fault: string])[];

const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";
const WEB_ACL = "aws:wafv2/webAcl:WebAcl";
const RECORD = "aws:route53/record:Record";
const NODES = "aws:eks/nodeGroup:NodeGroup";
const MAX_PORT = 65_535;
const INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";

/** What was recorded of the keys below `cdn`. */
export function cdnValuesOf(resources: Resources): RecordedValue[] {
  return ofType(resources, DISTRIBUTION).flatMap((distribution) => {
    const value = (key: string, found: string): RecordedValue => ({
      key,
      resource: nameOf(distribution),
      value: found,
    });
    const protections = ofType(resources, "aws:shield/protection:Protection").filter(
      (each) => referredTo(at(each, "resourceArn"), [distribution]).length > 0,
    );
    return [
      value("cdn.clientRate", firewallsOf(distribution, resources).flatMap(clientRates).join(", ")),
      value("cdn.shieldAdvanced", String(protections.length > 0)),
      value("cdn hosts", textsOf(at(distribution, "aliases")).toSorted().join(", ")),
    ];
  });
}

const firewallsOf = (distribution: RecordedResource, resources: Resources): RecordedResource[] =>
  referredTo(at(distribution, "webAclId"), ofType(resources, WEB_ACL));

/** Requests per minute and address after which a web ACL refuses. */
function clientRates(acl: RecordedResource): number[] {
  return objectsIn(at(acl, "rules")).flatMap(({ action, statement }) => {
    const rate = isObject(statement) ? statement["rateBasedStatement"] : undefined;
    if (!isObject(rate) || !isObject(action) || !("block" in action)) return [];
    const { aggregateKeyType, limit, evaluationWindowSec, scopeDownStatement } = rate;
    // Without a window, AWS takes five minutes.
    const minutes = (numberOf(evaluationWindowSec) ?? 300) / 60;
    return aggregateKeyType === "IP" && scopeDownStatement === undefined ? [(numberOf(limit) ?? 0) / minutes] : [];
  });
}

/** Faults by which clients bypass the firewall, are answered without TLS, or reach nothing. */
export function cdnFaults(resources: Resources, { cdn, region }: DeclaredCloud): string[] {
  if (!cdn) return [];
  return [
    ...ofType(resources, DISTRIBUTION).flatMap((distribution) =>
      faultsIn(nameOf(distribution), [
        ...distributionRules(distribution, resources, cdn.origin),
        ...recordRules(distribution, resources),
      ]),
    ),
    ...groupFaults(resources, cdn.group, region),
  ];
}

const faultsIn = (name: string, rules: Held): string[] =>
  rules.filter(([held]) => !held).map(([, fault]) => `${name} ${fault}`);

/** Security policies for viewers that refuse TLS before 1.2. */
const TLS = /^TLSv1\.(2_(2021|2025)|3_2025)$/;

function distributionRules(distribution: RecordedResource, resources: Resources, origin: string): Held {
  const behaviours = ["defaultCacheBehavior", "orderedCacheBehaviors"].flatMap((path) =>
    objectsIn(at(distribution, path)),
  );
  const origins = objectsIn(at(distribution, "origins"));
  const settings = origins.flatMap(({ customOriginConfig }) => objectsIn(customOriginConfig));
  const certificates = ofType(resources, "aws:acm/certificateValidation:CertificateValidation");
  return [
    [
      firewallsOf(distribution, resources).some(
        (acl) => at(acl, "scope") === "CLOUDFRONT" && clientRates(acl).length > 0,
      ),
      "has no firewall that limits each client. Set webAclId to a web ACL with a rate rule that blocks.",
    ],
    [
      behaviours.every(({ viewerProtocolPolicy }) => viewerProtocolPolicy === "redirect-to-https"),
      "answers without TLS. Set viewerProtocolPolicy to 'redirect-to-https' everywhere.",
    ],
    [
      TLS.test(textOf(at(distribution, "viewerCertificate.minimumProtocolVersion"))),
      "accepts TLS before 1.2. Set viewerCertificate.minimumProtocolVersion to 'TLSv1.2_2021'.",
    ],
    [
      referredTo(at(distribution, "viewerCertificate.acmCertificateArn"), certificates).length === 1,
      "has no certificate that the program waits for. Take the certificate's ARN from its validation.",
    ],
    [
      origins.length === 1 && origins.every(({ domainName }) => domainName === origin),
      `does not lead to the gateway. Set the domainName of its origin to '${origin}'.`,
    ],
    [
      settings.length === origins.length && settings.every(isEncrypted),
      "connects to the gateway without TLS 1.2. Set originProtocolPolicy to 'https-only' and originSslProtocols to TLSv1.2.",
    ],
  ];
}

const isEncrypted = ({ originProtocolPolicy, originSslProtocols }: Readonly<Record<string, Recorded>>): boolean =>
  originProtocolPolicy === "https-only" && textsOf(originSslProtocols).join(", ") === "TLSv1.2";

/** Clients of IPv4 and of IPv6 find each host. */
function recordRules(distribution: RecordedResource, resources: Resources): Held {
  const zones = ofType(resources, "aws:route53/zone:Zone");
  const records = ofType(resources, RECORD).filter(
    (each) =>
      objectsIn(at(each, "aliases")).some(({ name }) => referredTo(name, [distribution]).length > 0) &&
      referredTo(at(each, "zoneId"), zones).length === 1,
  );
  return textsOf(at(distribution, "aliases")).flatMap((host) =>
    ["A", "AAAA"].map((type): readonly [boolean, string] => [
      records.some((each) => at(each, "name") === host && at(each, "type") === type),
      `is not found at ${host}: no ${type} record of the zone leads to it. Add the record.`,
    ]),
  );
}

/** The group of the gateway's load balancer admits the CDN and nothing else. */
function groupFaults(resources: Resources, name: string, region = ""): string[] {
  const groups = ofType(resources, "aws:ec2/securityGroup:SecurityGroup").filter(
    (each) => at(each, "tags.Name") === name,
  );
  const [group] = groups;
  if (!group || groups.length > 1)
    return [
      `${groups.length} security groups have the Name '${name}', by which the load balancer controller finds the gateway's. Create one.`,
    ];
  const rules = ofType(resources, INGRESS).filter(
    (each) => referredTo(at(each, "securityGroupId"), [group]).length > 0,
  );
  const list = originFacingPrefixLists[region] ?? "";
  const admitsCdn = (rule: RecordedResource): boolean =>
    at(rule, "prefixListId") === list && at(rule, "ipProtocol") === "tcp" && isHttps(rule);
  return faultsIn(nameOf(group), [
    [
      ofType(resources, NODES)
        .flatMap((nodes) => subnetsNamed(at(nodes, "subnetIds"), resources))
        .every((subnet) => letsOut(group).includes(textOf(at(subnet, "cidrBlock")))),
      "does not let the gateway's load balancer out to every subnet with pods. Add them to egress.",
    ],
    [rules.some(admitsCdn), `does not admit the CDN. Open port ${HTTPS_PORT} to ${list}.`],
    [
      rules.every(admitsCdn) && at(group, "ingress") === undefined,
      "admits clients other than the CDN, which bypass its firewall. Remove their rules.",
    ],
  ]);
}

/** Blocks to which all ports are open. */
const letsOut = (group: RecordedResource): string[] =>
  objectsIn(at(group, "egress"))
    .filter(({ protocol, fromPort, toPort }) => protocol === "tcp" && fromPort === 0 && toPort === MAX_PORT)
    .flatMap(({ cidrBlocks }) => textsOf(cidrBlocks));

const isHttps = (rule: RecordedResource): boolean =>
  ["fromPort", "toPort"].every((end) => numberOf(at(rule, end)) === HTTPS_PORT);
