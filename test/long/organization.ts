import { type Role } from "../../services/api/roles.ts";
import { type Answer, type Stack, type Tenant, tenantWith, until } from "../services/stack.ts";

export const PASSWORD = "a password of the tests";

let made = 0;

export interface User extends Tenant {
  readonly id: string;
  readonly email: string;
}

export interface Organization {
  readonly name: string;
  /** Whoever has the key with which the tenant began. */
  readonly root: Tenant;
  /** A new user, with a token of its session. */
  readonly user: (role: Role) => Promise<User>;
}

/** A new organization without users. */
export async function newOrganization(stack: Stack): Promise<Organization> {
  const name = `organization-${(made += 1)}`;
  const root = await stack.tenant(name);
  return {
    ...{ name, root },
    user: async (role) => {
      const email = `user-${(made += 1)}@example.com`;
      const { body } = await root.call("POST", "/users", { email, role });
      const { body: session } = await accept(stack, body.invitation as string);
      return { ...tenantWith(stack.url, session.token as string), id: body.user.id as string, email };
    },
  };
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a test reads what no type leads to
export type Any = Answer<any>;

/** Accepts an invitation. */
export const accept = ({ url }: Stack, invitation: string, password = PASSWORD): Promise<Any> =>
  tenantWith(url, "").call("POST", "/invitations/accept", { invitation, password });

/** Resolves when a credential is refused. */
export const ended = (tenant: Tenant): Promise<true> =>
  until("the credential to be refused", async () =>
    (await tenant.call("GET", "/prompts")).status === 401 ? true : undefined,
  );
