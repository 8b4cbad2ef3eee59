import type { DatabaseBackups } from "../../model/safety.ts";
import { type Recorded, type RecordedResource, textOf } from "../../model/recorded.ts";
import { at, listedIn, nameOf, numberOf, objectsIn, ofType, referredTo, textsOf } from "../inputs.ts";

type Resources = readonly RecordedResource[];

const REPLICATION = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication";
/** https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_StartDBInstanceAutomatedBackupsReplication.html */
const DAYS_OF_REPLICATED = 7;

/** Of each primary server. */
export const databasesOf = (resources: Resources): DatabaseBackups[] =>
  ofType(resources, "aws:rds/instance:Instance")
    .filter(({ inputs }) => !("replicateSourceDb" in inputs))
    .map((database) => ({
      database: nameOf(database),
      copies: copiesOf(database, resources),
      standbys: ofType(resources, REPLICATION)
        .filter((each) => referredTo(at(each, "sourceDbInstanceArn"), [database]).length > 0)
        .map((each) => ({
          region: textOf(at(each, "region")),
          keepDays: numberOf(at(each, "retentionPeriod")) ?? DAYS_OF_REPLICATED,
        })),
    }));

/** The rules, into vaults of the plan, of the plans that select a server. */
function copiesOf(database: RecordedResource, resources: Resources): DatabaseBackups["copies"] {
  const vaults = ofType(resources, "aws:backup/vault:Vault");
  return (
    ofType(resources, "aws:backup/selection:Selection")
      .filter((selection) => listedIn(at(selection, "resources"), [database]).length > 0)
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
