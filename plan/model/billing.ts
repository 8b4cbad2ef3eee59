/** An amount at minimum and at maximum size, per month, in the unit of the item's price. */
export interface Amount {
  readonly min: number;
  readonly max: number;
}

/** Something that the cloud bills. */
export interface BilledItem {
  /** Of the catalogue of prices. */
  readonly item: string;
  /** What is bought where the item is not to be had; the dearest counts. @default - nothing */
  readonly alternatives?: readonly string[];
  readonly amount: Amount;
  /** @default - it belongs to no pool */
  readonly pool?: string;
  /** Spot capacity, at a discount that changes by the hour. @default - on demand */
  readonly spot?: true;
  /** Which usage was assumed, where the amount is no fact of the plan. @default - the plan says the amount */
  readonly assumed?: string;
}

export interface Charge extends BilledItem {
  /** `NodeGroup 'application-1-a'`. */
  readonly resource: string;
  readonly layer: string;
}

/** What a plan's cloud bills, before prices. */
export interface Billing {
  readonly charges: readonly Charge[];
  /** What is neither charged nor known to be free, and why. */
  readonly unpriced: readonly { readonly resource: string; readonly reason: string }[];
  /** Types that cost nothing, each with the reason, and how many there are. */
  readonly free: readonly { readonly type: string; readonly reason: string; readonly count: number }[];
}
