import type { FastifyInstance } from "fastify";
import { ApiError, type FieldFault, InvalidRequest } from "./errors.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The member of the body that the lines of an NDJSON body become. @default - the route takes no NDJSON */
    ndjson?: string;
  }
}

export const NDJSON = "application/x-ndjson";

/** Reads bodies of lines of JSON, for routes that declare them. What is read is validated as a JSON body is. */
export function acceptNdjson(app: FastifyInstance): void {
  app.addContentTypeParser(NDJSON, { parseAs: "string" }, (request, body, done) => {
    const { ndjson } = request.routeOptions.config;
    if (ndjson === undefined) {
      done(new ApiError("unsupported_media_type"));
      return;
    }
    try {
      done(null, { [ndjson]: parseLines(body.toString(), ndjson) });
    } catch (error) {
      done(error as Error);
    }
  });
}

/** The values of all lines that are not empty. Throws an InvalidRequest that names each line that is no JSON. */
function parseLines(text: string, member: string): unknown[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const faults: FieldFault[] = [];
  const values = lines.map((line, index): unknown => {
    try {
      return JSON.parse(line);
    } catch {
      faults.push({ path: `body/${member}/${index}`, message: "is no line of JSON" });
      return undefined;
    }
  });
  if (faults.length > 0) throw new InvalidRequest(faults);
  return values;
}
