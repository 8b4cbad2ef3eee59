import type { Model } from "../../services/shared/runtime/settings.ts";

/** A model as services are told of it, with some facts of the test's own. */
export const modelWith = (facts: Partial<Model> = {}): Model => ({
  ...{ name: "simulated", endpoint: "http://model/v1", concurrency: 16, internet: false, protocol: "openai" },
  fallbacks: [],
  ...facts,
});
