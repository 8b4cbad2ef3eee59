import type { ReactNode } from "react";
import { type LoaderFunctionArgs, useLoaderData } from "react-router";
import { api, read } from "../api/client.ts";
import type { User } from "../api/openapi.d.ts";
import { PAGE_SIZE, pageQuery } from "../api/page-query.ts";
import { Permitted } from "../session/permitted.tsx";
import { useSignedInUser } from "../session/signed-in-user.ts";
import { Empty } from "../ui/empty.tsx";
import { Page } from "../ui/page.tsx";
import { Pager } from "../ui/pager.tsx";
import { Time } from "../ui/time.tsx";
import { Invite } from "./invite.tsx";
import { Manage } from "./manage.tsx";
import { grantableRoles } from "./roles.ts";

export const loader = ({ request: { url, signal } }: LoaderFunctionArgs): Promise<{ users: User[] }> =>
  read(api.GET("/users", { params: { query: pageQuery(url) }, signal }));

export function Component(): ReactNode {
  const { users } = useLoaderData<typeof loader>();
  return (
    <Page
      title="Members"
      changes={["users:write"]}
      actions={
        <Permitted scope="users:write">
          <Invite />
        </Permitted>
      }
    >
      {users.length === 0 ? <Empty title="No members on this page" /> : <MemberTable users={users} />}
      <Pager last={users.length === PAGE_SIZE ? users.at(-1)?.id : undefined} />
    </Page>
  );
}

const MemberTable = ({ users }: { readonly users: readonly User[] }): ReactNode => (
  <table className="table stacks">
    <thead>
      <tr>
        <th scope="col">E-mail</th>
        <th scope="col">Role</th>
        <th scope="col">State</th>
        <th scope="col" className="wide-only">
          Added
        </th>
        <th scope="col">
          <span className="visually-hidden">Actions</span>
        </th>
      </tr>
    </thead>
    <tbody>
      {users.map((user) => (
        <MemberRow key={user.id} user={user} />
      ))}
    </tbody>
  </table>
);

function MemberRow({ user }: { readonly user: User }): ReactNode {
  const own = useSignedInUser();
  const isOwn = user.id === own.id;
  return (
    <tr>
      <th scope="row">
        {user.email} {isOwn && <span className="badge">you</span>}
      </th>
      <td>{user.role}</td>
      <td>
        <span className={`badge state state-${user.state}`}>{user.state}</span>
      </td>
      <td className="wide-only muted">
        <Time at={user.createdAt} />
      </td>
      <td className="row-actions">
        {!isOwn && grantableRoles(own.role).includes(user.role) && (
          <Permitted scope="users:write">
            <Manage user={user} />
          </Permitted>
        )}
      </td>
    </tr>
  );
}
