import type { DeclaredCloud } from "../../model/declared.ts";
import { type RecordedResource, textOf } from "../../model/recorded.ts";
import { at, nameOf, ofType, referredTo } from "../inputs.ts";
import { allows, parsePolicy } from "./iam.ts";

type Resources = readonly RecordedResource[];

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html */
const ACTIONS = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:GenerateDataKey", "kms:DescribeKey"];
const CONTEXT = "kms:encryptioncontext:aws:logs:arn";

/** AWS refuses a log group whose key CloudWatch Logs may not use; and it may use the key for no other account's. */
export function logKeyFaults(resources: Resources, { region = "", account = "" }: DeclaredCloud): string[] {
  return ofType(resources, "aws:cloudwatch/logGroup:LogGroup").flatMap((group) =>
    referredTo(at(group, "kmsKeyId"), ofType(resources, "aws:kms/key:Key")).flatMap((key) => {
      const statements = parsePolicy(at(key, "policy")) ?? [];
      const may = (action: string, owner: string): boolean =>
        allows(statements, {
          action,
          resource: "*",
          principal: ["Service", `logs.${region}.amazonaws.com`],
          context: { [CONTEXT]: [`arn:aws:logs:${region}:${owner}:log-group:${textOf(at(group, "name"))}`] },
        });
      return [
        ...(may("kms:ScheduleKeyDeletion", account)
          ? [`${nameOf(key)} may be deleted by CloudWatch Logs. Allow it ${ACTIONS.join(", ")} alone.`]
          : []),
        ...(ACTIONS.every((action) => may(action, account))
          ? []
          : [
              `${nameOf(group)} cannot be encrypted: CloudWatch Logs may not use ${nameOf(key)}. Allow it in the key's policy.`,
            ]),
        ...(ACTIONS.some((action) => may(action, "000000000000"))
          ? [`${nameOf(key)} encrypts logs of other accounts. Add a condition on kms:EncryptionContext:aws:logs:arn.`]
          : []),
      ];
    }),
  );
}
