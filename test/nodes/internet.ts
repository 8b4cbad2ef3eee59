import { eventually } from "../cluster/client.ts";
import { addCable } from "./cable.ts";
import type { Machine } from "./machine.ts";
import { DIAL_TIMEOUT } from "./probes.ts";

export interface Internet {
  /** Opens connections from one of its addresses, and returns what became of each. */
  dial(targets: readonly string[]): Promise<Record<string, string>>;
}

/** What its hosts answer. */
export const INTERNET = "internet";

/**
 * Stands for all that is outside the cluster: hosts that have the addresses, listen on the ports, and answer with INTERNET. Callers
 * from there come from the first address.
 */
export async function startInternet(
  machine: Machine,
  { prober, gateway, addresses, ports }: InternetOptions,
): Promise<Internet> {
  const space = await machine.addSpace(INTERNET);
  const [first = ""] = addresses;
  await addCable(machine, space, { address: first, gateway, routes: addresses });
  for (const address of addresses) await space.run("ip", "address", "replace", `${address}/32`, "dev", "lo");
  space.start("listen", prober, "listen", INTERNET, ...ports.map(String));
  await eventually("the internet to listen", () => Promise.resolve(space.log("listen") || undefined));
  return {
    dial: async (targets) =>
      JSON.parse(await space.run(prober, "dial", DIAL_TIMEOUT, ...targets)) as Record<string, string>,
  };
}

interface InternetOptions {
  /** The program. */
  readonly prober: string;
  /** The address of the router. */
  readonly gateway: string;
  readonly addresses: readonly string[];
  readonly ports: readonly number[];
}
