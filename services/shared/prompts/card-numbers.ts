/** Where something stands in a text. */
export type Span = readonly [from: number, to: number];

/** Digits of the shortest number of a card, Maestro's, and of the longest that ISO/IEC 7812-1 allows. */
const MIN_DIGITS = 12;
const MAX_DIGITS = 19;
/** Digits of the smallest group in which numbers are printed, such as 4-4-4-4, 4-6-5 and 4-4-4-4-3. */
const MIN_GROUP = 3;

/** Digits however they are grouped, with nothing beside them. */
const ALONE = new RegExp(String.raw`(?<!\d)\d(?:[ -]?\d){${MIN_DIGITS - 1},${MAX_DIGITS - 1}}(?!\d)`, "g");
/** How the numbers of payment cards begin: in a list of years some check digit would be right, too. */
const BEGINNING = /(?<!\d)(?:[3-6]|2[2-7])/g;
const ZERO = "0".charCodeAt(0);

/** Numbers of cards with the right check digit, also where other numbers stand beside them. */
export function* cardNumbers(text: string): Generator<Span> {
  for (const { 0: found, index } of text.matchAll(ALONE)) {
    const checksum = new Checksum();
    for (const character of found) checksum.add(digitAt(character, 0));
    if (checksum.isRight()) yield [index, index + found.length];
  }
  for (const { index } of text.matchAll(BEGINNING)) yield* printedAt(text, index);
}

/** Numbers that begin at a place and end with a group of digits. */
function* printedAt(text: string, from: number): Generator<Span> {
  const checksum = new Checksum();
  for (let at = from, group = 0; checksum.digits < MAX_DIGITS; at += 1) {
    const digit = digitAt(text, at);
    if (digit === undefined) return;
    checksum.add(digit);
    group += 1;
    if (digitAt(text, at + 1) !== undefined) continue;
    if (group < MIN_GROUP) return;
    if (checksum.digits >= MIN_DIGITS && checksum.isRight()) yield [from, at + 1];
    if (!/[ -]/.test(text.charAt(at + 1))) return;
    group = 0;
    at += 1;
  }
}

function digitAt(text: string, at: number): number | undefined {
  const value = text.charCodeAt(at) - ZERO;
  return value >= 0 && value <= 9 ? value : undefined;
}

/** ISO/IEC 7812-1: every second digit from the right counts twice. Digits come from the left, so both sums are kept until the last has come. */
class Checksum {
  digits = 0;
  /** The sums in which the digits at even and at odd places count twice. */
  readonly #sums = [0, 0];

  add(digit: number | undefined): void {
    if (digit === undefined) return;
    const twice = digit > 4 ? 2 * digit - 9 : 2 * digit;
    const place = this.digits % 2;
    this.#sums[place] = (this.#sums[place] ?? 0) + twice;
    this.#sums[1 - place] = (this.#sums[1 - place] ?? 0) + digit;
    this.digits += 1;
  }

  isRight(): boolean {
    return (this.#sums[this.digits % 2] ?? 0) % 10 === 0;
  }
}
