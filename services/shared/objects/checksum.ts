import { createHash } from "node:crypto";
import type { PutResult } from "./ports.ts";

/** Size and checksum of bytes that are written one piece after the other. */
export class Checksum {
  readonly #sha256 = createHash("sha256");
  #size = 0;

  add(piece: Uint8Array): void {
    this.#sha256.update(piece);
    this.#size += piece.length;
  }

  /** Ends it. */
  result(): PutResult {
    return { size: this.#size, sha256: this.#sha256.digest("hex") };
  }
}

/** Pieces as parts of at least `size` bytes, but for the last one; there is always one. */
export async function* partsOf(
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Buffer> {
  let waiting: Uint8Array[] = [];
  let length = 0;
  let count = 0;
  for await (const piece of pieces) {
    waiting.push(piece);
    length += piece.length;
    if (length < size) continue;
    yield Buffer.concat(waiting);
    count += 1;
    [waiting, length] = [[], 0];
  }
  if (length > 0 || count === 0) yield Buffer.concat(waiting);
}
