import type { FastifyInstance } from "fastify";
import { type FieldFault, InvalidRequest, MAX_FAULTS, memberPath } from "./errors.ts";

/** Postgres stores neither this character nor half of a surrogate pair. */
const UNSTORABLE = /[\0\p{Surrogate}]/u;
const RULE = "must not hold the character U+0000 or half of a surrogate pair";

/** Refuses requests with text that cannot be stored, wherever it is in the body, the query or the path, before they are validated. */
export function refuseUnstorableText(app: FastifyInstance): void {
  app.addHook("preValidation", (request, _, done) => {
    const { body, query: querystring, params } = request;
    const faults = Object.entries({ body, querystring, params }).flatMap(([part, value]) =>
      findUnstorable(part, value),
    );
    done(faults.length > 0 ? new InvalidRequest(faults) : undefined);
  });
}

/** Strings and keys that cannot be stored, as many as are named, by their paths. Not by recursion: a body may nest deeper than the stack is high. */
function findUnstorable(part: string, value: unknown): FieldFault[] {
  const faults: FieldFault[] = [];
  const left: { path: string; value: unknown }[] = [{ path: part, value }];
  for (let next = left.pop(); next && faults.length < MAX_FAULTS; next = left.pop()) {
    const { path } = next;
    for (const [key, inner] of Object.entries(next.value ?? {})) {
      if (UNSTORABLE.test(key)) faults.push({ path, message: `has a name that ${RULE}` });
      else if (typeof inner === "object") left.push({ path: memberPath(path, key), value: inner });
      else if (typeof inner === "string" && UNSTORABLE.test(inner))
        faults.push({ path: memberPath(path, key), message: RULE });
    }
  }
  return faults;
}
