import { randomUUID } from "node:crypto";
import { Connection } from "rabbitmq-client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ServiceProcess } from "../../local/service-process.ts";
import { installedAddons } from "../../platform/installed-addons.ts";
import { secretLedger } from "../../platform/secret-ledger.ts";
import { descriptors, environment } from "../environments.ts";
import { planOf } from "../plans.ts";
import { pick } from "../k8s/objects.ts";
import { startStack, type Stack, until } from "../services/stack.ts";
import { UsageDatabase } from "../services/usage-events.ts";
import { type RabbitmqServer, startRabbitmqServer } from "./rabbitmq-server.ts";

const PASSWORD = "of-analytics";
const DEAD = "usage.dead-letters";
/** Lines that RabbitMQ 3.10, which Debian has, does not know. */
const NEWER = /^(default_queue_type|quorum_queue\.continuous_membership_reconciliation)/;

let rabbit: RabbitmqServer;
let stack: Stack;
let database: UsageDatabase;
let analytics: ServiceProcess;
let started = 0;
const startAnalytics = async (): Promise<ServiceProcess> =>
  (analytics = await stack.platform.startAnalytics(`analytics-${(started += 1)}`));

/** What production's RabbitMQ loads and is told, with the password of analytics in its place. */
async function renderedRabbitmq(): Promise<{ definitions: string; settings: string[] }> {
  const described = environment("production");
  const ledger = secretLedger(described, descriptors, installedAddons(described, descriptors));
  const made = ledger.find(({ path }) => path.endsWith("/rabbitmq/definitions"))?.made;
  if (made?.kind !== "text") throw new Error("Production has no definitions for RabbitMQ.");
  expect(Object.keys(made.passwords)).toEqual(["analytics"]);
  const manifests = (await planOf("production")).objects.map(({ manifest }) => manifest);
  const lines = String(pick(manifests, "RabbitmqCluster", "rabbitmq").spec.rabbitmq.additionalConfig)
    .trim()
    .split("\n");
  return {
    definitions: made.text.replace("{analytics}", PASSWORD),
    settings: lines.filter((line) => !NEWER.test(line)),
  };
}

beforeAll(async () => {
  const { definitions, settings } = await renderedRabbitmq();
  rabbit = await startRabbitmqServer(definitions, settings);
  stack = await startStack({ workers: 0, amqpUrl: rabbit.urlOf("analytics", PASSWORD) });
  database = await UsageDatabase.open(stack.platform.databaseUrl);
});
afterAll(async () => {
  await database.client.end();
  await stack.stop();
  await rabbit.close();
});

const messagesIn = async (queue: string): Promise<number> =>
  (await rabbit.admin.queueDeclare({ queue, passive: true })).messageCount;
const empty = (table: string): Promise<true> =>
  until(`${table} to be empty`, async () => ((await database.count(table)) === 0 ? true : undefined), 180);
/** Waits until every event is handed over and counted. */
const allCounted = async (name: string, count: number): Promise<void> => {
  await empty("usage_outbox");
  await until(`${count} events of ${name}`, async () => ((await eventsOf(name)) >= count ? true : undefined), 180);
};
const eventsOf = (name: string): Promise<number> =>
  database.count("usage_events", `tenant_id IN (SELECT id FROM tenants WHERE name IN ('${name}0', '${name}1'))`);

describe("what the definitions make", () => {
  test("is a quorum queue with a limit of deliveries, and a quorum queue for its dead letters", () => {
    const listed = JSON.parse(
      rabbit.control("list_queues", "name", "type", "durable", "arguments", "--formatter", "json"),
    ) as { name: string; type: string; durable: boolean; arguments: [string, string, unknown][] }[];
    expect(listed.map(({ name, type, durable }) => ({ name, type, durable }))).toEqual(
      expect.arrayContaining([
        { name: "usage", type: "quorum", durable: true },
        { name: DEAD, type: "quorum", durable: true },
      ]),
    );
    const own = Object.fromEntries(
      listed.find(({ name }) => name === "usage")?.arguments.map(([name, , value]) => [name, value]) ?? [],
    );
    expect(own).toMatchObject({ "x-delivery-limit": 20, "x-dead-letter-routing-key": DEAD });
  });

  test("is a user who can publish and read, and nothing else", async () => {
    expect(rabbit.control("list_users")).not.toContain("guest");
    const connection = new Connection(rabbit.urlOf("analytics", PASSWORD));
    const refused = async (ask: () => Promise<unknown>): Promise<string> => {
      try {
        await ask();
        return "allowed";
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    const publisher = connection.createPublisher({ confirm: true });
    expect(await refused(() => connection.queueDeclare({ queue: "another", durable: true }))).toBe("ACCESS_REFUSED");
    expect(await refused(() => connection.queueDelete("usage"))).toBe("ACCESS_REFUSED");
    expect(await refused(() => connection.queuePurge("amq.gen"))).not.toBe("allowed");
    expect(await refused(() => publisher.send({ exchange: "", routingKey: DEAD }, "forged"))).toBe("ACCESS_REFUSED");
    expect(await refused(() => connection.queueDeclare({ queue: DEAD, passive: true }))).toBe("allowed");
    await connection.close();
  });

  test("is told apart by queue in the metric that replicas follow", async () => {
    const found = await until(
      "the exporter to tell of the queues",
      async () => {
        const lines = (await rabbit.metrics())
          .split("\n")
          .filter((line) => line.startsWith("rabbitmq_queue_messages{"));
        return lines.length > 0 ? lines : undefined;
      },
      60,
    );
    expect(found.some((line) => /vhost="\/"/.test(line) && /queue="usage"/.test(line))).toBe(true);
  });
});

describe("a day of usage is counted exactly", () => {
  test("while the broker is killed and comes back, and whoever counts is killed", async () => {
    const expected = await database.recordDay(10_000, "day");
    for (const share of [0.1, 0.4, 0.7]) {
      await startAnalytics();
      await until(
        `${share} of the events`,
        async () => ((await eventsOf("day")) >= share * 10_000 ? true : undefined),
        180,
      );
      await rabbit.kill();
      await analytics.kill();
      await rabbit.start();
    }
    expect(await eventsOf("day")).toBeLessThan(10_000);
    await startAnalytics();
    await allCounted("day", 10_000);
    expect(await database.counted("day")).toEqual(expected);
    await analytics.kill();
  });

  test("when the relay is killed after it has published, before it says so", async () => {
    const expected = await database.recordDay(300, "published");
    const release = await database.block("usage_outbox", stack.platform.databaseUrl);
    await startAnalytics();
    await until("published events to be counted", async () =>
      (await eventsOf("published")) >= 200 ? true : undefined,
    );
    expect(await database.count("usage_outbox")).toBe(300);
    await analytics.kill();
    await release();
    await startAnalytics();
    await allCounted("published", 300);
    await until("what was published twice to be acknowledged", async () =>
      (await messagesIn("usage")) === 0 ? true : undefined,
    );
    expect(await database.counted("published")).toEqual(expected);
    await analytics.kill();
  });

  test("when whoever counts is killed before the broker hears that he has", async () => {
    const release = await database.block("usage_hours", stack.platform.databaseUrl);
    const expected = await database.recordDay(300, "unheard");
    await startAnalytics();
    await empty("usage_outbox");
    await until("the count to wait", async () => ((await database.waiting()) > 0 ? true : undefined));
    rabbit.freeze();
    await release();
    await until("all to be counted", async () => ((await eventsOf("unheard")) > 0 ? true : undefined));
    await analytics.kill();
    rabbit.thaw();
    expect(
      await until("what was not acknowledged", async () => (await messagesIn("usage")) || undefined),
    ).toBeGreaterThan(0);
    await startAnalytics();
    await allCounted("unheard", 300);
    await until("all to be acknowledged", async () => ((await messagesIn("usage")) === 0 ? true : undefined));
    expect(await database.counted("unheard")).toEqual(expected);
  });
});

describe("a poison message", () => {
  const send = async (bodies: readonly (string | Buffer)[]): Promise<void> => {
    const publisher = rabbit.admin.createPublisher({ confirm: true });
    for (const body of bodies) await publisher.send({ exchange: "usage", mandatory: true, durable: true }, body);
    await publisher.close();
  };
  const dead = (count: number): Promise<true> =>
    until(`${count} dead letters`, async () => ((await messagesIn(DEAD)) === count ? true : undefined));

  test("becomes a dead letter, which a metric tells, and the rest goes on", async () => {
    await send(["not JSON", Buffer.from([0xff, 0x00]), JSON.stringify({ id: randomUUID() })]);
    const expected = await database.recordDay(100, "beside");
    await allCounted("beside", 100);
    expect(await database.counted("beside")).toEqual(expected);
    await dead(3);
    await until("the metric to say so", async () => {
      const metrics = await (await fetch(`http://127.0.0.1:${analytics.ports["metrics"] ?? 0}/metrics`)).text();
      return /^promptops_usage_dead_letters 3$/m.test(metrics) ? true : undefined;
    });
  });

  test("is put back by a shovel as the runbook says, and counted if it can be now", async () => {
    const tenant = randomUUID();
    const event = {
      ...{ id: randomUUID(), at: new Date().toISOString(), tenant, execution: randomUUID(), prompt: randomUUID() },
      ...{ promptVersion: 1, attempt: 1, model: "small", ownModel: false, outcome: "succeeded", called: true },
      ...{ cached: false, promptTokens: 1, completionTokens: 1, microUsd: 1 },
    };
    await send([JSON.stringify(event)]);
    // No tenant has the id.
    await dead(4);
    await database.rows("INSERT INTO tenants (id, name) VALUES ($1, 'late')", tenant);
    rabbit.control(
      ...["set_parameter", "shovel", "usage-dead-letters"],
      JSON.stringify({
        ...{ "src-protocol": "amqp091", "src-uri": "amqp://", "src-queue": DEAD, "src-delete-after": "queue-length" },
        ...{ "dest-protocol": "amqp091", "dest-uri": "amqp://", "dest-exchange": "usage", "ack-mode": "on-confirm" },
      }),
    );
    await until(
      "the event to be counted",
      async () => (await database.count("usage_events", `id = '${event.id}'`)) || undefined,
    );
    await dead(3);
  });
});
