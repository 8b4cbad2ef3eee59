/** How many tunnels may be open at once. */
export interface TunnelLimits {
  readonly total: number;
  readonly perClient: number;
}

/** Counts the tunnels of all clients and of each one. */
export class Places {
  readonly #byClient = new Map<string, number>();
  #total = 0;

  constructor(
    private readonly limits: TunnelLimits,
    private readonly onChange: (total: number) => void,
  ) {}

  /** Takes a place for a client's tunnel. Returns what gives it back; undefined when there is none. */
  take(client: string): (() => void) | undefined {
    const own = this.#byClient.get(client) ?? 0;
    if (own >= this.limits.perClient || this.#total >= this.limits.total) return undefined;
    this.#change(client, 1);
    let taken = true;
    return () => {
      if (taken) this.#change(client, -1);
      taken = false;
    };
  }

  #change(client: string, by: 1 | -1): void {
    const own = (this.#byClient.get(client) ?? 0) + by;
    if (own === 0) this.#byClient.delete(client);
    else this.#byClient.set(client, own);
    this.#total += by;
    this.onChange(this.#total);
  }
}
