/**
 * Kubernetes quantities, as `resource.ParseQuantity` of k8s.io/apimachinery v0.35.4 reads them: a sign, digits with or without
 * a point, and one of a binary unit, a decimal unit and an exponent. Amounts are rounded up to a billionth, and at most 2^63-1.
 */
export const QUANTITY = /^([+-]?)(?=\.?\d)(\d*)\.?(\d*)(?:([KMGTPE]i)|([numkMGTPE]?)|[eE]([+-]?\d+))$/;
const BINARY_UNITS = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const DECIMAL_EXPONENTS: Readonly<Record<string, number>> = {
  ...{ n: -9, u: -6, m: -3, "": 0 },
  ...{ k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 },
};
const NANO = 10n ** 9n;
const MAX_NANOS = (2n ** 63n - 1n) * NANO;
/** Beyond it every amount is the largest or smallest there is; an exponent may have any number of digits. */
const MAX_EXPONENT = 60;

/** A quantity in billionths of its base unit. Throws on anything else. */
function nanos(quantity: string | number): bigint {
  const match = QUANTITY.exec(String(quantity));
  if (!match) {
    throw new Error(
      `'${quantity}' is no Kubernetes quantity. Write a number with n, u, m, k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi, Ei or an exponent.`,
    );
  }
  const [, sign, whole = "", fraction = "", ...unit] = match;
  const { factor, exponent } = scaleOf(unit);
  const scale = exponent + 9 - fraction.length;
  const digits = BigInt(whole + fraction) * factor;
  const amount = scale >= 0 ? digits * 10n ** BigInt(scale) : divideUp(digits, 10n ** BigInt(-scale));
  const capped = amount > MAX_NANOS ? MAX_NANOS : amount;
  return sign === "-" ? -capped : capped;
}

function scaleOf([binary, decimal = "", written]: readonly (string | undefined)[]): {
  factor: bigint;
  exponent: number;
} {
  if (binary !== undefined) return { factor: 1024n ** BigInt(BINARY_UNITS.indexOf(binary) + 1), exponent: 0 };
  return { factor: 1n, exponent: written === undefined ? (DECIMAL_EXPONENTS[decimal] ?? 0) : clamp(Number(written)) };
}

const clamp = (exponent: number): number => Math.max(-MAX_EXPONENT, Math.min(MAX_EXPONENT, exponent));

const divideUp = (amount: bigint, by: bigint): bigint => amount / by + (amount % by > 0n ? 1n : 0n);

/** A Kubernetes quantity as a number of its base unit: cores, bytes, pieces. Throws on anything else. */
export function parseQuantity(quantity: string | number): number {
  const amount = nanos(quantity);
  return Number(amount / NANO) + Number(amount % NANO) / Number(NANO);
}

/** CPU in whole thousandths of a core, rounded up as the scheduler does. */
export function millicores(quantity: string | number): number {
  return Number(divideUp(nanos(quantity), 10n ** 6n));
}

/** Memory or storage in whole bytes, rounded up. */
export function bytes(quantity: string | number): number {
  return Number(divideUp(nanos(quantity), NANO));
}

/** Bytes for a reader: `1.5Gi`, `256Mi`. */
export function formatBytes(count: number): string {
  const [unit, size] = count >= 2 ** 30 ? ["Gi", 2 ** 30] : ["Mi", 2 ** 20];
  return `${Number((count / size).toFixed(1))}${unit}`;
}

/** Millicores as the API server writes them back, so that what is applied and what stands there are the same text. */
export function cpuQuantity(count: number): string {
  return count % 1000 === 0 ? String(count / 1000) : `${count}m`;
}

/** Millicores for a reader: `2.5` cores, `250m`. */
export function formatMillicores(count: number): string {
  return count >= 1000 ? String(Number((count / 1000).toFixed(1))) : `${count}m`;
}
