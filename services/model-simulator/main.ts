import { parseArgs } from "node:util";
import { portOfServer } from "../shared/runtime/probes.ts";
import { createSimulator } from "./simulator.ts";

const { values } = parseArgs({
  options: { port: { type: "string", default: "8000" }, address: { type: "string", default: "127.0.0.1" } },
});
const simulator = createSimulator();
await simulator.listen({ port: Number(values.port), host: values.address });
process.stdout.write(
  `${JSON.stringify({ level: "info", service: "model-simulator", pid: process.pid, msg: "started", ports: { http: portOfServer(simulator.server) } })}\n`,
);
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    void simulator.close().then(() => process.exit(0));
  });
}
