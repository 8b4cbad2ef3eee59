import type { RecordedAddon } from "../../model/enforcement.ts";
import type { RecordedValue } from "../../model/safety.ts";
import { type Recorded, type RecordedResource, textOf } from "../../model/recorded.ts";
import { cdnValuesOf } from "./cdn.ts";
import { isBeside } from "./database-backups.ts";
import { at, isOn, nameOf, ofType, referredTo, textsOf } from "../inputs.ts";

type Resources = readonly RecordedResource[];

const CLUSTER = "aws:eks/cluster:Cluster";
const INSTANCE = "aws:rds/instance:Instance";
const PROVIDER = "pulumi:providers:aws";
const ADMINISTRATOR = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";

const isReplica = ({ inputs }: RecordedResource): boolean => "replicateSourceDb" in inputs;

/** Add-ons of the cluster. Configuration that is not JSON turns nothing on. */
export function addonsOf(resources: Resources): RecordedAddon[] {
  const clusters = ofType(resources, CLUSTER);
  return ofType(resources, "aws:eks/addon:Addon")
    .filter((addon) => referredTo(at(addon, "clusterName"), clusters).length > 0)
    .map((addon) => ({
      name: textsOf(at(addon, "addonName"))[0] ?? "",
      configuration: parse(at(addon, "configurationValues")) as RecordedAddon["configuration"],
    }));
}

function parse(value: Recorded | undefined): unknown {
  if (typeof value !== "string") return {};
  try {
    return JSON.parse(value) ?? {};
  } catch {
    return {};
  }
}

export const bucketsOf = (resources: Resources): string[] =>
  ofType(resources, "aws:s3/bucket:Bucket").flatMap((each) => textsOf(at(each, "bucket")));

/** Where each type shows what a key of the environment declares. */
const paths: readonly (readonly [type: string, path: string, key: string])[] = [
  [PROVIDER, "region", "region"],
  [CLUSTER, "version", "kubernetes.version"],
  ["aws:ec2/vpc:Vpc", "cidrBlock", "network.cidr"],
  ["aws:route53/zone:Zone", "name", "domain"],
];

const primaryPaths: readonly (readonly [path: string, key: string])[] = [
  ["engineVersion", "database.version"],
  ["allocatedStorage", "database.storage"],
  ["backupRetentionPeriod", "database.pointInTimeRecoveryDays"],
];

/** Of the database servers, `serving` is the one that services use. */
export function valuesOf(resources: Resources, serving: string | undefined): RecordedValue[] {
  const instances = ofType(resources, INSTANCE);
  const primaries = instances.filter((instance) => !isReplica(instance) && !isBeside(instance, serving));
  return [
    ...paths.flatMap(([type, path, key]) => ofType(resources, type).map((each) => value(each, key, at(each, path)))),
    ...ofType(resources, PROVIDER).map((each) => value(each, "account", String(parse(at(each, "allowedAccountIds"))))),
    ...primaries.flatMap((each) => [
      ...primaryPaths.map(([path, key]) => value(each, key, at(each, path))),
      value(each, "database.standby", isOn(at(each, "multiAz"))),
      value(each, "database.readReplicas", replicasOf(each, instances)),
    ]),
    ...instances.map((each) => value(each, "database.needs", at(each, "instanceClass"))),
    ...administratorsOf(resources),
    ...endpointsOf(resources),
    ...repositoriesOf(resources),
    ...cdnValuesOf(resources),
  ];
}

/** Services with an endpoint in the network, by the end of their names. */
function endpointsOf(resources: Resources): RecordedValue[] {
  const endpoints = ofType(resources, "aws:ec2/vpcEndpoint:VpcEndpoint").filter(
    (each) => at(each, "vpcEndpointType") === "Interface",
  );
  const services = endpoints.map((each) =>
    textOf(at(each, "serviceName")).replace(/^com\.amazonaws\.[-a-z0-9]+\./, ""),
  );
  const [first] = endpoints;
  return first ? [value(first, "network.endpoints", services.toSorted().join(", "))] : [];
}

/** Names of the repositories for images. */
function repositoriesOf(resources: Resources): RecordedValue[] {
  const repositories = ofType(resources, "aws:ecr/repository:Repository");
  const [first] = repositories;
  const names = repositories.map((each) => textOf(at(each, "name")));
  return first ? [value(first, "registry", names.toSorted().join(", "))] : [];
}

const value = (resource: RecordedResource, key: string, recorded: Recorded | undefined): RecordedValue => ({
  key,
  resource: nameOf(resource),
  value: textOf(recorded),
});

const replicasOf = (primary: RecordedResource, instances: Resources): number =>
  instances.filter((each) => referredTo(at(each, "replicateSourceDb"), [primary]).length > 0).length;

/** Principals that an access entry lets in and a policy makes administrators of the whole cluster. */
function administratorsOf(resources: Resources): RecordedValue[] {
  const clusters = ofType(resources, CLUSTER);
  const policies = ofType(resources, "aws:eks/accessPolicyAssociation:AccessPolicyAssociation");
  const entries = ofType(resources, "aws:eks/accessEntry:AccessEntry");
  const of = (each: RecordedResource): string => textsOf(at(each, "principalArn"))[0] ?? "";
  const isOfCluster = (each: RecordedResource): boolean => referredTo(at(each, "clusterName"), clusters).length > 0;
  const described = entries.map((entry) => {
    const policy = policies.find((each) => of(each) === of(entry) && isOfCluster(each));
    const administers =
      isOfCluster(entry) &&
      policy !== undefined &&
      at(policy, "policyArn") === ADMINISTRATOR &&
      at(policy, "accessScope.type") === "cluster";
    return administers ? of(entry) : `${of(entry)} without the rights of an administrator`;
  });
  const strays = policies.map(of).filter((principal) => !entries.some((entry) => of(entry) === principal));
  const all = [...described, ...strays.map((principal) => `${principal} without an access entry`)];
  const [cluster] = clusters;
  return cluster && all.length > 0 ? [value(cluster, "kubernetes.administrators", all.toSorted().join(", "))] : [];
}
