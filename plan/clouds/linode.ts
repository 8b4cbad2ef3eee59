import { internetBlocks, LINODE_PRIVATE_NETWORK, privateNetworks } from "../../platform/addresses.ts";
import { lkeAllocatable } from "../../platform/catalogue/allocatable.ts";
import { findMachineType } from "../../platform/catalogue/machine-types.ts";
import type { NodeGroup } from "../model/nodes.ts";
import { known, knownNumber, knownText, type RecordedResource, UnreadableResource } from "../model/recorded.ts";
import { quotaNeedsOf } from "./linode/quotas.ts";
import type { CloudReader } from "./reader.ts";
import { postgresServer } from "./postgres-class.ts";
import { labelsOf, listOf, taintsOf } from "./recorded-nodes.ts";
import { identitiesInCluster } from "./identities-in-cluster.ts";
import { linodeBilling } from "./linode/billing.ts";
import { faultsOf } from "./linode/faults.ts";
import { bucketsOf, keysOf, valuesOf } from "./linode/declared-values.ts";
import { tokensOf } from "./linode/tokens.ts";
import { entrancesOf, holdersOf, retentionsOf, storesOf } from "./linode/safety.ts";
import { secretsInCluster } from "./secrets-in-cluster.ts";

const DATABASE = "linode:index/databasePostgresqlV2:DatabasePostgresqlV2";

export const linode: CloudReader = {
  addresses: (resources) => ({
    // Both have a public address that the provider chooses.
    database: resources.some(({ type }) => type === DATABASE) ? internetBlocks : [],
    controlPlane: internetBlocks,
    callers: [],
    nodes: [LINODE_PRIVATE_NETWORK],
    pods: privateNetworks,
  }),
  nodeGroups: {
    "linode:index/lkeCluster:LkeCluster": readLkeCluster,
    "linode:index/lkeNodePool:LkeNodePool": readLkeNodePool,
  },
  database: (resources) => {
    const server = resources.find(({ type }) => type === DATABASE);
    return server && postgresServer("linode", knownText(server, "type"), Number(server.inputs["clusterSize"]) > 1);
  },
  buckets: (resources) =>
    resources
      .filter(({ type }) => type === "linode:index/objectStorageBucket:ObjectStorageBucket")
      .map((each) => knownText(each, "label")),
  dnsZones: (resources) =>
    resources.filter(({ type }) => type === "linode:index/domain:Domain").map((zone) => knownText(zone, "domain")),
  storedSecrets: secretsInCluster,
  addons: () => "builtin",
  billing: linodeBilling,
  quotaNeeds: quotaNeedsOf,
  safety: (resources, declared) => ({
    stores: storesOf(resources),
    holders: holdersOf(resources, declared.database),
    retentions: retentionsOf(resources),
    databases: [],
    entrances: entrancesOf(resources),
    identities: [...identitiesInCluster(resources), ...keysOf(resources), ...tokensOf(resources)],
    networks: [],
    buckets: bucketsOf(resources),
    values: valuesOf(resources),
    faults: faultsOf(resources),
  }),
};

function readLkeCluster(cluster: RecordedResource): NodeGroup[] {
  const pools = cluster.inputs["pools"];
  return listOf(pools).map((_, index) => readLkePool(cluster, { at: `pools.${index}.`, count: "count" }));
}

function readLkeNodePool(pool: RecordedResource): NodeGroup[] {
  return [readLkePool(pool, { at: "", count: "nodeCount" })];
}

/** A pool that comes with the cluster and one that stands alone say the same, at other paths. Without an autoscaler it keeps its nodes. */
function readLkePool(resource: RecordedResource, { at, count }: { at: string; count: string }): NodeGroup {
  const labels = labelsOf(known(resource, `${at}labels`));
  const type = knownText(resource, `${at}type`);
  const machine = findMachineType(type);
  if (!machine) throw new UnreadableResource(`${resource.name}: '${type}' is not in the catalogue of machine types.`);
  const scales = known(resource, `${at}autoscaler`) !== undefined;
  const bound = (which: "min" | "max"): number =>
    knownNumber(resource, scales ? `${at}autoscaler.${which}` : `${at}${count}`);
  return {
    pool: labels["workload"] ?? resource.name,
    zone: undefined,
    min: bound("min"),
    max: bound("max"),
    labels,
    taints: taintsOf(known(resource, `${at}taints`)),
    allocatable: lkeAllocatable(machine),
    machines: [type],
    spot: false,
  };
}
