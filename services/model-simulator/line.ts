/** Lets so many in at once; the others wait their turn. */
export class Line {
  #inside = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(
    private readonly atOnce: number,
    private readonly onChange: (running: number, waiting: number) => void,
  ) {}

  async enter(): Promise<() => void> {
    if (this.#inside >= this.atOnce) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        this.#tell();
      });
    } else this.#inside += 1;
    this.#tell();
    return () => {
      // Who waits takes the place over.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#inside -= 1;
      this.#tell();
    };
  }

  #tell(): void {
    this.onChange(this.#inside, this.#waiting.length);
  }
}
