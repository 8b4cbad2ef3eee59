import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Log } from "../shared/runtime/log.ts";
import { type CookieKeys, readCookie, removeCookie, type Session, setCookie } from "./cookie.ts";
import { sendProblem } from "./problem.ts";
import { get, post, type Tokens } from "./upstream.ts";

/** Milliseconds that a token must still be valid to be left as it is. */
const FRESH = 60_000;

const login = z.strictObject({ organization: z.string(), email: z.string(), password: z.string() });

const acceptance = z.strictObject({ invitation: z.string(), password: z.string() });

interface SessionOptions {
  readonly api: string;
  readonly keys: CookieKeys;
  readonly log: Log;
}

/** What `GET /users/me` says of a user, as far as a session shows it. */
interface SignedInUser {
  readonly email: string;
  readonly organization: { readonly name: string };
}

type Who = Pick<Session, "organization" | "email">;

/** Starts, shows, refreshes and ends the session in the cookie. No answer contains a token. */
export function addSessionRoutes(app: FastifyInstance, { api, keys, log }: SessionOptions): void {
  const sessionOf = (request: FastifyRequest): Promise<Session | undefined> => openSession(request, keys);
  const keep = async (reply: FastifyReply, who: Who, tokens: Tokens): Promise<FastifyReply> => {
    const session = sessionWith(who, tokens);
    return reply.header("set-cookie", setCookie(await keys.seal(session), session)).send(shown(session));
  };
  const forget = (reply: FastifyReply): FastifyReply => reply.header("set-cookie", removeCookie);

  app.addHook("onSend", (_request, reply, payload, done) => {
    void reply.header("cache-control", "no-store");
    done(null, payload);
  });

  app.get("/session", async (request, reply) => {
    const session = await sessionOf(request);
    return reply.send(session ? shown(session) : { session: null });
  });

  app.post("/session", async (request, reply) => {
    const body = login.safeParse(request.body);
    if (!body.success) return reply.code(400).send({ title: "Send organization, email and password." });
    const answer = await post(`${api}/login`, { address: request.ip }, body.data);
    if (!answer.ok) return passOn(reply, answer);
    return keep(reply, body.data, (await answer.json()) as Tokens);
  });

  app.post("/session/invitation", async (request, reply) => {
    const body = acceptance.safeParse(request.body);
    if (!body.success) return reply.code(400).send({ title: "Send invitation and password." });
    const accepted = await post(`${api}/invitations/accept`, { address: request.ip }, body.data);
    if (!accepted.ok) return passOn(reply, accepted);
    const tokens = (await accepted.json()) as Tokens;
    const answer = await get(`${api}/users/me`, { address: request.ip, token: tokens.token });
    if (!answer.ok) return passOn(reply, answer);
    const { email, organization } = (await answer.json()) as SignedInUser;
    return keep(reply, { email, organization: organization.name }, tokens);
  });

  // The page sends one of these at a time, over all of its tabs: a refresh token that is used twice ends the session.
  app.post("/session/refresh", async (request, reply) => {
    const session = await sessionOf(request);
    if (!session) return sendProblem(forget(reply), "unauthenticated");
    if (session.tokenExpiresAt - Date.now() > FRESH) return reply.send(shown(session));
    const answer = await post(`${api}/tokens/refresh`, { address: request.ip }, { refreshToken: session.refreshToken });
    if (answer.status === 401) return sendProblem(forget(reply), "unauthenticated");
    if (!answer.ok) return passOn(reply, answer);
    return keep(reply, session, (await answer.json()) as Tokens);
  });

  app.delete("/session", async (request, reply) => {
    const session = await sessionOf(request);
    // The browser forgets the session even if the API cannot be told, where it expires by itself.
    if (session)
      await endSession(api, request.ip, session).catch((error: unknown) => {
        log.warn({ err: error }, "a session could not be ended at the API; it expires there");
      });
    return forget(reply).code(204).send();
  });
}

/** The session in a request's cookie. */
export async function openSession({ headers }: FastifyRequest, keys: CookieKeys): Promise<Session | undefined> {
  const value = readCookie(headers.cookie);
  return value === undefined ? undefined : keys.open(value);
}

async function endSession(api: string, address: string, session: Session): Promise<void> {
  let { token } = session;
  if (session.tokenExpiresAt <= Date.now()) {
    const answer = await post(`${api}/tokens/refresh`, { address }, { refreshToken: session.refreshToken });
    if (!answer.ok) return;
    ({ token } = (await answer.json()) as Tokens);
  }
  await post(`${api}/logout`, { address, token });
}

const sessionWith = ({ organization, email }: Who, tokens: Tokens): Session => ({
  ...{ organization, email, token: tokens.token, refreshToken: tokens.refreshToken },
  tokenExpiresAt: Date.now() + tokens.expiresInSeconds * 1000,
  expiresAt: Date.now() + tokens.refreshExpiresInSeconds * 1000,
});

const shown = ({ organization, email }: Who): { session: Who } => ({ session: { organization, email } });

/** Answers with the API's refusal. */
async function passOn(reply: FastifyReply, answer: Response): Promise<FastifyReply> {
  const after = answer.headers.get("retry-after");
  if (after !== null) void reply.header("retry-after", after);
  return reply
    .code(answer.status)
    .type(answer.headers.get("content-type") ?? "application/json")
    .send(await answer.text());
}
