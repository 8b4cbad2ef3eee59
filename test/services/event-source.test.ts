import { describe, expect, test } from "vitest";
import { EventSource } from "../../services/api/event-source.ts";
import type { ExecutionEvent } from "../../services/shared/executions/events.ts";

/** So large that a client has to read before the next batch is sent. */
const events = Array.from({ length: 300 }, (_, index): ExecutionEvent => {
  const data = { text: "x".repeat(1_000) };
  return { seq: index + 1, type: "token_chunk", attempt: 1, data, at: "2026-11-29T00:00:00.000Z" };
});

describe("a client of server-sent events", () => {
  test("that does not read is cut off, with one batch waiting for it", async () => {
    const source = new EventSource("id", 50);
    await source.send(events);
    expect(source.body.destroyed).toBe(true);
    expect(source.body.readableLength).toBeLessThan(200_000);
  });

  test("that reads gets every event, in order", async () => {
    const source = new EventSource("id", 60_000);
    const chunks: Buffer[] = [];
    source.body.on("data", (chunk: Buffer) => chunks.push(chunk));
    await source.send(events);
    source.close();
    const ids = [
      ...Buffer.concat(chunks)
        .toString()
        .matchAll(/^id: (\d+)$/gm),
    ].map(([, id]) => Number(id));
    expect(ids).toEqual(events.map(({ seq }) => seq));
  });
});
