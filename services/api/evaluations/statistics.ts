/** Of a 95 % confidence interval. */
const CONFIDENCE = 0.95;
/** The quantile 0.975 of the standard normal distribution. */
const Z = 1.959963984540054;

export type Interval = readonly [low: number, high: number];

/** Differences between pairs, by their number, mean and sample standard deviation. */
export interface Differences {
  readonly pairs: number;
  readonly mean: number;
  readonly deviation: number;
}

/**
 * The 95 % confidence interval of a mean difference, by Student's t for paired samples: mean ± t · deviation / √pairs, with pairs - 1 degrees
 * of freedom. Null for fewer than two pairs.
 */
export function pairedInterval({ pairs, mean, deviation }: Differences): Interval | null {
  if (pairs < 2) return null;
  const margin = (criticalT(pairs - 1) * deviation) / Math.sqrt(pairs);
  return [mean - margin, mean + margin];
}

/** The 95 % confidence interval of a share, by Wilson's score: it stays within 0 and 1, and holds for few observations. Null for none. */
export function wilsonInterval(count: number, of: number): Interval | null {
  if (of === 0) return null;
  const share = count / of;
  const scale = 1 + Z ** 2 / of;
  const center = (share + Z ** 2 / (2 * of)) / scale;
  const margin = (Z / scale) * Math.sqrt((share * (1 - share)) / of + Z ** 2 / (4 * of ** 2));
  return [Math.max(0, center - margin), Math.min(1, center + margin)];
}

/** The t within which the distribution with so many degrees of freedom lies with 95 %. */
export function criticalT(degrees: number): number {
  // With t = tan(angle) · √degrees, the probability is a finite sum, and grows with the angle.
  let [low, high] = [0, Math.PI / 2];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (centralProbability(middle, degrees) < CONFIDENCE) low = middle;
    else high = middle;
  }
  return Math.tan(low) * Math.sqrt(degrees);
}

/** Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4. */
function centralProbability(angle: number, degrees: number): number {
  const isOdd = degrees % 2 === 1;
  let term = isOdd ? Math.cos(angle) : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let power = isOdd ? 3 : 2; power <= degrees - 2; power += 2) {
    term *= (Math.cos(angle) ** 2 * (power - 1)) / power;
    sum += term;
  }
  return isOdd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}
