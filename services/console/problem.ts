import type { FastifyReply } from "fastify";

const TITLES = {
  unauthenticated: [401, "There is no session, or it has ended."],
  cross_site: [403, "The request does not come from a page of the console."],
  not_found: [404, "The resource does not exist."],
  api_unreachable: [502, "The API does not answer. Try again."],
} as const;

/** Answers with a problem document (RFC 9457), as the API does. */
export function sendProblem(reply: FastifyReply, code: keyof typeof TITLES): FastifyReply {
  const [status, title] = TITLES[code];
  return reply
    .code(status)
    .header("cache-control", "no-store")
    .type("application/problem+json")
    .send(JSON.stringify({ type: "about:blank", title, status, code }));
}
