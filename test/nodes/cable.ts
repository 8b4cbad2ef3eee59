import type { Machine } from "./machine.ts";
import type { Space } from "./space.ts";

interface Cable {
  /** Of the space's end. */
  readonly address: string;
  /** Of the machine, which routes between its spaces. */
  readonly gateway: string;
  /** Blocks behind the space's end. */
  readonly routes: readonly string[];
}

/** Lays a cable between a space and the machine, which routes packets to the space's address and to what is behind it. */
export async function addCable(machine: Machine, space: Space, { address, gateway, routes }: Cable): Promise<void> {
  const router = machine.space;
  const veth = ["type", "veth", "peer", "name", "eth0", "netns", String(space.pid)];
  await router.runInNetwork("ip", "link", "add", space.name, ...veth);
  await router.run("ip", "link", "set", space.name, "up");
  await space.run("ip", "address", "add", `${address}/32`, "dev", "eth0");
  await space.run("ip", "link", "set", "eth0", "up");
  // A computer answers for each of its addresses on each of its links.
  await space.run("ip", "route", "add", gateway, "dev", "eth0");
  await space.run("ip", "route", "add", "default", "via", gateway);
  const own = ["dev", space.name, "src", gateway];
  await router.run("ip", "route", "add", address, ...own);
  for (const route of routes.filter((each) => each !== address)) {
    await router.run("ip", "route", "add", route, "via", address, "onlink", ...own);
  }
}
