import type { ReactNode } from "react";
import { type LoaderFunctionArgs, useLoaderData, useRevalidator } from "react-router";
import { api, read } from "../api/client.ts";
import type { ApiKey } from "../api/openapi.d.ts";
import { PAGE_SIZE, pageQuery } from "../api/page-query.ts";
import { Permitted } from "../session/permitted.tsx";
import { ActionButton } from "../ui/action-button.tsx";
import { Badges } from "../ui/badges.tsx";
import { Empty } from "../ui/empty.tsx";
import { Page } from "../ui/page.tsx";
import { Pager } from "../ui/pager.tsx";
import { Time } from "../ui/time.tsx";
import { NewKey } from "./new-key.tsx";

export function loader({ request: { url, signal } }: LoaderFunctionArgs): Promise<{ apiKeys: ApiKey[] }> {
  return read(api.GET("/api-keys", { params: { query: pageQuery(url) }, signal }));
}

export function Component(): ReactNode {
  const { apiKeys } = useLoaderData<typeof loader>();
  return (
    <Page
      title="API keys"
      changes={["keys:write"]}
      actions={
        <Permitted scope="keys:write">
          <NewKey />
        </Permitted>
      }
    >
      {apiKeys.length === 0 ? (
        <Empty title="No API keys yet">
          <p>A key lets a server call the API with the scopes that you choose.</p>
        </Empty>
      ) : (
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col" className="wide-only">
                Scopes
              </th>
              <th scope="col" className="wide-only">
                Created
              </th>
              <th scope="col">Last used</th>
              <th scope="col">
                <span className="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {apiKeys.map((key) => (
              <KeyRow key={key.id} apiKey={key} />
            ))}
          </tbody>
        </table>
      )}
      <Pager last={apiKeys.length === PAGE_SIZE ? apiKeys.at(-1)?.id : undefined} />
    </Page>
  );
}

function KeyRow({
  apiKey: { id, name, scopes, createdAt, lastUsedOn, revokedAt },
}: {
  readonly apiKey: ApiKey;
}): ReactNode {
  const { revalidate } = useRevalidator();
  const revoke = async (): Promise<void> => {
    await read(api.POST("/api-keys/{id}/revoke", { params: { path: { id } } }));
    await revalidate();
  };
  return (
    <tr>
      <th scope="row" className="break">
        {name}
      </th>
      <td className="wide-only">
        <Badges texts={scopes} />
      </td>
      <td className="wide-only muted">
        <Time at={createdAt} />
      </td>
      <td className="muted">{lastUsedOn ?? "never"}</td>
      <td className="row-actions">
        {revokedAt !== null ? (
          <span className="badge">revoked</span>
        ) : (
          <Permitted scope="keys:write">
            <ActionButton
              variant="quiet"
              name={`Revoke key ${name}`}
              confirmation={`Revoke the key '${name}'? Programs that use it are refused from now on.`}
              action={revoke}
            >
              Revoke
            </ActionButton>
          </Permitted>
        )}
      </td>
    </tr>
  );
}
