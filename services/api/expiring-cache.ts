/** Values that are trusted for a fixed time after they were read. Those who ask at once share one read. */
export class ExpiringCache<Value> {
  readonly #entries = new Map<string, { readonly value: Promise<Value | undefined>; readonly until: number }>();

  constructor(
    private readonly milliseconds: number,
    private readonly maxEntries: number,
  ) {}

  /** The value of a key. What is not found or cannot be read is asked for again the next time. */
  get(key: string, read: () => Promise<Value | undefined>): Promise<Value | undefined> {
    const known = this.#entries.get(key);
    if (known && known.until > Date.now()) return known.value;
    if (this.#entries.size >= this.maxEntries) this.#entries.clear();
    const value = read();
    const entry = { value, until: Date.now() + this.milliseconds };
    this.#entries.set(key, entry);
    const forget = (): void => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    };
    value.then((found) => {
      if (found === undefined) forget();
    }, forget);
    return value;
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }
}
