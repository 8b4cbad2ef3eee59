import type { Fault } from "./faults.ts";
import { CONTEXT_TOKENS, isPrivateEndpoint, misfit, modelWorkload } from "./inference.ts";
import type { Rule } from "./rule.ts";

/** Requests name a model, and the last part of a hosted one's name is its workload's. */
const modelsAreListedOnce: Rule = ({ models = [] }) =>
  models.flatMap(({ name, hosted }, index) => {
    const path = `models.${index}.name`;
    const before = models.slice(0, index);
    if (before.some((other) => other.name === name))
      return [{ path, value: name, rule: "is listed twice, and requests could mean either. Remove one." }];
    const workload = modelWorkload(name);
    if (!hosted || !before.some((other) => other.hosted && modelWorkload(other.name) === workload)) return [];
    return [{ path, value: name, rule: `has the workload '${workload}', as another hosted model has. Remove one.` }];
  });

const modelEndpointsAreReachable: Rule = ({ models = [] }) =>
  models.flatMap(({ endpoint, private: isPrivate = false }, index) => {
    if (endpoint === undefined) return [];
    const isRight = isPrivateEndpoint(endpoint) === isPrivate;
    if (isRight && (isPrivate || endpoint.startsWith("https:"))) return [];
    const rule = isRight
      ? "must be https: prompts and keys would cross the internet in clear text. Correct it."
      : isPrivate
        ? "must name a private IPv4 address where 'private' is true: policies open addresses, not names. Write it like http://10.0.0.7:8000/v1."
        : "has a private address, which pods may not reach. Set 'private: true' beside it.";
    return [{ path: `models.${index}.endpoint`, value: endpoint, rule }];
  });

const modelsCanBeHosted: Rule = (parts) =>
  (parts.models ?? []).flatMap((entry, index) => {
    const reason = entry.hosted ? misfit(entry, parts) : undefined;
    return reason === undefined ? [] : [{ path: `models.${index}.name`, value: entry.name, rule: reason }];
  });

const hostedAnswersFit: Rule = ({ models = [] }) =>
  models.flatMap(({ hosted, maxOutputTokens: value = 0 }, index) => {
    if (!hosted || value <= CONTEXT_TOKENS) return [];
    const rule = `must not exceed ${CONTEXT_TOKENS}, the context that hosted models are started with. Lower it.`;
    return [{ path: `models.${index}.maxOutputTokens`, value, rule }];
  });

const fallbacksAreOthers: Rule = ({ models = [] }) =>
  models.flatMap(({ name, fallbacks = [] }, index) =>
    fallbacks.flatMap((fallback, place): Fault[] => {
      const path = `models.${index}.fallbacks.${place}`;
      if (fallback === name)
        return [{ path, value: fallback, rule: "must be another model: this one has failed then. Remove it." }];
      if (models.some((other) => other.name === fallback)) return [];
      return [{ path, value: fallback, rule: "is not listed under 'models'. Add its entry, or remove it." }];
    }),
  );

export const modelRules: readonly Rule[] = [
  modelsAreListedOnce,
  modelEndpointsAreReachable,
  modelsCanBeHosted,
  hostedAnswersFit,
  fallbacksAreOthers,
];
