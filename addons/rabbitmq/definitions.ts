import { deadLetterQueue } from "../../platform/names.ts";

/** Who publishes to queues and consumes them. */
export interface MessageUser {
  readonly name: string;
  readonly queues: readonly string[];
}

/** Deliveries that may fail before a message is a dead letter: what kills its consumer each time must not do so forever. */
const MAX_DELIVERIES = 20;
const VHOST = "/";

/**
 * What RabbitMQ loads when it starts, as JSON: for each queue an exchange of its name that leads to it, a quorum queue, and a quorum queue of
 * dead letters. A user declares nothing, publishes to the exchanges, and reads the queues. `{<user>}` stands for its password.
 */
export function definitionsOf(users: readonly MessageUser[]): string {
  const queues = [...new Set(users.flatMap((user) => user.queues))];
  return JSON.stringify({
    vhosts: [{ name: VHOST }],
    users: users.map(({ name }) => ({ name, password: `{${name}}`, tags: [] })),
    permissions: users.map((user) => ({
      ...{ user: user.name, vhost: VHOST, configure: "^$" },
      write: anyOf(user.queues),
      read: anyOf(user.queues.flatMap((queue) => [queue, deadLetterQueue(queue)])),
    })),
    exchanges: queues.map((name) => ({ name, type: "fanout", ...durable, internal: false, arguments: {} })),
    queues: queues.flatMap((queue) => [
      quorumQueue(queue, {
        "x-delivery-limit": MAX_DELIVERIES,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": deadLetterQueue(queue),
        // A dead letter leaves the queue once the other one has it.
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
      }),
      quorumQueue(deadLetterQueue(queue)),
    ]),
    bindings: queues.map((queue) => ({
      ...{ source: queue, vhost: VHOST, destination: queue, destination_type: "queue", routing_key: "", arguments: {} },
    })),
  });
}

const durable = { vhost: VHOST, durable: true, auto_delete: false };

const quorumQueue = (name: string, more: object = {}): object => ({
  name,
  ...durable,
  arguments: { "x-queue-type": "quorum", ...more },
});

/** A pattern that has exactly these names; the names' dots are no patterns. */
const anyOf = (names: readonly string[]): string => `^(${names.map((name) => name.replaceAll(".", "\\.")).join("|")})$`;
