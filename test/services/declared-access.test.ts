import { fastify } from "fastify";
import { describe, expect, test } from "vitest";
import { guardRoutes } from "../../services/api/access.ts";
import type { AddRoute } from "../../services/api/api.ts";
import { auditRequests } from "../../services/api/audit/request-audit.ts";

const route = { url: "/x", schema: { operationId: "x" }, handler: () => ({}) } as const;

describe("a route that changes something", () => {
  test("does not compile without the action that is recorded", () => {
    // 'npm run types' fails when one of these compiles.
    const add = (addRoute: AddRoute): void => {
      // @ts-expect-error -- no action
      addRoute({ ...route, method: "POST", access: "prompts:write" });
      // @ts-expect-error -- an action that there is not
      addRoute({ ...route, method: "POST", access: "prompts:write", audit: "prompt.praise" });
    };
    expect(add).toBeTypeOf("function");
  });

  test("answers 500 when it records nothing, and succeeds when it says that nothing changed", async () => {
    const app = fastify();
    auditRequests(app);
    app.post("/silent", { config: { audit: "prompt.create" } }, () => ({}));
    app.post("/unchanged", { config: { audit: "prompt.create" } }, ({ audit }) => {
      audit.changedNothing();
      return {};
    });
    app.post("/refused", { config: { audit: "prompt.create" } }, (_, reply) => reply.code(409).send({}));
    const statuses = [];
    for (const url of ["/silent", "/unchanged", "/refused"])
      statuses.push((await app.inject({ method: "POST", url })).statusCode);
    expect(statuses).toEqual([500, 200, 409]);
  });
});

describe("a route without a declared access", () => {
  test("does not compile, and stops the API from starting", () => {
    // 'npm run types' fails when one of these compiles.
    const add = (addRoute: AddRoute): void => {
      // @ts-expect-error -- no access
      addRoute({ ...route, method: "GET" });
      // @ts-expect-error -- a scope that no key can have
      addRoute({ ...route, method: "GET", access: "prompts:reed" });
      // @ts-expect-error -- hidden from the document, and so from the access table
      addRoute({ ...route, method: "GET", access: "prompts:read", schema: { operationId: "x", hide: true } });
    };
    expect(add).toBeTypeOf("function");
    const app = fastify();
    const asked = (): never => {
      throw new Error("nobody is asked who calls");
    };
    guardRoutes(
      app,
      { caller: asked, callerOfToken: asked },
      { countCaller: asked, countAddress: asked, isSuspicious: asked },
    );
    expect(() => app.get("/x", () => ({}))).toThrow("Route 'GET /x' declares no access. Add it with 'addRoute'.");
  });
});
