import { createServer, type Server } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { portOfServer } from "../../services/shared/runtime/probes.ts";
import { callModel } from "../../services/worker/call-model.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${portOfServer(server)}`;
}

const lease: Parameters<typeof callModel>[1] = {
  ...{ id: "execution", tenant: "tenant", attempt: 1, failures: 0, losses: 0, secondsLeft: 300, trace: {} },
  ...{ model: "m", messages: [{ role: "user", content: "Hello." }], parameters: {}, useCache: true },
};

/** Asks an endpoint that streams these chunks. */
async function answerOf(...chunks: readonly unknown[]): ReturnType<typeof callModel> {
  const url = await listen(
    createServer((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (const chunk of chunks) response.write(`data: ${JSON.stringify(chunk)}\n\n`);
      response.end("data: [DONE]\n\n");
    }),
  );
  return ask(url);
}
const ask = (url: string): ReturnType<typeof callModel> =>
  callModel({ url, protocol: "openai", models: [], concurrency: 1, apiKey: () => "key" }, lease, {
    onText: () => undefined,
    signal: new AbortController().signal,
  });

const piece = (content: unknown, finish_reason: unknown = null): object => ({
  choices: [{ index: 0, delta: { content }, finish_reason }],
});
const usage = (prompt_tokens: unknown, completion_tokens: unknown): object => ({
  choices: [],
  usage: { prompt_tokens, completion_tokens },
});

describe("a model's answer", () => {
  test.each(["stop", "length", "content_filter"])("keeps why the model stopped: %s", async (reason) => {
    expect(await answerOf(piece("Hel"), piece("lo"), piece(null, reason), usage(1, 2))).toEqual({
      output: "Hello",
      usage: { promptTokens: 1, completionTokens: 2 },
      finishReason: reason,
    });
  });

  test.each([
    ["content that is no text", piece({ text: "x" })],
    ["content that is a number", piece(7)],
    ["a reason that is no word", piece("x", "<script>")],
    ["a reason that is no text", piece("x", 7)],
    ["choices that are no list", { choices: "x" }],
    ["several choices", { choices: [...Array(2)].map(() => ({ delta: { content: "x" } })) }],
    ["no choices", { object: "error" }],
    ["usage below 0", usage(-1, 2)],
    ["usage that is no number", usage("1", 2)],
    ["usage that is no whole number", usage(1.5, 2)],
    ["usage beyond whole numbers", usage(1e300, 2)],
  ])("with %s is refused, and tried again", async (_, chunk) => {
    await expect(answerOf(piece("x"), chunk, piece(null, "stop"))).rejects.toMatchObject({
      code: "model_answer_invalid",
      retryable: true,
    });
  });

  test("that redirects is refused: prompts and keys go to no address that nobody declared", async () => {
    let asked = 0;
    const target = await listen(
      createServer((_, response) => {
        asked += 1;
        response.end();
      }),
    );
    for (const status of [301, 302, 303, 307, 308]) {
      const url = await listen(createServer((_, response) => response.writeHead(status, { location: target }).end()));
      await expect(ask(url)).rejects.toMatchObject({ code: `model_http_${status}`, retryable: false });
    }
    expect(asked).toBe(0);
  });
});
