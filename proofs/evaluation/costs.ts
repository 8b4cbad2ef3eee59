import type { Charge } from "../../plan/model/billing.ts";
import type { Cost, CostLine } from "../../plan/model/effects.ts";
import type { Plan } from "../../plan/model/plan.ts";
import { type FoundPrice, priceOf, SPOT_DISCOUNT } from "../../platform/catalogue/prices/index.ts";
import { isConfirmed } from "../../platform/catalogue/prices/price.ts";
import { BUSY_SHARE } from "../../platform/catalogue/prices/usage.ts";
import { groupBy } from "../../platform/group-by.ts";

export interface Costs {
  readonly lines: readonly CostLine[];
  readonly total: Cost;
  /** Which part of the expected sum is estimated: from 0 to 1. */
  readonly estimated: number;
  /** Which part of it has a price that the provider did not confirm: from 0 to 1. */
  readonly unconfirmed: number;
  /** What is billed without a price that we know, and why. */
  readonly unpriced: Plan["billing"]["unpriced"];
}

type Priced = Charge & { readonly found: FoundPrice };

/** What a plan costs in a month, as far as prices are known. */
export function costsOf({ billing, cloud, expected }: Pick<Plan, "billing" | "cloud" | "expected">): Costs {
  const { region } = expected.cloud;
  const priced: Priced[] = [];
  const unpriced = [...billing.unpriced];
  for (const charge of billing.charges) {
    const items = [charge.item, ...(charge.alternatives ?? [])];
    const found = items.map((item) => priceOf(cloud, region, item));
    const missing = items.filter((_, index) => found[index] === undefined);
    const [dearest] = found.filter((each) => each !== undefined).toSorted((one, other) => other.usd - one.usd);
    if (dearest && missing.length === 0) priced.push({ ...charge, found: dearest });
    else
      unpriced.push({
        resource: charge.resource,
        reason: `'${missing.join("', '")}' has no price in ${region ?? "no region"}.`,
      });
  }
  const lines = linesOf(priced);
  const total = sumOf(lines);
  const share = (part: readonly Cost[]): number => (total.expected === 0 ? 0 : sumOf(part).expected / total.expected);
  return {
    lines,
    total,
    estimated: share(lines.filter(({ estimates }) => estimates.length > 0)),
    unconfirmed: share(priced.filter(({ found }) => !isConfirmed(found.price)).map(costOf)),
    unpriced,
  };
}

/** One line for the same item of a layer and pool. The dearest comes first. */
function linesOf(priced: readonly Priced[]): CostLine[] {
  return [...groupBy(priced, (charge) => JSON.stringify([charge.layer, charge.pool, nameOf(charge)])).values()]
    .flatMap(([first, ...others]) => (first ? [lineOf(first, others)] : []))
    .toSorted((one, other) => other.max - one.max || (nameOfLine(one) < nameOfLine(other) ? -1 : 1));
}

const nameOf = ({ found, spot }: Priced): string => `${found.price.item}${spot ? ", spot" : ""}`;

export const nameOfLine = ({ layer, pool, item }: CostLine): string =>
  `${layer}${pool === undefined ? "" : ` ${pool}`}: ${item}`;

function lineOf(first: Priced, others: readonly Priced[]): CostLine {
  const all = [first, ...others];
  return {
    layer: first.layer,
    ...(first.pool !== undefined && { pool: first.pool }),
    item: nameOf(first),
    ...rounded(sumOf(all.map(costOf))),
    estimates: [...new Set(all.flatMap(estimatesOf))],
  };
}

/** What is between minimum and maximum runs in busy hours alone. */
function costOf({ amount: { min, max }, found, spot }: Priced): Cost {
  const usd = found.usd * (spot ? 1 - SPOT_DISCOUNT : 1);
  return { min: min * usd, expected: (min + (max - min) * BUSY_SHARE) * usd, max: max * usd };
}

const estimatesOf = ({ found, spot, assumed }: Priced): string[] => [
  ...(found.estimate === undefined ? [] : [found.estimate]),
  ...(spot ? [`spot at ${SPOT_DISCOUNT * 100} % less`] : []),
  ...(assumed === undefined ? [] : [`assumed: ${assumed}`]),
];

export function sumOf(costs: readonly Cost[]): Cost {
  const sum = (size: keyof Cost): number => costs.reduce((total, cost) => total + cost[size], 0);
  return rounded({ min: sum("min"), expected: sum("expected"), max: sum("max") });
}

/** To cents. */
const rounded = ({ min, expected, max }: Cost): Cost => ({
  min: cents(min),
  expected: cents(expected),
  max: cents(max),
});
const cents = (usd: number): number => Math.round(usd * 100) / 100;

/** `1,234 USD`. */
export const formatUsd = (usd: number): string => `${Math.round(usd).toLocaleString("en-US")} USD`;

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** `1,234 USD a month at minimum size, 2,345 expected, 3,456 at maximum; of the expected sum ...`. */
export function describeCosts({ lines, total, estimated, unconfirmed, unpriced }: Costs): string {
  const missing = unpriced.length > 0 ? [`${unpriced.length} unpriced`] : [];
  if (lines.length === 0) return ["nothing that has a price is billed", ...missing].join("; ");
  return [
    `${formatUsd(total.min)} a month at minimum size, ${formatUsd(total.expected)} expected, ${formatUsd(total.max)} at maximum`,
    `of the expected sum ${percent(estimated)} is estimated and ${percent(unconfirmed)} has prices that the provider did not confirm`,
    ...missing,
  ].join("; ");
}
