import { expect, test } from "vitest";
import { modelsByName } from "../../services/shared/models/by-name.ts";
import type { PromptNode } from "../../services/shared/workflows/graph.ts";
import { childrenOf, NodeError } from "../../services/worker/workflows/children.ts";
import { modelWith } from "./model-with.ts";

const node: PromptNode = {
  name: "each",
  type: "map",
  over: "inputs.items",
  prompt: "echo",
  after: [],
  onFailure: "fail",
  variables: { text: "item" },
  timeoutSeconds: 60,
};

/** The prompts of a map over texts. */
const childrenFor = (texts: readonly string[]): ReturnType<typeof childrenOf> =>
  childrenOf(node, {
    prompt: { promptId: "p", version: 1 },
    template: {
      model: "simulated",
      messages: [{ role: "user", content: "{{text}}" }],
      variables: { text: {} },
      parameters: {},
      guardrails: {},
    },
    modelOf: modelsByName({ models: [modelWith()] }),
    evaluate: (_text, path, item) => (path === "over" ? texts : (item?.["item"] ?? null)),
  });

test("a map makes a prompt for each element, in its order", () => {
  expect(childrenFor(["a", "b"]).map(({ item, messages }) => [item, messages])).toEqual([
    [0, '[{"role":"user","content":"a"}]'],
    [1, '[{"role":"user","content":"b"}]'],
  ]);
});

test("a node sends at most 16 MiB", () => {
  const text = "x".repeat(2 ** 20);
  expect(childrenFor(Array.from({ length: 15 }, () => text))).toHaveLength(15);
  const tooMany = Array.from({ length: 16 }, () => text);
  expect(() => childrenFor(tooMany)).toThrow(NodeError);
  expect(() => childrenFor(tooMany)).toThrow("more than 16777216 bytes together");
});
