/** What a webhook endpoint can be told of. A type that was given out keeps its meaning. */
export const eventTypes = [
  "execution.succeeded",
  "execution.failed",
  "execution.cancelled",
  // A limit of the monthly budget was reached, once a month for each limit.
  "budget.reached",
] as const;
export type EventType = (typeof eventTypes)[number];

/** What a test of an endpoint sends, whatever it subscribes to. */
export const TEST_EVENT = "webhook.test";

export const deliveryStates = ["pending", "delivered", "failed"] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** Characters of an execution's output that a delivery carries. */
export const MAX_OUTPUT = 65_536;
