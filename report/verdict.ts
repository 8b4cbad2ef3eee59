import type { Finding } from "../plan/model/plan.ts";
import { describeExcepted } from "./describe-excepted.ts";

export const verdictOf = ({ failures, notJudged }: Finding): "fails" | "holds" | "not judged" =>
  failures.length > 0 ? "fails" : notJudged === undefined ? "holds" : "not judged";

/** What there is to say: failures, or else why nothing is judged, or else evidence; and what is excepted. */
export const linesOf = ({ evidence, failures, notJudged, excepted = [] }: Finding): string[] => [
  ...(failures.length > 0 ? failures : notJudged === undefined ? evidence : [notJudged]),
  ...excepted.map(describeExcepted),
];
