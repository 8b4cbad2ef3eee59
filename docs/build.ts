/** Writes the documents that are made from code. Usage: npm run build:docs */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { planFileJsonSchema } from "./plan-schema.ts";

writeFileSync(join(import.meta.dirname, "plan.schema.json"), `${JSON.stringify(planFileJsonSchema(), null, 2)}\n`);
