/** UTF-16 code units that are looked through at once. */
const WINDOW = 65_536;
/** Code units that two windows share: more than what is looked for is long. */
const OVERLAP = 4_096;

/** A part of a text. What touches an edge that is none of the text's may go on beyond it; the next window, or the one before, has it whole. */
export interface TextWindow {
  readonly text: string;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** A text in parts that overlap, so that a long one is neither copied whole nor looked through in one go. */
export function* windowsOf(text: string): Generator<TextWindow> {
  for (let start = 0, isLast = false; !isLast; start += WINDOW - OVERLAP) {
    isLast = start + WINDOW >= text.length;
    yield { text: text.slice(start, start + WINDOW), isFirst: start === 0, isLast };
  }
}

/** Letters of another width, ligatures and cases are the same. */
export const normalized = ({ text, ...edges }: TextWindow): TextWindow => ({
  text: text.normalize("NFKC").toLowerCase(),
  ...edges,
});

/** Whether what stands from one place to another is whole: no part of something that goes on in another window. */
export const isWhole = ({ text, isFirst, isLast }: TextWindow, from: number, to: number): boolean =>
  (isFirst || from > 0) && (isLast || to < text.length);
