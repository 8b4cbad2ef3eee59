import { randomShare } from "../shared/runtime/random-share.ts";
import { backOff } from "./retry.ts";

/** Failures of an endpoint in a row that open its circuit. */
const MAX_FAILURES = 5;

/** What a call tells about its endpoint: it answered, it failed, or neither, such as when it was busy or the call was aborted. */
export type Verdict = "answered" | "failed" | "neither";

export interface CircuitOptions {
  /** Told when it opens, and when it closes. */
  readonly onChange: (isOpen: boolean) => void;
  /** Milliseconds of a clock that never goes back. @default performance.now */
  readonly now?: () => number;
  /** 0 to 1. @default - at random */
  readonly random?: () => number;
}

/**
 * Keeps executions from an endpoint that fails. It opens after five failures in a row, for 1 s; then one execution may try. If that one
 * fails too, it stays open for twice as long, up to a minute; if it is answered, the circuit closes.
 */
export class Circuit {
  readonly #onChange: CircuitOptions["onChange"];
  readonly #now: () => number;
  readonly #random: () => number;
  #failures = 0;
  /** Times that it opened since it was closed. */
  #openings = 0;
  #openUntil = 0;
  #isTrying = false;

  constructor({ onChange, now = () => performance.now(), random = randomShare }: CircuitOptions) {
    this.#onChange = onChange;
    this.#now = now;
    this.#random = random;
  }

  get isOpen(): boolean {
    return this.#openings > 0;
  }

  /** Executions that may go to the endpoint now, of so many. */
  admits(wanted: number): number {
    if (!this.isOpen) return wanted;
    return this.#isTrying || this.#now() < this.#openUntil ? 0 : Math.min(wanted, 1);
  }

  /** An execution goes to the endpoint. Returns what has to be called with the verdict on it. */
  begin(): (verdict: Verdict) => void {
    const isTrial = this.isOpen;
    if (isTrial) this.#isTrying = true;
    return (verdict) => {
      if (isTrial) this.#endTrial(verdict);
      else this.#count(verdict);
    };
  }

  #endTrial(verdict: Verdict): void {
    this.#isTrying = false;
    if (verdict === "failed") this.#open();
    if (verdict !== "answered") return;
    this.#failures = 0;
    this.#openings = 0;
    this.#onChange(false);
  }

  /** What began before it opened says nothing of the endpoint since. */
  #count(verdict: Verdict): void {
    if (this.isOpen || verdict === "neither") return;
    this.#failures = verdict === "failed" ? this.#failures + 1 : 0;
    if (this.#failures >= MAX_FAILURES) this.#open();
  }

  #open(): void {
    this.#openings += 1;
    this.#openUntil = this.#now() + 1_000 * backOff(this.#openings, 0, this.#random);
    if (this.#openings === 1) this.#onChange(true);
  }
}
