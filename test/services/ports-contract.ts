import { afterEach, describe, expect, test } from "vitest";
import type { Broadcast, Subscription, WakeUps } from "../../services/shared/executions/ports.ts";
import { until } from "./stack.ts";

export interface Adapters {
  readonly wakeUps: () => WakeUps;
  readonly broadcast: () => Broadcast;
  /** Breaks every connection to the server off; it takes new ones at once. */
  readonly breakConnections: () => Promise<void>;
  /** Connections that the server has from us now. */
  readonly connections: () => Promise<number>;
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 200));
const seen = (what: string, check: () => boolean): Promise<true> =>
  until(what, () => Promise.resolve(check() || undefined), 20);

/** What an adapter of wake-ups and broadcast has to do, on whatever server it stands. */
export function testPorts(adapters: () => Adapters): void {
  const open: { close: () => Promise<void> }[] = [];
  const subscriptions: Subscription[] = [];
  const wakeUps = (): WakeUps => {
    const made = adapters().wakeUps();
    open.push(made);
    return made;
  };
  const broadcast = (): Broadcast => {
    const made = adapters().broadcast();
    open.push(made);
    return made;
  };
  const kept = async (subscription: Promise<Subscription>): Promise<void> =>
    void subscriptions.push(await subscription);

  afterEach(async () => {
    await Promise.all(subscriptions.splice(0).map((each) => each.stop()));
    await Promise.all(open.splice(0).map((each) => each.close()));
    await until(
      "every connection to be let go",
      async () => ((await adapters().connections()) === 0 ? true : undefined),
      20,
    );
  });

  describe("wake-ups", () => {
    test("reach a worker that waits", async () => {
      let woken = 0;
      await kept(wakeUps().onWake(() => (woken += 1)));
      await settled();
      const before = woken;
      wakeUps().wake();
      await seen("the wake-up", () => woken > before);
    });

    test("may be sent when nobody waits", () => {
      expect(() => {
        wakeUps().wake();
      }).not.toThrow();
    });

    test("come again after the connection broke", async () => {
      let woken = 0;
      await kept(wakeUps().onWake(() => (woken += 1)));
      await settled();
      const before = woken;
      await adapters().breakConnections();
      await seen("the worker to be told that it may have missed one", () => woken > before);
      await settled();
      const after = woken;
      wakeUps().wake();
      await seen("the wake-up", () => woken > after);
    });

    test("come no more once the worker has stopped", async () => {
      let woken = 0;
      const subscription = await wakeUps().onWake(() => (woken += 1));
      await settled();
      await subscription.stop();
      const before = woken;
      wakeUps().wake();
      await settled();
      expect(woken).toBe(before);
    });
  });

  describe("a broadcast", () => {
    test("reaches everybody, each id", async () => {
      const heard: (string | undefined)[][] = [[], []];
      for (const list of heard) await kept(broadcast().subscribe((id) => list.push(id)));
      broadcast().publish(["a", "b"]);
      for (const list of heard) await seen("both ids", () => list.includes("a") && list.includes("b"));
    });

    test("takes more ids than one message holds", async () => {
      const ids = Array.from(
        { length: 1_000 },
        (_, index) => `${String(index).padStart(8, "0")}-0000-4000-8000-000000000000`,
      );
      const heard = new Set<string | undefined>();
      await kept(broadcast().subscribe((id) => heard.add(id)));
      broadcast().publish(ids);
      await seen("all of them", () => ids.every((id) => heard.has(id)));
    });

    test("of nothing is nothing", async () => {
      const heard: (string | undefined)[] = [];
      await kept(broadcast().subscribe((id) => heard.push(id)));
      broadcast().publish([]);
      await settled();
      expect(heard.filter((id) => id !== undefined)).toEqual([]);
    });

    test("says that some may have been missed when the connection broke, and goes on", async () => {
      const heard: (string | undefined)[] = [];
      await kept(broadcast().subscribe((id) => heard.push(id)));
      await settled();
      const before = heard.length;
      await adapters().breakConnections();
      await seen("the word that some may be missing", () => heard.slice(before).includes(undefined));
      await settled();
      broadcast().publish(["after"]);
      await seen("what comes after", () => heard.includes("after"));
    });
  });
}
