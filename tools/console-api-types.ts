import { mkdtempSync, chmodSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import openapiTS, { astToString } from "openapi-typescript";
import { format, resolveConfig } from "prettier";
import { startPlatform } from "../local/platform.ts";

/** The file with the API's types, as the console's pages use them. */
export const API_TYPES = join(import.meta.dirname, "..", "services", "console", "web", "src", "api", "openapi.d.ts");

/** The types of an OpenAPI document, formatted. */
export async function apiTypes(document: string): Promise<string> {
  const nodes = await openapiTS(document, {
    alphabetize: true,
    defaultNonNullable: false,
    rootTypes: true,
    rootTypesNoSchemaPrefix: true,
  });
  const text = `/** Made from the API's OpenAPI document by 'npm run build:console-types'. */\n${astToString(nodes)}`;
  return format(text, { ...(await resolveConfig(API_TYPES)), parser: "typescript" });
}

/** The OpenAPI document of the API, which is started for it. */
export async function readApiDocument(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "promptops-document-"));
  chmodSync(folder, 0o711);
  const platform = await startPlatform({
    ...{ folder, models: [], declaredPorts: false, durable: false },
    onLine: () => undefined,
  });
  try {
    const { ports } = await platform.startApi();
    return await (await fetch(`http://127.0.0.1:${ports["http"] ?? 0}/openapi.json`)).text();
  } finally {
    await platform.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
