import OpenAI, { APIError } from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startStack, type Stack, type Tenant, until } from "../services/stack.ts";

let stack: Stack;
let tenant: Tenant;
let client: OpenAI;
beforeAll(async () => {
  stack = await startStack({ simulator: { firstTokenMilliseconds: 5, tokenMilliseconds: 5 } });
  tenant = await stack.tenant("one");
  client = clientOf(tenant);
});
afterAll(async () => {
  await stack.stop();
});

const clientOf = ({ key }: Tenant): OpenAI => new OpenAI({ baseURL: `${stack.url}/v1`, apiKey: key });
const messages = [{ role: "user" as const, content: "Greet the world." }];
const ask = { model: "simulated", messages };
type Asked = OpenAI.ChatCompletionCreateParamsNonStreaming;

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** The error of a request that is refused. */
async function refusal(request: object, of = client): Promise<InstanceType<typeof APIError>> {
  const answer = of.chat.completions.create({ ...ask, ...request } as Asked, { maxRetries: 0 });
  const error: unknown = await answer.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof APIError) return error;
  throw new Error("the request was not refused", { cause: error });
}

const executions = async (): Promise<{ id: string; kind: string; state: string }[]> =>
  (await tenant.call("GET", "/executions?limit=100")).body.executions;

describe("OpenAI's client", () => {
  test("gets the answer of the execution that it caused", async () => {
    const { id, model, choices, usage } = await client.chat.completions.create(ask);
    const { body } = await tenant.call("GET", `/executions/${id}`);
    expect(body).toMatchObject({ kind: "chat", state: "succeeded", promptId: null, workflowId: null, model });
    expect(body.output).not.toBe("");
    expect(choices).toMatchObject([
      { message: { role: "assistant", content: body.output }, finish_reason: body.finishReason },
    ]);
    const { promptTokens, completionTokens } = body.usage as { promptTokens: number; completionTokens: number };
    expect(usage).toEqual({
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
    });
  });

  test("streams the same answer in pieces, with what it used where that is asked for", async () => {
    const whole = await client.chat.completions.create(ask);
    const stream = await client.chat.completions.create({
      ...ask,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await collect(stream);
    const choices = chunks.flatMap((chunk) => chunk.choices);
    expect(choices.map(({ delta }) => delta.content ?? "").join("")).toBe(whole.choices[0]?.message.content);
    expect(choices.filter(({ delta }) => delta.content).length).toBeGreaterThan(1);
    expect(choices.map((each) => each.finish_reason).filter(Boolean)).toEqual(["stop"]);
    expect(chunks.at(-1)?.usage).toEqual(whole.usage);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  });

  test("collects a stream with its own helper", async () => {
    const stream = client.chat.completions.stream(ask);
    expect(await stream.finalContent()).toBe((await client.chat.completions.create(ask)).choices[0]?.message.content);
  });

  test("goes on with a conversation by the message that it was answered with", async () => {
    const first = await client.chat.completions.create(ask);
    const answered = first.choices[0]?.message;
    if (!answered) throw new Error("there is no answer");
    const more = [
      ...messages,
      answered,
      { role: "user" as const, content: [{ type: "text" as const, text: "Again." }] },
    ];
    const again = await client.chat.completions.create({
      ...{ ...ask, messages: [{ role: "developer", content: "Be kind." }, ...more] },
    });
    expect(again.choices[0]?.message.content).not.toBe("");
  });

  test("lists the models, and reads one", async () => {
    const ids = (await collect(client.models.list())).map(({ id }) => id);
    expect(ids).toEqual(["simulated"]);
    expect(await client.models.retrieve("simulated")).toEqual({
      ...{ id: "simulated", object: "model", created: 0, owned_by: "platform" },
    });
  });

  test("asks for an answer once per idempotency key, also after its connection was lost", async () => {
    const options = { headers: { "idempotency-key": "one answer" } };
    const controller = new AbortController();
    const lost = client.chat.completions.create({ ...ask, stream: true }, { ...options, signal: controller.signal });
    await (await lost)[Symbol.asyncIterator]().next();
    controller.abort();
    const [one, two] = await Promise.all([
      client.chat.completions.create(ask, options),
      client.chat.completions.create(ask, options),
    ]);
    expect(two.id).toBe(one.id);
    expect(two.choices).toEqual(one.choices);
    expect((await tenant.call("GET", `/executions/${one.id}`)).body.state).toBe("succeeded");
  });
});

describe("a client that goes before it has the answer", () => {
  test.each([true, false])("has its execution cancelled (stream: %s)", async (stream) => {
    await stack.fault({ kind: "slow_first_token", seconds: 600 });
    const controller = new AbortController();
    const before = new Set((await executions()).map(({ id }) => id));
    const asked = client.chat.completions.create({ ...ask, stream } as Asked, { signal: controller.signal });
    const answer = asked.then(
      () => "answered",
      () => "aborted",
    );
    const id = await until(
      "the execution to run",
      async () => (await executions()).find((each) => !before.has(each.id) && each.state === "running")?.id,
    );
    controller.abort();
    await answer;
    await until("it to be cancelled", async () => {
      const { body } = await tenant.call("GET", `/executions/${id}`);
      return body.state === "cancelled" || undefined;
    });
  });
});

describe("an answer that fails", () => {
  test("is an error with the reason, which the client does not ask for again", async () => {
    await stack.fault({ kind: "status", status: 400 });
    const before = (await executions()).length;
    const error = await client.chat.completions.create(ask).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ status: 424, code: "execution_failed" });
    expect(String(error)).toContain("model_http_400");
    expect((await executions()).length).toBe(before + 1);
  });

  test("is an error in a stream, after what was sent", async () => {
    await stack.fault({ kind: "status", status: 400 });
    const stream = await client.chat.completions.create({ ...ask, stream: true });
    await expect(collect(stream)).rejects.toMatchObject({ code: "model_http_400" });
  });

  test("before a piece of it was sent is tried again unnoticed", async () => {
    await stack.fault({ kind: "status", status: 503 });
    const stream = await client.chat.completions.create({ ...ask, stream: true });
    const chunks = await collect(stream);
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe("stop");
  });

  test("after a piece was sent ends the stream with an error, and the whole is read by its id", async () => {
    await stack.fault({ kind: "cut_stream" });
    const stream = await client.chat.completions.create({ ...ask, stream: true });
    let id = "";
    const pieces: string[] = [];
    const reading = (async () => {
      for await (const chunk of stream) {
        id = chunk.id;
        pieces.push(chunk.choices[0]?.delta.content ?? "");
      }
    })();
    await expect(reading).rejects.toMatchObject({ code: "answer_restarted" });
    const output = await until("the execution to end", async () => {
      const { body } = await tenant.call("GET", `/executions/${id}`);
      return body.state === "succeeded" ? (body.output as string) : undefined;
    });
    expect(pieces.join("")).not.toBe("");
    expect(output.length).toBeGreaterThan(pieces.join("").length);
  });
});

describe("a request", () => {
  test.each([
    ["a model that nobody serves", { model: "absent" }, 422, "unknown_model", null],
    ["tools", { tools: [{ type: "function" }] }, 400, "invalid_request", "tools"],
    ["several answers", { n: 2 }, 400, "invalid_request", "n"],
    ["an unknown field", { top_k: 5 }, 400, "invalid_request", ""],
    ["no messages", { messages: [] }, 400, "invalid_request", "messages"],
    ["a role that is none", { messages: [{ role: "tool", content: "" }] }, 400, "invalid_request", "messages/0/role"],
    [
      "an image",
      { messages: [{ role: "user", content: [{ type: "image_url", image_url: {} }] }] },
      ...([400, "invalid_request", "messages/0/content"] as const),
    ],
    [
      "text that is not stored",
      { messages: [{ role: "user", content: "\0" }] },
      400,
      "invalid_request",
      "messages/0/content",
    ],
  ])("with %s is refused in OpenAI's form", async (_, request, ...expected) => {
    const error = await refusal(request);
    expect([error.status, error.code, error.param]).toEqual(expected);
    expect(error.message).not.toMatch(/undefined|\[object/);
  });

  test("without a valid key is refused in OpenAI's form", async () => {
    const error = await refusal({}, new OpenAI({ baseURL: `${stack.url}/v1`, apiKey: "none" }));
    expect([error.status, error.code]).toEqual([401, "unauthenticated"]);
  });

  test("may send what changes nothing", async () => {
    const neutral = {
      ...{ n: 1, tools: [], logprobs: false, frequency_penalty: 0, presence_penalty: 0, stop: null, user: "somebody" },
      ...{ response_format: { type: "text" }, metadata: { one: "two" }, temperature: null, tool_choice: "none" },
    };
    const { choices } = await client.chat.completions.create({ ...ask, ...neutral } as Asked);
    expect(choices).toEqual((await client.chat.completions.create(ask)).choices);
  });
});
