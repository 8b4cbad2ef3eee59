import { writeFileSync } from "node:fs";
import { API_TYPES, apiTypes, readApiDocument } from "./console-api-types.ts";

/** Writes the types of the API for the console. Usage: npm run build:console-types */
writeFileSync(API_TYPES, await apiTypes(await readApiDocument()));
