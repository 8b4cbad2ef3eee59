import { describe, expect, test } from "vitest";
import { type Case, outcome } from "./rules.ts";

const rejects = 'pilot_total_xds_rejects{type="lds",pod="istiod-a"}';
const alert = "GatewayConfigRejected";

describe("a gateway pod that rejects its configuration, with promtool's own engine", () => {
  test.each<[string, Case]>([
    [
      "is told of",
      { series: { [rejects]: "3x4 4x40" }, at: "20m", alert, fires: [{ type: "lds", severity: "ticket" }] },
    ],
    [
      "is told of the first time, when the series begins",
      { series: { [rejects]: "_ _ _ _ 1x40" }, at: "20m", alert, fires: [{ type: "lds", severity: "ticket" }] },
    ],
    ["is told of no longer after half an hour", { series: { [rejects]: "1x120" }, at: "80m", alert, fires: [] }],
    ["is not told of when istiod starts again", { series: { [rejects]: "1x60 0x40" }, at: "80m", alert, fires: [] }],
  ])("%s", async (_, each) => {
    expect(await outcome(each)).toMatch(/SUCCESS\s*$/);
  });
});
