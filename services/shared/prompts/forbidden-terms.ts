import { isWhole, normalized, type TextWindow } from "./text-windows.ts";

const ENDS_WITH_WORD = /[\p{L}\p{N}_]$/u;
const BEGINS_WITH_WORD = /^[\p{L}\p{N}_]/u;

interface Term {
  readonly index: number;
  readonly text: string;
}

/** What has been read of terms: the beginning of some. */
interface State {
  readonly next: Map<string, State>;
  /** The state of the longest beginning of a term with which this one ends. */
  shorter: State | undefined;
  /** Terms that end here, the longest first. */
  ends: readonly Term[];
}

const newState = (): State => ({ next: new Map(), shorter: undefined, ends: [] });

/**
 * Finds terms, in whatever case, that are no part of a longer word. It reads a text once, however many terms there are and whatever they
 * have in common (A. Aho and M. Corasick, "Efficient string matching", 1975).
 */
export class TermFinder {
  readonly #start = newState();

  constructor(terms: readonly string[]) {
    for (const [index, term] of terms.entries()) this.#add({ index, text: normalize(term) });
    this.#link();
  }

  /** The index of a term that a window of normalized text has; undefined when it has none. */
  find(window: TextWindow): number | undefined {
    const { text } = window;
    let state = this.#start;
    for (let at = 0; at < text.length; at += 1) {
      state = this.#after(state, text.charAt(at));
      if (state.ends.length === 0 || cutsWord(text, at + 1)) continue;
      const found = state.ends.find(({ text: { length } }) => {
        const from = at + 1 - length;
        return isWhole(window, from, at + 1) && !cutsWord(text, from);
      });
      if (found) return found.index;
    }
    return undefined;
  }

  #add(term: Term): void {
    let state = this.#start;
    for (const character of term.text.split("")) {
      const next = state.next.get(character) ?? newState();
      state.next.set(character, next);
      state = next;
    }
    state.ends = [...state.ends, term];
  }

  /** Shorter states are linked before longer ones. */
  #link(): void {
    const states = [this.#start];
    for (const state of states) {
      for (const [character, next] of state.next) {
        next.shorter = state.shorter ? this.#after(state.shorter, character) : this.#start;
        next.ends = [...next.ends, ...next.shorter.ends];
        states.push(next);
      }
    }
  }

  #after(from: State, character: string): State {
    for (let state: State | undefined = from; state; state = state.shorter) {
      const next = state.next.get(character);
      if (next) return next;
    }
    return this.#start;
  }
}

const normalize = (text: string): string => normalized({ text, isFirst: true, isLast: true }).text;

/** Whether a word goes on at a place of a text. Two code units hold one character beyond the Basic Multilingual Plane. */
const cutsWord = (text: string, at: number): boolean =>
  ENDS_WITH_WORD.test(text.slice(Math.max(0, at - 2), at)) && BEGINS_WITH_WORD.test(text.slice(at, at + 2));
