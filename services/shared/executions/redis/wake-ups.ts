import { Queue, Worker } from "bullmq";
import type { Log } from "../../runtime/log.ts";
import { executions } from "../contract.ts";
import type { WakeUps } from "../ports.ts";
import { connectRedis } from "./connect.ts";

/** A wake-up that was seen says nothing any more. */
const KEEP_NOTHING = { removeOnComplete: true, removeOnFail: true };

/** Wake-ups as BullMQ jobs: one of the workers that wait gets each. */
export function redisWakeUps(url: string, log: Log): WakeUps {
  const connection = connectRedis(url, log);
  const queue = new Queue(executions.name, { connection, defaultJobOptions: KEEP_NOTHING });
  return {
    wake: async () => {
      await queue.add("wake", {});
    },
    onWake: async (wake) => {
      const own = connectRedis(url, log);
      const worker = new Worker(
        executions.name,
        () => {
          wake();
          return Promise.resolve();
        },
        { connection: own },
      );
      worker.on("error", (error) => {
        log.warn({ err: error }, "waiting for wake-ups failed; it goes on");
      });
      own.on("ready", wake);
      await worker.waitUntilReady();
      return {
        stop: async () => {
          await worker.close();
          own.disconnect();
        },
      };
    },
    close: async () => {
      await queue.close();
      connection.disconnect();
    },
  };
}
