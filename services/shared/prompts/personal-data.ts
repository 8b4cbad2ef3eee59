import { cardNumbers, type Span } from "./card-numbers.ts";
import { isWhole, type TextWindow } from "./text-windows.ts";

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
/** Characters of the country and the check digits. */
const HEAD = 4;

// Repetitions are bounded, so that no text takes longer than its length.
/** The end of a mailbox's name tells as much as all of it. */
const EMAIL = /[\p{L}\p{N}._%+-]@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,63}/gu;
/** International form: national ones look like any other number. */
const PHONE = /(?<![\d+])(?:\+|00)[1-9](?:[ ().-]{0,2}\d){7,13}(?!\d)/g;
/** Looked ahead at, since one may begin in the middle of what only looks like one. */
const IBAN = /(?<![A-Z0-9])(?=([A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30})(?![A-Z0-9]))/gi;

const FIND: Readonly<Record<PersonalData, (text: string) => Iterable<Span>>> = {
  email: (text) => spansOf(text, EMAIL),
  phone: (text) => spansOf(text, PHONE),
  card: cardNumbers,
  iban: ibans,
};

/** Whether a window of a text holds some: numbers of cards and accounts only with the right check digits. */
export function holds(kind: PersonalData, window: TextWindow): boolean {
  for (const [from, to] of FIND[kind](window.text)) if (isWhole(window, from, to)) return true;
  return false;
}

function* spansOf(text: string, pattern: RegExp): Generator<Span> {
  for (const { 0: found, index } of text.matchAll(pattern)) yield [index, index + found.length];
}

/**
 * ISO 13616: with the country and check digits at the end, and letters as 10 to 35, the remainder by 97 is 1. A number ends at a space, and the
 * next word may follow it.
 */
function* ibans(text: string): Generator<Span> {
  for (const { 1: candidate = "", index } of text.matchAll(IBAN)) {
    const head = remainder(0, candidate.slice(0, HEAD));
    let rest = 0;
    let characters = HEAD;
    for (let at = HEAD; at < candidate.length; at += 1) {
      const character = candidate.charAt(at);
      if (character === " ") continue;
      rest = remainder(rest, character);
      characters += 1;
      const isEnd = at + 1 === candidate.length || candidate.charAt(at + 1) === " ";
      // The head has six digits: two for each letter.
      if (isEnd && characters >= MIN_IBAN && (rest * 1_000_000 + head) % 97 === 1) yield [index, index + at + 1];
    }
  }
}

/** The remainder by 97 of a number that goes on with characters. */
function remainder(rest: number, characters: string): number {
  let next = rest;
  for (const character of characters) {
    const value = Number.parseInt(character, 36);
    next = (next * (value < 10 ? 10 : 100) + value) % 97;
  }
  return next;
}
