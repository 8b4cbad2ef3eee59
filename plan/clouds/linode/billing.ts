import { assumedUsage as assumed } from "../../../platform/catalogue/prices/usage.ts";
import { POOL_LABEL } from "../../../platform/pools.ts";
import type { BilledItem } from "../../model/billing.ts";
import { known, knownNumber, knownText, type RecordedResource } from "../../model/recorded.ts";
import { type BillingReader, fixed, freeInCluster, storageClassNamed, unbilledVolumes } from "../billing.ts";
import { at, isOn, ofType } from "../inputs.ts";
import { labelsOf, listOf } from "../recorded-nodes.ts";

/** What the price of object storage includes. */
const INCLUDED_GB = 250;

export const linodeBilling: BillingReader = {
  billed: {
    "linode:index/lkeCluster:LkeCluster": billCluster,
    "linode:index/lkeNodePool:LkeNodePool": (pool) => [billPool(pool, { at: "", count: "nodeCount" })],
    "linode:index/databasePostgresqlV2:DatabasePostgresqlV2": (server) => [
      {
        item: `Postgres ${knownText(server, "type")}, ${knownNumber(server, "clusterSize")} servers`,
        amount: fixed(1),
      },
    ],
    "linode:index/objectStorageBucket:ObjectStorageBucket": (bucket, resources) => [
      // The first bucket brings the account's price.
      ...(ofType(resources, bucket.type)[0] === bucket
        ? [{ item: "object storage, first 250 GB", amount: fixed(1) }]
        : []),
      {
        item: "object storage beyond 250 GB",
        amount: fixed(Math.max(0, assumed.bucketGb - INCLUDED_GB)),
        assumed: "size of objects",
      },
    ],
  },
  free: {
    ...freeInCluster,
    "pulumi:providers:linode": "the program's own",
    "linode:index/domain:Domain": "DNS comes with the account",
    "linode:index/objectStorageKey:ObjectStorageKey": "keys cost nothing",
    "linode:index/token:Token": "tokens cost nothing",
  },
  volume: (storageClass, gib, resources) => {
    const found = storageClassNamed(resources, storageClass);
    if (!found || at(found, "provisioner") !== "linodebs.csi.linode.com") throw unbilledVolumes(storageClass);
    return [{ item: "block storage", amount: fixed(gib) }];
  },
  loadBalancer: () => [{ item: "NodeBalancer", amount: fixed(1) }],
};

function billCluster(cluster: RecordedResource): BilledItem[] {
  const tier = at(cluster, "tier") === "enterprise" ? "enterprise" : "highly available";
  const isPaid = tier === "enterprise" || isOn(at(cluster, "controlPlane.highAvailability"));
  return [
    ...(isPaid ? [{ item: `${tier} control plane`, amount: fixed(1) }] : []),
    ...listOf(at(cluster, "pools")).map((_, index) => billPool(cluster, { at: `pools.${index}.`, count: "count" })),
  ];
}

/** Traffic to the internet is within what comes with the nodes, so it costs nothing. */
function billPool(resource: RecordedResource, { at: prefix, count }: { at: string; count: string }): BilledItem {
  const scales = known(resource, `${prefix}autoscaler`) !== undefined;
  const bound = (which: "min" | "max"): number =>
    knownNumber(resource, scales ? `${prefix}autoscaler.${which}` : `${prefix}${count}`);
  return {
    item: `Linode ${knownText(resource, `${prefix}type`)}`,
    pool: labelsOf(known(resource, `${prefix}labels`))[POOL_LABEL] ?? resource.name,
    amount: { min: bound("min"), max: bound("max") },
  };
}
