import type { GivenParameters } from "../shared/executions/lease.ts";
import { misfitOf } from "../shared/models/misfit.ts";
import { InvalidRequest } from "./errors.ts";
import { checkTemplate, type Template } from "../shared/prompts/template.ts";
import type { ModelOf } from "../shared/models/by-name.ts";

/** What of a prompt's version is checked beyond its form. */
export interface VersionInput extends Template {
  readonly model: string;
  readonly parameters: GivenParameters;
}

/**
 * Throws when nothing could execute the version: its messages use what it does not declare, or its model does not take its parameters.
 * A model that is not served may be served later, so its prompts are stored.
 */
export function checkVersion(version: VersionInput, modelOf: ModelOf): void {
  checkTemplate(version);
  const model = modelOf(version.model);
  const misfit = model && misfitOf(model, version, { filledIn: false });
  if (misfit) throw new InvalidRequest([{ path: `body/${misfit.path}`, message: misfit.reason }]);
}
