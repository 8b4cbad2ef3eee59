const FACTORS: Readonly<Record<string, number>> = {
  "": 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};
const QUANTITY = /^(\d+(?:\.\d+)?)(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/;

/** A Kubernetes quantity as a number of its base unit: cores, bytes, pieces. Throws on anything else. */
export function parseQuantity(quantity: string | number): number {
  const [, digits, suffix = ""] = QUANTITY.exec(String(quantity)) ?? [];
  const factor = FACTORS[suffix];
  if (digits === undefined || factor === undefined) {
    throw new Error(`'${quantity}' is no Kubernetes quantity. Write a number with m, k, M, G, T, Ki, Mi, Gi or Ti.`);
  }
  return Number(digits) * factor;
}

export function isQuantity(text: string): boolean {
  return QUANTITY.test(text);
}

/** CPU in whole thousandths of a core, rounded up as the scheduler does. */
export function millicores(quantity: string | number): number {
  return Math.ceil(Number((parseQuantity(quantity) * 1000).toFixed(6)));
}

/** Memory or storage in whole bytes, rounded up. */
export function bytes(quantity: string | number): number {
  return Math.ceil(parseQuantity(quantity));
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
