import type { Subnet } from "../../model/safety.ts";
import { type Recorded, type RecordedResource, textOf } from "../../model/recorded.ts";
import { at, listedIn, objectsIn, ofType, referredTo } from "../inputs.ts";

type Resources = readonly RecordedResource[];

const SUBNET = "aws:ec2/subnet:Subnet";
const DEFAULT_ROUTES = ["0.0.0.0/0", "::/0"];

/** The route tables of a subnet; none where it falls back to the network's main table. */
export const tablesOf = (subnet: RecordedResource, resources: Resources): RecordedResource[] =>
  ofType(resources, "aws:ec2/routeTableAssociation:RouteTableAssociation")
    .filter((each) => referredTo(at(each, "subnetId"), [subnet]).length > 0)
    .flatMap((each) => referredTo(at(each, "routeTableId"), ofType(resources, "aws:ec2/routeTable:RouteTable")));

/** Where the default routes of a subnet lead. */
export function wayOutOf(subnet: RecordedResource, resources: Resources): Subnet["wayOut"] {
  const routes = tablesOf(subnet, resources).flatMap((table) => [
    ...ofType(resources, "aws:ec2/route:Route")
      .filter((route) => referredTo(at(route, "routeTableId"), [table]).length > 0)
      .map(({ inputs }) => inputs),
    ...objectsIn(at(table, "routes")),
  ]);
  const outward = routes.filter((route) =>
    ["destinationCidrBlock", "destinationIpv6CidrBlock", "cidrBlock", "ipv6CidrBlock"].some((key) =>
      DEFAULT_ROUTES.includes(textOf(route[key])),
    ),
  );
  const gateways = ofType(resources, "aws:ec2/internetGateway:InternetGateway");
  if (outward.some(({ gatewayId }) => referredTo(gatewayId, gateways).length > 0)) return "internet";
  const [nat] = outward.flatMap(({ natGatewayId }) =>
    referredTo(natGatewayId, ofType(resources, "aws:ec2/natGateway:NatGateway")),
  );
  if (nat) return { nat: zoneOf(nat, resources) };
  return outward.length > 0 ? { nat: "no gateway" } : undefined;
}

/** The zone of the subnet that a gateway is in. */
function zoneOf(gateway: RecordedResource, resources: Resources): string {
  const [subnet] = referredTo(at(gateway, "subnetId"), ofType(resources, SUBNET));
  const zone = subnet && at(subnet, "availabilityZone");
  return textOf(zone);
}

export const subnetsNamed = (value: Recorded | undefined, resources: Resources): RecordedResource[] =>
  listedIn(value, ofType(resources, SUBNET));
