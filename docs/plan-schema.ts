import { z } from "zod";
import { planFileSchema } from "../plan/plan-file.ts";

/** docs/plan.schema.json: the shape of plan.json for readers that are not TypeScript. */
export function planFileJsonSchema(): object {
  return z.toJSONSchema(planFileSchema, { io: "input" });
}
