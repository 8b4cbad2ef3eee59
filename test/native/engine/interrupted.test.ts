import { afterEach, beforeEach, expect, test } from "vitest";
import { liftGuards } from "../../../operations/guards.ts";
import { environment } from "../../environments.ts";
import { openTestStack, type TestStack } from "./stack.ts";

const NAME = "production-lke";
const of = environment(NAME);
const teardown = { keepBackups: false };

let opened: TestStack;
beforeEach(async () => {
  opened = await openTestStack(NAME, { databasePort: of.database.port, checkpoints: true });
});
afterEach(() => {
  opened.close();
});

interface Deployment {
  readonly resources: readonly { readonly id?: string }[];
  readonly pending_operations?: readonly { readonly resource: { readonly type: string } }[];
}
/** What is written in the backend. */
const deployment = (): Deployment =>
  (JSON.parse(opened.state()) as { checkpoint: { latest: Deployment } }).checkpoint.latest;

test("an up that the cloud stopped half-way is completed by the next one", async () => {
  const { stack, refuse } = opened;
  refuse("linode:index/lkeNodePool:LkeNodePool");
  await expect(stack.up(of)).rejects.toThrow("ServiceUnavailable: linode:index/lkeNodePool:LkeNodePool");
  refuse(undefined);
  await stack.up(of);
  expect(await stack.preview(of)).toEqual([]);
});

test("a teardown that the cloud stopped half-way is completed by the next one", async () => {
  const { stack, refuse, standing } = opened;
  await stack.up(of);
  refuse("linode:index/databasePostgresqlV2:DatabasePostgresqlV2");
  await liftGuards(stack, of, teardown);
  await expect(stack.destroy()).rejects.toThrow("ServiceUnavailable");
  expect(standing()).not.toEqual([]);
  refuse(undefined);
  await liftGuards(stack, of, teardown);
  await stack.destroy();
  expect(standing()).toEqual([]);
});

/** Enough for resources of several kinds to stand, and fewer than all. */
const STEPS_BEFORE_KILL = 40;

test("an up that was killed has what it made in the state, or names it as under way; the next one completes it", async () => {
  const { stack, standing, kill, pulumi, tamper } = opened;
  let steps = 0;
  const killed = stack.up(of, {
    onStep() {
      steps += 1;
      if (steps === STEPS_BEFORE_KILL) kill();
    },
  });
  await expect(killed).rejects.toThrow();
  await expect(stack.up(of)).rejects.toThrow(/locked/);

  const { resources, pending_operations: pending = [] } = deployment();
  const stored = new Set(resources.map(({ id }) => id));
  const lost = standing().filter(({ id }) => !stored.has(id));
  expect(standing().length - lost.length).toBeGreaterThan(0);
  const underWay = pending.map(({ resource }) => resource.type);
  expect(lost.filter(({ type }) => !underWay.includes(type))).toEqual([]);

  pulumi("cancel", "--yes");
  // Whoever follows docs/how-to/teardown.md may as well delete what was under way.
  for (const provider of ["linode", "kubernetes"])
    tamper(provider, (all) => all.filter(({ id }) => !lost.some((each) => each.id === id)));
  pulumi("refresh", "--yes", "--skip-preview", "--clear-pending-creates");
  await stack.up(of);
  expect(await stack.preview(of)).toEqual([]);
});
