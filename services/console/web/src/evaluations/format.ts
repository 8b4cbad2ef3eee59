const decimals = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const signed = new Intl.NumberFormat("en", {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
  signDisplay: "exceptZero",
});
const percent = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 0 });

/** A score from 0 to 1, to two decimals. */
export const formatScore = (score: number): string => decimals.format(score);
/** A difference of scores, with its sign. */
export const formatDifference = (difference: number): string => signed.format(difference);
export const formatShare = (share: number): string => percent.format(share);
