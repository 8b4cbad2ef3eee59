import { Config, RunError } from "@pulumi/pulumi";
import { cloudKeys } from "../../platform/environment.ts";
import type { Account } from "../aws/account.ts";
import { type StateOutputs, stateProgram } from "./state.ts";

/** What `pulumi up` runs in this folder: the stack's configuration names the account and the region. */
export default function main(): Promise<StateOutputs> {
  return Promise.resolve(stateProgram(readAccount(new Config())));
}

/** Under the same rules as in an environment file. */
function readAccount(config: Config): Account {
  const { account, region } = cloudKeys.aws;
  const valueOf = (key: string, schema: typeof account): string => {
    const result = schema.safeParse(config.get(key));
    if (result.success) return result.data;
    const [issue] = result.error.issues;
    throw new RunError(`${config.name}:${key} ${issue?.message ?? "is invalid."} Set it: pulumi config set ${key} ...`);
  };
  return { id: valueOf("account", account), region: valueOf("region", region) };
}
