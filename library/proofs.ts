/** What must hold over a plan, and what proofs are made of. */
export { withExceptions } from "../proofs/exceptions.ts";
export { effectsOf } from "../proofs/evaluation/effects.ts";
export { proofs, prove } from "../proofs/index.ts";
export {
  addressesOf,
  ALL_ADDRESSES,
  ALL_PORTS,
  areaDifference,
  difference,
  formatAddresses,
  formatPorts,
  intersection,
  union,
  type Area,
  type Interval,
} from "../proofs/evaluation/intervals.ts";
export { Network, type Direction, type PodKind } from "../proofs/evaluation/network.ts";
export type { Protocol } from "../platform/connections.ts";
export { parsePromQl, type Expression, type Selector } from "../proofs/evaluation/promql.ts";
export type { Proof } from "../proofs/proof.ts";
