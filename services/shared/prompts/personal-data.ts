/** Kinds of personal data that are found by their form. */
export const personalData = ["email", "phone", "card", "iban"] as const;
export type PersonalData = (typeof personalData)[number];

export const describePersonalData: Readonly<Record<PersonalData, string>> = {
  email: "an e-mail address",
  phone: "a phone number",
  card: "a card number",
  iban: "an IBAN",
};

/** Norway's, the shortest. */
const MIN_IBAN = 15;

/** Repetitions are bounded, so that no text takes longer than its length. */
const CANDIDATES: Readonly<Record<PersonalData, RegExp>> = {
  email: /[\p{L}\p{N}._%+-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,63}/gu,
  // International form: national ones look like any other number.
  phone: /(?<![\d+])(?:\+|00)[1-9](?:[ ().-]{0,2}\d){7,13}(?!\d)/g,
  card: /(?<!\d)\d(?:[ -]?\d){11,18}(?!\d)/g,
  iban: /(?<![A-Z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}(?![A-Z0-9])/gi,
};

const CHECKS: Readonly<Record<PersonalData, (candidate: string) => boolean>> = {
  email: () => true,
  phone: () => true,
  card: (candidate) => hasLuhnDigit(candidate.replaceAll(/[ -]/g, "")),
  iban: (candidate) => beginnings(candidate.toUpperCase()).some(hasIbanDigits),
};

/** Whether a text holds some: numbers of cards and accounts only with the right check digits. */
export function holds(kind: PersonalData, text: string): boolean {
  for (const [candidate] of text.matchAll(CANDIDATES[kind])) if (CHECKS[kind](candidate)) return true;
  return false;
}

/** ISO/IEC 7812-1: every second digit from the right counts twice. */
function hasLuhnDigit(digits: string): boolean {
  const sum = Array.from(digits, Number)
    .toReversed()
    .reduce((total, digit, index) => {
      const value = digit * (index % 2 === 1 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return sum % 10 === 0;
}

/** Its first group of characters, its first two, and so on: a number ends at a space, and the next word may follow it. */
const beginnings = (text: string): string[] => {
  const groups = text.split(" ");
  return groups.map((_, index) => groups.slice(0, index + 1).join("")).filter(({ length }) => length >= MIN_IBAN);
};

/** ISO 13616: with the country and check digits at the end, and letters as 10 to 35, the remainder by 97 is 1. */
function hasIbanDigits(iban: string): boolean {
  const turned = iban.slice(4) + iban.slice(0, 4);
  const digits = turned.replaceAll(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  return Array.from(digits, Number).reduce((rest, digit) => (rest * 10 + digit) % 97, 0) === 1;
}
