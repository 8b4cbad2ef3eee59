/** Writes the documents that are made from code. Usage: npm run build:docs */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadDescriptors } from "../addons/catalogue.ts";
import { changesPage } from "./changes-page.ts";
import { environmentJsonSchema } from "./environment-schema.ts";
import { planFileJsonSchema } from "./plan-schema.ts";

const { addons } = await loadDescriptors();
const documents = {
  "environment.schema.json": environmentJsonSchema(addons),
  "plan.schema.json": planFileJsonSchema(),
};
for (const [file, document] of Object.entries(documents))
  writeFileSync(join(import.meta.dirname, file), `${JSON.stringify(document, null, 2)}\n`);
writeFileSync(join(import.meta.dirname, "changes.md"), await changesPage());
