import type { Price, PriceSource } from "./price.ts";

/** Of all regions but Jakarta and São Paulo. */
const source: PriceSource = { page: "https://www.linode.com/pricing/", date: "2025-08-19", known: "page" };

const rows = (unit: string, prices: Readonly<Record<string, number>>): Price[] =>
  Object.entries(prices).map(([item, usd]) => ({ cloud: "linode", region: "every", item, unit, usd, source }));

/** Clusters of one, two and three servers. */
const postgres = (type: string, prices: readonly [number, number, number]): Price[] =>
  prices.flatMap((usd, index) => rows("month", { [`Postgres ${type}, ${index + 1} servers`]: usd }));

export const linodePrices: readonly Price[] = [
  ...rows("month", {
    "Linode g6-standard-2": 24,
    "Linode g6-standard-4": 48,
    "Linode g6-standard-6": 96,
    "Linode g6-standard-8": 192,
    "Linode g6-standard-16": 384,
    "Linode g6-dedicated-2": 36,
    "Linode g6-dedicated-4": 72,
    "Linode g6-dedicated-8": 144,
    "Linode g6-dedicated-16": 288,
    "Linode g2-gpu-rtx4000a1-s": 350,
    "Linode g2-gpu-rtx4000a1-m": 446,
    "Linode g2-gpu-rtx4000a1-l": 638,
    "highly available control plane": 60,
    "enterprise control plane": 300,
    NodeBalancer: 10,
  }),
  ...postgres("g6-dedicated-2", [68, 143, 206]),
  ...postgres("g6-dedicated-4", [136, 285, 410]),
  ...postgres("g6-dedicated-8", [273, 590, 819]),
  ...postgres("g6-dedicated-16", [546, 1168, 1638]),
  ...rows("GB-month", { "block storage": 0.1, "object storage beyond 250 GB": 0.02 }),
  ...rows("account-month", { "object storage, first 250 GB": 5 }),
  ...rows("GB", { "data to the internet": 0.005 }),
];
