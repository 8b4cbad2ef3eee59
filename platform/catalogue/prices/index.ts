import type { Cloud } from "../../clouds.ts";
import { awsPrices } from "./aws.ts";
import { linodePrices } from "./linode.ts";
import type { Price } from "./price.ts";

export const prices: readonly Price[] = [...awsPrices, ...linodePrices];

/**
 * How much more than in us-east-1 things cost, for items without a row of their own region. Each factor is the highest ratio among the
 * items with rows of both regions, rounded up, so that an estimate errs high. eu-west-1 has no row here; m5 and t3 cost 10 to 12 % more there.
 */
const factors: Readonly<Record<string, number>> = {
  "us-east-1": 1,
  "us-west-2": 1,
  "eu-west-1": 1.15,
  "eu-central-1": 1.26,
};
const BASE_REGION = "us-east-1";

export interface FoundPrice {
  readonly price: Price;
  /** Per unit in the region that was asked for. */
  readonly usd: number;
  /** Why it is an estimate. @default - it is a price of this region */
  readonly estimate?: string;
}

/** The price of an item in a region; undefined where no row and no factor says it. */
export function priceOf(cloud: Cloud, region: string | undefined, item: string): FoundPrice | undefined {
  const rows = prices.filter((price) => price.cloud === cloud && price.item === item);
  const own = rows.find((price) => price.region === region || price.region === "every");
  if (own) return { price: own, usd: own.usd };
  const base = rows.find((price) => price.region === BASE_REGION);
  const factor = region === undefined ? undefined : factors[region];
  if (!base || factor === undefined) return undefined;
  return { price: base, usd: base.usd * factor, estimate: `${BASE_REGION} times ${factor}` };
}

/**
 * What is taken off the on-demand price of spot capacity. Savings that were published for general-purpose types in us-east-1 are 54 to
 * 63 %, and change by the hour; this is less, so that an estimate errs high. https://aws.amazon.com/ec2/spot/pricing/, 2026-11-28.
 */
export const SPOT_DISCOUNT = 0.5;
