import type { Cloud } from "../../clouds.ts";

/** What of a source was seen. */
export interface PriceSource {
  /** The provider's public page. */
  readonly page: string;
  /** The day on which the source said so, or was recorded where it has no date. */
  readonly date: string;
  /**
   * `page`: a dated copy of that page, or of prices transcribed from it. `price-list`: the provider's own price list, as another project
   * took it from there. `third-party`: what others publish, such as expected results in tests of cost estimators; not confirmed by
   * the provider. `unread`: no source was read; the page is where to look. Confirm rows of the last two before you rely on them.
   */
  readonly known: "page" | "price-list" | "third-party" | "unread";
}

export interface Price {
  readonly cloud: Cloud;
  /** `every`: all regions of the catalogue of machine types have this price. */
  readonly region: string;
  readonly item: string;
  readonly unit: string;
  /** Per unit, before tax, without free tiers and agreements. */
  readonly usd: number;
  readonly source: PriceSource;
}

export const isConfirmed = ({ source }: Price): boolean => source.known === "page" || source.known === "price-list";

/** Hours of a month, as cloud providers count them. */
export const HOURS_PER_MONTH = 730;
