import type { DeclaredCloud } from "../../model/declared.ts";
import type { DatabaseBackups } from "../../model/safety.ts";
import { type Recorded, type RecordedResource, textOf } from "../../model/recorded.ts";
import { at, nameOf, numberOf, objectsIn, ofType, referredTo, textsOf } from "../inputs.ts";

type Resources = readonly RecordedResource[];

const REPLICATION = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication";
/** https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_StartDBInstanceAutomatedBackupsReplication.html */
const DAYS_OF_REPLICATED = 7;

const INSTANCE = "aws:rds/instance:Instance";

/** The servers that ARNs name, wherever the ARNs say that they are. */
export const serversNamed = (arns: Recorded | undefined, resources: Resources): RecordedResource[] =>
  ofType(resources, INSTANCE).filter((server) => textsOf(arns).some((arn) => arn.endsWith(`:${nameInArn(server)}`)));

/** Whether it is a server that was restored, or used before, beside the one that services use. */
export const isBeside = (resource: RecordedResource, serving: string | undefined): boolean =>
  resource.type === INSTANCE &&
  !("replicateSourceDb" in resource.inputs) &&
  serving !== undefined &&
  at(resource, "identifier") !== serving;

const nameInArn = (server: RecordedResource): string => `db:${textOf(at(server, "identifier"))}`;

/** Of the server that services use. */
export function databasesOf(
  resources: Resources,
  { region = "", account = "", database: serving }: DeclaredCloud,
): DatabaseBackups[] {
  const isNamed = (arns: Recorded | undefined, server: RecordedResource): boolean =>
    textsOf(arns).includes(`arn:aws:rds:${region}:${account}:${nameInArn(server)}`);
  return ofType(resources, INSTANCE)
    .filter((each) => !("replicateSourceDb" in each.inputs) && !isBeside(each, serving))
    .map((database) => ({
      database: nameOf(database),
      copies: copiesOf((arns) => isNamed(arns, database), resources),
      standbys: ofType(resources, REPLICATION)
        .filter((each) => isNamed(at(each, "sourceDbInstanceArn"), database))
        .map((each) => ({
          region: textOf(at(each, "region")),
          keepDays: numberOf(at(each, "retentionPeriod")) ?? DAYS_OF_REPLICATED,
        })),
    }));
}

/** The rules, into vaults of the plan, of the plans that select a server. */
function copiesOf(isNamed: (arns: Recorded | undefined) => boolean, resources: Resources): DatabaseBackups["copies"] {
  const vaults = ofType(resources, "aws:backup/vault:Vault");
  return (
    ofType(resources, "aws:backup/selection:Selection")
      .filter((selection) => isNamed(at(selection, "resources")))
      .flatMap((selection) => referredTo(at(selection, "planId"), ofType(resources, "aws:backup/plan:Plan")))
      .flatMap((plan) => objectsIn(at(plan, "rules")))
      // The provider leaves out a rule without a name.
      .filter(
        ({ ruleName, targetVaultName }) =>
          textsOf(ruleName).length > 0 && referredTo(targetVaultName, vaults).length > 0,
      )
      .map(({ schedule, lifecycle }) => ({ cron: cronOf(schedule), keepDays: keepDaysOf(lifecycle) }))
  );
}

/** `cron(0 5 * * ? *)` in five fields. A `?` is any day; the last field is the year. */
function cronOf(schedule: Recorded | undefined): string {
  const text = textOf(schedule);
  const fields = /^cron\((.+) \*\)$/.exec(text)?.[1];
  return fields?.replaceAll("?", "*") ?? text;
}

function keepDaysOf(lifecycle: Recorded | undefined): number {
  const [days] = objectsIn(lifecycle).map(({ deleteAfter }) => numberOf(deleteAfter));
  return days ?? Infinity;
}
