import { awsManagedPolicies } from "../../../platform/catalogue/aws-managed-policies.ts";
import type { DeclaredCloud } from "../../model/declared.ts";
import type { Grant } from "../../model/effects.ts";
import type { RecordedResource } from "../../model/recorded.ts";
import { at, nameOf, objectsIn, ofType, referredTo, textsOf } from "../inputs.ts";
import { allows, covers, parsePolicy, type Statement } from "./iam.ts";
import { otherRecords } from "./dns-actions.ts";
import { type Need, type Needs, place } from "./needed-actions.ts";

/** What a role may do, by where it is written. */
export interface Grants {
  readonly inline: readonly Statement[];
  readonly unreadable: readonly string[];
  /** Policies of AWS, by the end of their ARN; other ARNs in full. */
  readonly attached: readonly string[];
  readonly statements: readonly Statement[];
}

const AWS_POLICY = "arn:aws:iam::aws:policy/";

export function grantsOf(role: RecordedResource, resources: readonly RecordedResource[]): Grants {
  const of = (type: string): RecordedResource[] =>
    ofType(resources, type).filter((each) => referredTo(at(each, "role"), [role]).length > 0);
  const documents = [
    ...of("aws:iam/rolePolicy:RolePolicy").map((each) => ({ name: nameOf(each), policy: at(each, "policy") })),
    ...objectsIn(at(role, "inlinePolicies")).map(({ policy }) => ({ name: "inlinePolicies", policy })),
  ].map(({ name, policy }) => ({ name, statements: parsePolicy(policy) }));
  const arns = [
    ...of("aws:iam/rolePolicyAttachment:RolePolicyAttachment").flatMap((each) => textsOf(at(each, "policyArn"))),
    ...textsOf(at(role, "managedPolicyArns")),
  ];
  const attached = arns.map((arn) => arn.replace(AWS_POLICY, ""));
  const inline = documents.flatMap(({ statements = [] }) => statements);
  return {
    inline,
    unreadable: documents.filter(({ statements }) => !statements).map(({ name }) => name),
    attached,
    statements: [...inline, ...attached.map(managedStatement)],
  };
}

const managedStatement = (name: string): Statement => ({
  effect: "Allow",
  actions: awsManagedPolicies[name] ?? [],
  notActions: undefined,
  resources: ["*"],
  notResources: undefined,
  principals: {},
  conditions: [],
});

/** What is written of the rights: by action and resource, or the policy of AWS. */
export const writtenGrants = ({ inline, attached }: Grants): Grant[] => [
  ...inline.flatMap(grantsIn),
  ...attached.map((name) => ({ verb: `all of the policy ${name}`, resource: "*" })),
];

function grantsIn({ effect, actions, notActions, resources, notResources, conditions }: Statement): Grant[] {
  const allBut = (names: readonly string[]): string => `all but ${names.join(", ")}`;
  const when = conditions.map(({ operator, key, values }) => `${key} ${operator} ${values.join(", ")}`).join(" and ");
  return (notActions ? [allBut(notActions)] : actions).flatMap((verb) =>
    (notResources ? [allBut(notResources)] : resources).map((resource) => ({
      ...{ verb, resource },
      ...(when !== "" && { when }),
      ...(effect === "Deny" && { denies: true as const }),
    })),
  );
}

/** Patterns of actions that stand for few: ReEncryptFrom and ReEncryptTo. */
const SHORT_PATTERNS = ["kms:ReEncrypt*"];

/** What a role may do and must not. */
export function excessOf(
  { inline, attached, unreadable }: Grants,
  { needs, managed, declared }: Needs & { readonly declared: DeclaredCloud },
): string[] {
  const allowed = inline.filter(({ effect }) => effect === "Allow");
  return [
    ...unreadable.map((name) => `${name} is not JSON. Write a policy document.`),
    ...attached
      .filter((name) => !managed.includes(name))
      .map((name) => `it has the policy '${name}', which it does not need. Detach it.`),
    ...allowed.flatMap(({ notActions, notResources }) =>
      (notActions ?? notResources) ? ["it allows all but a few (NotAction, NotResource). List what it needs."] : [],
    ),
    ...allowed.flatMap(({ actions, resources }) =>
      resources.includes("*") && !actions.every((action) => isWithoutResource(action, needs))
        ? ["it allows actions on every resource. Name them."]
        : [],
    ),
    ...allowed.flatMap(({ actions }) => actions.flatMap((action) => actionExcess(action, needs))),
    ...foreignExcess(inline, needs, declared),
  ];
}

/** Needed of no resource, since IAM knows none for it. */
const isWithoutResource = (action: string, needs: Needs["needs"]): boolean =>
  needs.some((need) => need.resource === "*" && need.action === action);

function foreignExcess(inline: readonly Statement[], needs: readonly Need[], declared: DeclaredCloud): string[] {
  const allowed = needs.flatMap((need) => foreignRequests(need, declared)).filter((request) => allows(inline, request));
  return [
    ...new Set(
      allowed.map(({ action, resource }) => `it allows ${action} on ${resource}. Narrow its resources and conditions.`),
    ),
  ];
}

function actionExcess(action: string, needs: Needs["needs"]): string[] {
  const isPattern = /[*?]/.test(action) && !SHORT_PATTERNS.includes(action);
  if (isPattern) return [`it allows '${action}'. List the actions that it needs.`];
  const needed = needs.some((need) => covers(action.toLowerCase(), need.action.toLowerCase()));
  return needed ? [] : [`it allows ${action}, which it does not need. Remove it.`];
}

/** The same action on what is another environment's, or for another purpose. */
function foreignRequests(need: Need, declared: DeclaredCloud): Need[] {
  const { action, context = {} } = need;
  const own = place(declared);
  const resources: Readonly<Record<string, readonly string[]>> = {
    secretsmanager: [`arn:aws:secretsmanager:${own}:secret:other/secret-AbCdEf`],
    s3: ["arn:aws:s3:::other", "arn:aws:s3:::other/object", ...otherBuckets(need, declared)],
    logs: [`arn:aws:logs:${own}:log-group:/other:log-stream:a`],
    rds: [`arn:aws:rds:${own}:db:other`, `arn:aws:rds:${own}:snapshot:other`],
    backup: [`arn:aws:backup:${own}:backup-vault:other`],
    kms: [`arn:aws:kms:${own}:key/other`],
    eks: [`arn:aws:eks:${own}:nodegroup/other/application/1`],
  };
  const onOthers = (resources[action.split(":")[0] ?? ""] ?? []).map((resource) => ({
    action,
    resource,
    context: { "kms:resourcealiases": ["alias/other"], "kms:grantisforawsresource": ["true"] },
  }));
  // A grant on our key goes to AWS' own services alone.
  const lent = { ...need, context: { ...context, "kms:grantisforawsresource": ["false"] } };
  return [
    ...onOthers,
    ...(action === "kms:CreateGrant" ? [lent] : []),
    ...otherRecords(need),
    ...elsewhere(need, declared),
    ...(Object.keys(context).some(isTag) ? [{ ...need, context: withOtherTags(context) }] : []),
  ];
}

/** Buckets of the environment that the request is not for, and those whose names begin as theirs do. */
const otherBuckets = ({ resource }: Need, { backups, objects }: DeclaredCloud): string[] =>
  [backups, objects].flatMap((bucket) => {
    if (bucket === undefined) return [];
    const arn = `arn:aws:s3:::${bucket}`;
    const isItsOwn = resource === arn || resource.startsWith(`${arn}/`);
    return [`${arn}-other/object`, ...(isItsOwn ? [] : [arn, `${arn}/object`])];
  });

/** The same in another account, and in another region. */
function elsewhere({ action, resource, context = {} }: Need, declared: DeclaredCloud): Need[] {
  const others = [
    { ...declared, account: "000000000000" },
    { ...declared, region: "other" },
  ];
  return others
    .map((other) => resource.replace(`:${place(declared)}:`, `:${place(other)}:`))
    .filter((there) => there !== resource)
    .map((there) => ({ action, resource: there, context }));
}

const isTag = (key: string): boolean => /:(request|resource)tag\//.test(key);

/** What bears the tags of another cluster. */
const withOtherTags = (context: NonNullable<Need["context"]>): NonNullable<Need["context"]> =>
  Object.fromEntries(Object.entries(context).map(([key, values]) => [key, isTag(key) ? ["other"] : values]));
