/** UTF-16 code units of a window. */
const WINDOW = 65_536;
/** Code units that two windows share. A match must be shorter: the longest is a forbidden term of 200 characters, decomposed. */
const OVERLAP = 4_096;

/** A part of a text. A match that touches an inner edge may continue beyond it; a neighbouring window contains all of it. */
export interface TextWindow {
  readonly text: string;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** Splits a text into overlapping parts, so that a long one is neither copied nor searched at once. */
export function* windowsOf(text: string): Generator<TextWindow> {
  for (let start = 0, isLast = false; !isLast; start += WINDOW - OVERLAP) {
    isLast = start + WINDOW >= text.length;
    yield { text: text.slice(start, start + WINDOW), isFirst: start === 0, isLast };
  }
}

/** Makes letters of other widths and cases, and ligatures, equal. */
export const normalized = ({ text, ...edges }: TextWindow): TextWindow => ({
  text: text.normalize("NFKC").toLowerCase(),
  ...edges,
});

/** Whether a match is complete: it touches no inner edge of its window. */
export const isWhole = ({ text, isFirst, isLast }: TextWindow, from: number, to: number): boolean =>
  (isFirst || from > 0) && (isLast || to < text.length);
