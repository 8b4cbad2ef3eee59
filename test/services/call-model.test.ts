import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { portOfServer } from "../../services/shared/runtime/probes.ts";
import type { Lease } from "../../services/shared/executions/lease.ts";
import { callModel, ModelError } from "../../services/worker/call-model.ts";

/** What the model's endpoint answers next. */
let pieces: readonly string[] = [];
let server: Server;
beforeAll(async () => {
  server = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const send = (delta: object, finish_reason: string | null): void => {
      response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`);
    };
    for (const content of pieces) send({ content }, null);
    send({}, "stop");
    response.end("data: [DONE]\n\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const lease = { model: "m", messages: [{ role: "user", content: "x" }], parameters: {} } as unknown as Lease;

/** Pieces that were handed on, and the answer. */
async function call(): Promise<{ texts: string[]; output: string }> {
  const texts: string[] = [];
  const endpoint = { url: `http://127.0.0.1:${portOfServer(server)}/v1`, models: ["m"], concurrency: 1 };
  const options = { onText: (text: string) => void texts.push(text), signal: new AbortController().signal };
  return { output: (await callModel(endpoint, lease, options)).output, texts };
}

describe("what a model streams", () => {
  test("is handed on with no character cut in two, wherever the model cuts", async () => {
    pieces = ["a\ud83d", "\ude00b", "\ud83d", "\ude01"];
    expect(await call()).toEqual({ texts: ["a", "\u{1f600}b", "\u{1f601}"], output: "a\u{1f600}b\u{1f601}" });
  });

  test("is refused once it is larger than an output may be", async () => {
    pieces = Array.from({ length: 17 }, () => "x".repeat(2 ** 20));
    const error: unknown = await call().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ModelError);
    expect(error).toMatchObject({ code: "output_too_large", retryable: false });
  });
});
