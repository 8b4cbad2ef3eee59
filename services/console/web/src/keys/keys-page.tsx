import type { ReactNode } from "react";
import { type LoaderFunctionArgs, useLoaderData, useRevalidator } from "react-router";
import { api, read } from "../api/client.ts";
import type { ApiKey } from "../api/openapi.d.ts";
import { PAGE_SIZE, pageQuery } from "../api/page-query.ts";
import { Button } from "../ui/button.tsx";
import { Empty } from "../ui/empty.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { Page } from "../ui/page.tsx";
import { Pager } from "../ui/pager.tsx";
import { Time } from "../ui/time.tsx";
import { useSubmit } from "../ui/use-submit.ts";
import { NewKey } from "./new-key.tsx";

export function loader({ request: { url, signal } }: LoaderFunctionArgs): Promise<{ apiKeys: ApiKey[] }> {
  return read(api.GET("/api-keys", { params: { query: pageQuery(url) }, signal }));
}

export function Component(): ReactNode {
  const { apiKeys } = useLoaderData<typeof loader>();
  return (
    <Page title="API keys" actions={<NewKey />}>
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
  const { isPending, error, submit } = useSubmit(async () => {
    if (!confirm(`Revoke the key '${name}'? Programs that use it are refused from now on.`)) return;
    await read(api.POST("/api-keys/{id}/revoke", { params: { path: { id } } }));
    await revalidate();
  });
  return (
    <tr>
      <th scope="row" className="break">
        {name}
      </th>
      <td className="wide-only">
        <span className="badges">
          {scopes.map((scope) => (
            <span key={scope} className="badge">
              {scope}
            </span>
          ))}
        </span>
      </td>
      <td className="wide-only muted">
        <Time at={createdAt} />
      </td>
      <td className="muted">{lastUsedOn ?? "never"}</td>
      <td className="row-actions">
        {revokedAt !== null ? (
          <span className="badge">revoked</span>
        ) : (
          <Button
            variant="quiet"
            isPending={isPending}
            aria-label={`Revoke key ${name}`}
            onPress={() => {
              submit();
            }}
          >
            Revoke
          </Button>
        )}
        {error !== undefined && <ErrorNote error={error} />}
      </td>
    </tr>
  );
}
