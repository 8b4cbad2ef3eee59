/** What stands before the environment's name in the branches of `promptops keep`. */
const PLANS = "plans";

/** The branch that holds the plan of what is deployed. */
export const planBranch = (environment: string): string => `${PLANS}/${environment}`;

/** Whether a name means these branches: `plans`, or `origin/plans`. Where one does not exist yet, nothing was deployed. */
export const namesPlanBranches = (name: string): boolean => name === PLANS || name.endsWith(`/${PLANS}`);
