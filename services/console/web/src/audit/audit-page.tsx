import type { ReactNode } from "react";
import { type LoaderFunctionArgs, useLoaderData } from "react-router";
import { api, read } from "../api/client.ts";
import type { AuditEvent } from "../api/openapi.d.ts";
import { PAGE_SIZE, pageQuery } from "../api/page-query.ts";
import { download } from "../session/download.ts";
import { ActionButton } from "../ui/action-button.tsx";
import { Empty } from "../ui/empty.tsx";
import { Page } from "../ui/page.tsx";
import { Pager } from "../ui/pager.tsx";
import { Time } from "../ui/time.tsx";
import { EventDialog } from "./event-dialog.tsx";
import { FilterForm } from "./filter-form.tsx";
import { type Filters, filtersIn, queryOf, rangeOf } from "./filters.ts";

/** Users and keys that are shown by name; older ones are shown by id. */
const NAMED_ACTORS = 100;

interface Loaded {
  readonly events: readonly AuditEvent[];
  readonly filters: Filters;
  /** E-mail addresses of users and names of keys, by id. */
  readonly actors: ReadonlyMap<string, string>;
}

export async function loader({ request: { url, signal } }: LoaderFunctionArgs): Promise<Loaded> {
  const filters = filtersIn(new URL(url).searchParams);
  const query = { ...pageQuery(url), ...queryOf(filters) };
  const named = { params: { query: { limit: NAMED_ACTORS } }, signal };
  const [{ events }, { users }, { apiKeys }] = await Promise.all([
    read(api.GET("/audit", { params: { query }, signal })),
    read(api.GET("/users", named)),
    read(api.GET("/api-keys", named)),
  ]);
  const actors = [
    ...users.map(({ id, email }) => [id, email] as const),
    ...apiKeys.map(({ id, name }) => [id, `key ${name}`] as const),
  ];
  return { events, filters, actors: new Map(actors) };
}

export function Component(): ReactNode {
  const { events, filters, actors } = useLoaderData<typeof loader>();
  const exportEvents = (): Promise<void> => {
    const range = new URLSearchParams(rangeOf(filters));
    return download(`/api/audit/export?${range.toString()}`, "audit.ndjson");
  };
  return (
    <Page title="Audit" actions={<ActionButton action={exportEvents}>Export</ActionButton>}>
      <FilterForm key={JSON.stringify(filters)} filters={filters} actors={actors} />
      <p className="hint">An export contains all events of the days from and to; other filters do not apply to it.</p>
      {events.length === 0 ? <Empty title="No event matches" /> : <EventTable events={events} actors={actors} />}
      <Pager last={events.length === PAGE_SIZE ? events.at(-1)?.id : undefined} />
    </Page>
  );
}

const EventTable = ({ events, actors }: Pick<Loaded, "events" | "actors">): ReactNode => (
  <table className="table stacks">
    <thead>
      <tr>
        <th scope="col">Action</th>
        <th scope="col">Actor</th>
        <th scope="col" className="wide-only">
          Object
        </th>
        <th scope="col" className="wide-only">
          Outcome
        </th>
        <th scope="col">Time</th>
        <th scope="col">
          <span className="visually-hidden">Details</span>
        </th>
      </tr>
    </thead>
    <tbody>
      {events.map((event) => (
        <EventRow key={event.id} event={event} actor={nameOf(event.actor, actors)} />
      ))}
    </tbody>
  </table>
);

const EventRow = ({ event, actor }: { readonly event: AuditEvent; readonly actor: string }): ReactNode => (
  <tr>
    <th scope="row">{event.action}</th>
    <td className="break">{actor}</td>
    <td className="wide-only">
      <code>{event.object.id?.slice(0, 8) ?? "–"}</code>
    </td>
    <td className="wide-only">
      <span className={`badge state state-${event.outcome === "success" ? "succeeded" : "failed"}`}>
        {event.reason ?? event.outcome}
      </span>
    </td>
    <td className="muted">
      <Time at={event.createdAt} />
    </td>
    <td className="row-actions">
      <EventDialog event={event} actor={actor} />
    </td>
  </tr>
);

/** The actor, in words: whoever was removed since is shown by id. */
const nameOf = ({ kind, id }: AuditEvent["actor"], actors: Loaded["actors"]): string =>
  id === null ? kind : (actors.get(id) ?? `${kind} ${id.slice(0, 8)}`);
