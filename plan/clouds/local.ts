import { privateNetworks } from "../../platform/addresses.ts";
import { declaredAllocatable } from "../../platform/catalogue/allocatable.ts";
import type { NodeGroup } from "../model/nodes.ts";
import { known, knownNumber, knownText, type RecordedResource } from "../model/recorded.ts";
import { freeInCluster } from "./billing.ts";
import type { CloudReader } from "./reader.ts";
import { labelsOf, listOf, taintsOf, ZONE } from "./recorded-nodes.ts";
import { identitiesInCluster } from "./identities-in-cluster.ts";
import { nothingRecorded } from "./nothing-recorded.ts";
import { secretsInCluster } from "./secrets-in-cluster.ts";

export const local: CloudReader = {
  addresses: () => ({
    ...{ database: [], controlPlane: privateNetworks, callers: privateNetworks },
    ...{ nodes: privateNetworks, pods: privateNetworks },
  }),
  nodeGroups: { "promptops:local:DeclaredPool": readDeclaredPool },
  database: () => undefined,
  buckets: () => [],
  dnsZones: () => [],
  storedSecrets: secretsInCluster,
  addons: () => "builtin",
  // Nodes, volumes and load balancers are their owner's.
  billing: { billed: {}, free: freeInCluster, volume: () => [], loadBalancer: () => [] },
  quotaNeeds: () => [],
  safety: (resources) => ({ ...nothingRecorded, identities: identitiesInCluster(resources) }),
};

function readDeclaredPool(pool: RecordedResource): NodeGroup[] {
  const shares = pool.inputs["shares"];
  const machine = {
    vcpu: knownNumber(pool, "vcpu"),
    memoryGiB: knownNumber(pool, "memoryGiB"),
    gpus: knownNumber(pool, "gpus"),
    maxPods: knownNumber(pool, "maxPods"),
  };
  return listOf(shares).map((_, index) => {
    const zone = knownText(pool, `shares.${index}.zone`);
    return {
      pool: pool.name,
      zone,
      min: knownNumber(pool, `shares.${index}.min`),
      max: knownNumber(pool, `shares.${index}.max`),
      labels: { ...labelsOf(known(pool, `shares.${index}.labels`)), [ZONE]: zone },
      taints: taintsOf(known(pool, "taints")),
      allocatable: declaredAllocatable(machine),
      machines: [],
      spot: false,
    };
  });
}
