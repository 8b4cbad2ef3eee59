import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import { Client } from "pg";
import { startWay, type Way } from "../services/egress/internet.ts";
import type { Zone } from "../services/egress/dns-server.ts";
import { startStack, type Stack, type Tenant, until } from "../services/stack.ts";

const PUBLIC = "93.184.215.14";

export interface Received {
  /** The path of its URL. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** How a receiver answers a request of which it has read everything. */
export type Behaviour = (response: ServerResponse, request: IncomingMessage) => void;

/** Whether a request was signed with a secret, as the reference library of Standard Webhooks says. */
export function isSigned({ body, headers }: Received, secret: string): boolean {
  try {
    new Webhook(secret).verify(body, headers as Record<string, string>);
    return true;
  } catch {
    return false;
  }
}

/** HTTPS receivers on the internet, by path. Each answers 200 unless it is told otherwise. */
export class Receivers {
  readonly received: Received[] = [];
  readonly behaviours: Record<string, Behaviour> = {};

  readonly listener: RequestListener = (request, response) => {
    const path = request.url ?? "";
    void text(request).then((body) => {
      this.received.push({ path, headers: request.headers, body });
      const behave = this.behaviours[path] ?? ((answer) => answer.end("thank you"));
      behave(response, request);
    });
  };

  at(path: string): Received[] {
    return this.received.filter((each) => each.path === path);
  }

  /** Resolves when so many requests have come to a path. */
  wait(path: string, count = 1, seconds = 120): Promise<Received[]> {
    return until(
      `${count} requests at ${path}`,
      () => {
        const found = this.at(path);
        return Promise.resolve(found.length >= count ? found : undefined);
      },
      seconds,
    );
  }
}

/** The platform with webhooks, and the receivers. */
export interface Hooks {
  readonly stack: Stack;
  readonly way: Way;
  readonly receivers: Receivers;
  readonly database: Client;
  readonly stop: () => Promise<void>;
}

export const hosts: Record<string, readonly string[]> = { "models.example": [PUBLIC] };
const publicZone: Zone = (name, type) => (type === "A" ? hosts[name] : []);

export async function startHooks({ replicas = 1, zone = publicZone } = {}): Promise<Hooks> {
  const receivers = new Receivers();
  const way = await startWay(zone, receivers.listener);
  const stack = await startStack();
  for (let number = 1; number <= replicas; number += 1)
    await stack.platform.startNotifications(`notifications-${number}`);
  const database = new Client({ connectionString: stack.platform.databaseUrl });
  await database.connect();
  return {
    ...{ stack, way, receivers, database },
    stop: async () => {
      await database.end();
      await stack.stop();
      await way.stop();
    },
  };
}

export interface Hook {
  readonly id: string;
  readonly secret: string;
}

/** Creates a webhook of a tenant at a path of the receivers. */
export async function createHook(tenant: Tenant, path: string, more: object = {}): Promise<Hook> {
  const input = { url: `https://models.example${path}`, events: ["execution.succeeded"], ...more };
  const { status, body } = await tenant.call("POST", "/webhooks", input);
  if (status !== 201) throw new Error(`webhook at ${path}: ${JSON.stringify(body)}`);
  return { id: body.webhook.id as string, secret: body.secret as string };
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test reads what no type leads to
type Shown = Record<string, any>;

/** The newest delivery of a webhook, as the API shows it with its attempts, once `isRight` says so. */
export function deliveryOf(tenant: Tenant, { id }: Hook, isRight: (delivery: Shown) => boolean): Promise<Shown> {
  const read = async (): Promise<Shown | undefined> => {
    const { body: listed } = await tenant.call("GET", `/webhooks/${id}/deliveries?limit=1`);
    const [newest] = listed.deliveries;
    if (!newest) return undefined;
    const { body } = await tenant.call("GET", `/webhooks/${id}/deliveries/${newest.id}`);
    return isRight(body) ? body : undefined;
  };
  return until("the delivery", read, 180);
}

/** Makes what waits for a webhook due, as if its pause were over. */
export const makeDue = (database: Client, { id }: Hook): Promise<unknown> =>
  database.query("UPDATE webhook_deliveries SET due_at = now() WHERE endpoint_id = $1 AND state = 'pending'", [id]);
