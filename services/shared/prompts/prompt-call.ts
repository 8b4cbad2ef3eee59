import type { ModelOf } from "../models/by-name.ts";
import { fallbacksOf, misfitOf, type ModelRequest } from "../models/misfit.ts";
import { type Guardrails, inputViolation, type OutputRules, rulesOf } from "./guardrails.ts";
import { fillIn, type Template, toJson } from "./template.ts";

/** A version of a prompt, as it is executed. */
export type PromptTemplate = Template &
  Pick<ModelRequest, "parameters"> & { readonly model: string; readonly guardrails: Guardrails };

/** What a model is asked by a version of a prompt whose variables are filled in. */
export interface PromptCall {
  readonly model: string;
  /** As JSON. */
  readonly messages: string;
  readonly parameters: object;
  readonly fallbacks: readonly string[];
  /** @default - the output may be anything */
  readonly outputRules?: OutputRules | undefined;
}

/** Why a version of a prompt cannot be executed. The code is that of the API's error. */
export class PromptCallError extends Error {
  constructor(
    readonly code: "unknown_model" | "input_refused" | "invalid_request" | "too_many_bytes",
    message: string,
  ) {
    super(message);
  }
}

/** Fills a version's variables in. Throws a PromptCallError or TemplateError that says why it cannot be executed. */
export function promptCall(
  template: PromptTemplate,
  variables: Readonly<Record<string, string>>,
  modelOf: ModelOf,
): PromptCall {
  const { model, parameters, guardrails } = template;
  const served = modelOf(model);
  if (!served) throw new PromptCallError("unknown_model", `The model is '${model}'.`);
  const violation = inputViolation(guardrails, Object.values(variables));
  if (violation !== undefined) throw new PromptCallError("input_refused", `The prompt's input ${violation}.`);
  const request = { messages: fillIn(template, variables), parameters };
  const misfit = misfitOf(served, request, { filledIn: true });
  if (misfit) throw new PromptCallError("invalid_request", `The prompt's ${misfit.path} ${misfit.reason}`);
  return {
    ...{ model, messages: toJson(request.messages), parameters },
    fallbacks: fallbacksOf(served, request, modelOf),
    outputRules: rulesOf(guardrails),
  };
}
