import { text } from "node:stream/consumers";
import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { streamText } from "../../services/api/stream-lines.ts";

/** Pieces so large that a reader has to read before the next one is sent, and how many were asked for. */
function pieces(count: number): { readonly all: AsyncGenerator<string>; readonly asked: () => number } {
  let asked = 0;
  async function* generate(): AsyncGenerator<string> {
    for (; asked < count;) {
      asked += 1;
      await setImmediate();
      yield "x".repeat(100_000);
    }
  }
  return { all: generate(), asked: () => asked };
}

const closed = (stream: NodeJS.ReadableStream): Promise<unknown> =>
  new Promise((resolve) => {
    stream.on("error", resolve);
  });

describe("a reader of streamed text", () => {
  test("that does not read is cut off, with one piece waiting for it", async () => {
    const { all, asked } = pieces(1_000);
    expect(await closed(streamText(all, 50))).toMatchObject({ message: "The client does not read." });
    expect(asked()).toBe(1);
  });

  test("that reads gets all of it", async () => {
    expect(await text(streamText(pieces(20).all, 60_000))).toHaveLength(2_000_000);
  });

  test("sees the stream break off when a piece cannot be had", async () => {
    async function* failing(): AsyncGenerator<string> {
      yield await Promise.resolve("x");
      throw new Error("away");
    }
    await expect(text(streamText(failing()))).rejects.toThrow("away");
  });
});
