import { createSimulator } from "../../services/model-simulator/simulator.ts";
import { startStack, type Stack, type StackOptions, type Tenant } from "./stack.ts";

/** A stack whose models answer with what stands between the brackets of a prompt. `simulated` has a price, and `unpriced` has none. */
export async function startEvaluationStack(options: StackOptions = {}): Promise<Stack> {
  const answering = { answer: (asked: string) => /\[([^]*)\]/.exec(asked)?.[1], ...options.simulator };
  const fast = { firstTokenMilliseconds: 5, tokenMilliseconds: 1, ...answering };
  const unpriced = createSimulator({ model: "unpriced", ...fast });
  const other = await unpriced.listen({ port: 0, host: "127.0.0.1" });
  const stack = await startStack({
    ...options,
    simulator: fast,
    models: (url) => [
      {
        ...{ name: "simulated", endpoint: `${url}/v1`, concurrency: 64 },
        price: { input: 1, output: 2, asOf: "2026-11-29" },
      },
      { name: "unpriced", endpoint: `${other}/v1`, concurrency: 64 },
    ],
  });
  return {
    ...stack,
    stop: async () => {
      await stack.stop();
      await unpriced.close();
    },
  };
}

export const versionOf = (content: string, variables: object = { text: {} }): object => ({
  ...{ messages: [{ role: "user", content }], model: "simulated", variables },
});

/** Stores a prompt with versions that have these contents; its id. */
export async function newPrompt(tenant: Tenant, name: string, ...contents: readonly string[]): Promise<string> {
  const [first = "", ...others] = contents;
  const prompt = await tenant.prompt(name, versionOf(first));
  for (const content of others) await tenant.call("POST", `/prompts/${prompt}/versions`, versionOf(content));
  return prompt;
}
