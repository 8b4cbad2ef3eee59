import type { PassThrough } from "node:stream";
import type { FastifyReply } from "fastify";
import { z } from "zod";
import { cancelExecution } from "../../shared/executions/cancel.ts";
import { modelsByName } from "../../shared/models/by-name.ts";
import { isCustom } from "../../shared/models/custom-names.ts";
import type { Model } from "../../shared/runtime/settings.ts";
import { acceptChat } from "../accept.ts";
import type { Api } from "../api.ts";
import type { Audit } from "../audit/request-audit.ts";
import { canonical } from "../canonical.ts";
import { ChatStream, ChatWait, completionOf, type Ended } from "../chat/answer.ts";
import { chatErrorOf, chatErrorResponse } from "../chat/errors.ts";
import { callOf } from "../chat/request.ts";
import * as schemas from "../chat/schemas.ts";
import { ApiError } from "../errors.ts";
import { onClosed } from "../on-closed.ts";
import { sendEvents } from "../send-events.ts";
import { acceptedHeaders, readExecution } from "./executions.ts";
import { modelsOf } from "./models.ts";

/** Seconds that an answer may take: as long as a gateway keeps a connection on which nothing is sent. */
const TIMEOUT_SECONDS = 300;

const errors = { of: chatErrorOf, response: chatErrorResponse };

/** What OpenAI's clients ask for: https://platform.openai.com/docs/api-reference. */
export function addChatRoutes(api: Api): void {
  addCompletions(api);
  addModels(api);
}

function addCompletions(api: Api): void {
  const { addRoute, database, wakeUps, settings, streams } = api;
  const modelOf = modelsByName(settings);

  addRoute({
    method: "POST",
    url: "/v1/chat/completions",
    audit: "execution.create",
    access: "executions:write",
    errors,
    schema: {
      operationId: "createChatCompletion",
      tags: ["openai"],
      summary: "Create a chat completion; with 'stream', it is sent while it is generated",
      body: schemas.chatRequest,
      headers: z.object({ "idempotency-key": z.string().min(1).max(255).optional() }),
      response: { 200: schemas.chatCompletion },
    },
    handler: async ({ caller, body, headers, audit }, reply) => {
      const { tenant } = caller;
      onClosed(reply, streams.take(tenant));
      const idempotencyKey = headers["idempotency-key"];
      const call = canonical({ ...callOf(body), timeoutSeconds: TIMEOUT_SECONDS });
      const made = await acceptChat(database, tenant, call, { idempotencyKey, modelOf, audit });
      wakeUps.wake();
      const { id } = made;
      // Under its key the answer can be asked for again.
      if (idempotencyKey === undefined) cancelWhenGone(api, reply, { tenant, id, audit });
      const head = { id, created: Math.floor(Date.now() / 1000), model: body.model };
      const position = { caller, execution: id, after: 0 };
      const ended = (): Promise<Ended> => readExecution(api, tenant, id);
      void reply.headers(acceptedHeaders(made)).header("cache-control", "no-store");
      if (body.stream === true) {
        const withUsage = body.stream_options?.include_usage === true;
        const stream = new ChatStream({ ...head, withUsage, ended });
        sendEvents(api, stream, position);
        void reply.header("content-type", "text/event-stream").header("x-accel-buffering", "no");
        return sendStream(reply, stream.body);
      }
      const wait = new ChatWait();
      onClosed(reply, () => {
        wait.close("end");
      });
      sendEvents(api, wait, position);
      await wait.ended();
      return completionOf(head, await ended());
    },
  });
}

function addModels(api: Api): void {
  const { addRoute } = api;
  const params = z.object({ model: z.string().min(1).max(200) });

  addRoute({
    method: "GET",
    url: "/v1/models",
    access: "prompts:read",
    errors,
    schema: {
      operationId: "listModelsForOpenAI",
      tags: ["openai"],
      summary: "List the models that chat completions can use",
      response: { 200: z.object({ object: z.literal("list"), data: z.array(schemas.listedModel) }) },
    },
    handler: async ({ caller }) => {
      const models = await modelsOf(api, caller.tenant);
      return { object: "list" as const, data: models.map(listed) };
    },
  });

  addRoute({
    method: "GET",
    url: "/v1/models/:model",
    access: "prompts:read",
    errors,
    schema: {
      operationId: "readModelForOpenAI",
      tags: ["openai"],
      summary: "Read a model that chat completions can use",
      params,
      response: { 200: schemas.listedModel },
    },
    handler: async ({ caller, params: { model } }) => {
      const found = (await modelsOf(api, caller.tenant)).find(({ name }) => name === model);
      if (!found) throw new ApiError("not_found", "There is no such model. GET /v1/models lists those that there are.");
      return listed(found);
    },
  });
}

const listed = ({ name }: Pick<Model, "name">): z.output<typeof schemas.listedModel> => ({
  ...{ id: name, object: "model", created: 0, owned_by: isCustom(name) ? "organization" : "platform" },
});

/** Cancels an execution whose client goes before it has the answer: nobody would read it. */
function cancelWhenGone(
  { database, broadcast, log }: Api,
  reply: Pick<FastifyReply, "raw">,
  { tenant, id, audit }: { readonly tenant: string; readonly id: string; readonly audit: Audit },
): void {
  const cancel = async (): Promise<void> => {
    const cancelled = await database.asTenant(tenant, async (client) => {
      if (!(await cancelExecution(client, id))) return false;
      await audit.record(client, { action: "execution.cancel", object: id });
      return true;
    });
    if (cancelled) broadcast.publish([id]);
  };
  onClosed(reply, () => {
    if (reply.raw.writableFinished) return;
    cancel().catch((error: unknown) => {
      log.warn({ err: error, execution: id }, "an execution whose client is gone could not be cancelled");
    });
  });
}

/** A stream is not what the schema of the answer says. */
const sendStream = <Reply extends { readonly raw: unknown }>(reply: Reply, body: PassThrough): Reply =>
  (reply as Reply & Pick<FastifyReply, "send">).send(body) as Reply & FastifyReply;
