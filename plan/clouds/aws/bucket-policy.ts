import { type RecordedResource, textOf } from "../../model/recorded.ts";
import { at, ofType, referredTo } from "../inputs.ts";
import { denies, parsePolicy, type Statement } from "./iam.ts";

const ANYBODY = ["AWS", "arn:aws:iam::000000000000:root"] as const;

/** The statements of a bucket's own policies. */
export function bucketPolicy(bucket: RecordedResource, resources: readonly RecordedResource[]): Statement[] {
  return ofType(resources, "aws:s3/bucketPolicy:BucketPolicy")
    .filter((policy) => referredTo(at(policy, "bucket"), [bucket]).length > 0)
    .flatMap((policy) => parsePolicy(at(policy, "policy")) ?? []);
}

/** Whether a bucket denies everybody everything without TLS, and nothing with it. */
export function refusesPlaintext(bucket: RecordedResource, resources: readonly RecordedResource[]): boolean {
  const statements = bucketPolicy(bucket, resources);
  const arn = `arn:aws:s3:::${textOf(at(bucket, "bucket"))}`;
  const requests = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    .map((action) => ({ action, resource: `${arn}/a/b` }))
    .concat([{ action: "s3:ListBucket", resource: arn }]);
  const denied = (secure: string): boolean[] =>
    requests.map((request) =>
      denies(statements, { ...request, principal: ANYBODY, context: { "aws:securetransport": [secure] } }),
    );
  return denied("false").every(Boolean) && !denied("true").some(Boolean);
}
