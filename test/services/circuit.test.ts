import { describe, expect, test } from "vitest";
import { Circuit, type Verdict } from "../../services/worker/circuit.ts";

/** A circuit on a clock of the test's own, whose pauses are as long as they can be. */
function newCircuit(): {
  circuit: Circuit;
  changes: boolean[];
  wait: (seconds: number) => void;
  call: (...verdicts: Verdict[]) => void;
} {
  let now = 0;
  const changes: boolean[] = [];
  const circuit = new Circuit({ onChange: (isOpen) => void changes.push(isOpen), now: () => now, random: () => 0 });
  return {
    ...{ circuit, changes },
    wait: (seconds) => (now += seconds * 1_000),
    call: (...verdicts) => {
      for (const verdict of verdicts) circuit.begin()(verdict);
    },
  };
}
const failures = (count: number): Verdict[] => Array.from({ length: count }, () => "failed");

describe("a circuit", () => {
  test("opens after five failures in a row", () => {
    const { circuit, changes, call } = newCircuit();
    call(...failures(4), "answered", ...failures(4));
    expect([circuit.admits(100), changes]).toEqual([100, []]);
    call("failed");
    expect([circuit.admits(100), changes]).toEqual([0, [true]]);
  });

  test("is not closed, and not kept open, by calls that say nothing of the endpoint", () => {
    const { circuit, call } = newCircuit();
    call(...failures(4), "neither", "failed");
    expect(circuit.isOpen).toBe(true);
  });

  test("lets one through after a pause, and no more until that one has ended", () => {
    const { circuit, wait, call } = newCircuit();
    call(...failures(5));
    wait(0.999);
    expect(circuit.admits(100)).toBe(0);
    wait(0.001);
    expect(circuit.admits(100)).toBe(1);
    const settle = circuit.begin();
    expect(circuit.admits(100)).toBe(0);
    settle("neither");
    expect(circuit.admits(100)).toBe(1);
  });

  test("closes when that one is answered, and has then to fail as often again", () => {
    const { circuit, changes, wait, call } = newCircuit();
    call(...failures(5));
    wait(1);
    call("answered", ...failures(4));
    expect([circuit.admits(100), changes]).toEqual([100, [true, false]]);
  });

  test("stays open for twice as long with each failure of a trial, up to a minute", () => {
    const { circuit, changes, wait, call } = newCircuit();
    call(...failures(5));
    for (const seconds of [1, 2, 4, 8, 16, 32, 60, 60]) {
      wait(seconds - 0.001);
      expect(circuit.admits(1)).toBe(0);
      wait(0.001);
      expect(circuit.admits(1)).toBe(1);
      call("failed");
    }
    expect(changes).toEqual([true]);
  });

  test("learns nothing from calls that began before it opened", () => {
    const { circuit, wait, call } = newCircuit();
    const [early, late] = [circuit.begin(), circuit.begin()];
    call(...failures(5));
    early("answered");
    expect(circuit.admits(1)).toBe(0);
    wait(1);
    late("failed");
    expect(circuit.admits(1)).toBe(1);
  });
});
