import { type ReactNode, useEffect, useState } from "react";
import { Input, Label, SearchField } from "react-aria-components";
import { Link, type LoaderFunctionArgs, useLoaderData, useNavigation, useSearchParams } from "react-router";
import { api, read } from "../api/client.ts";
import type { Prompt } from "../api/openapi.d.ts";
import { PAGE_SIZE, pageQuery } from "../api/page-query.ts";
import { Permitted } from "../session/permitted.tsx";
import { Empty } from "../ui/empty.tsx";
import { Page } from "../ui/page.tsx";
import { Pager } from "../ui/pager.tsx";
import { Time } from "../ui/time.tsx";

/** Milliseconds without a key press after which a search begins. */
const SEARCH_PAUSE = 200;

interface Loaded {
  readonly prompts: readonly Prompt[];
}

export function loader({ request }: LoaderFunctionArgs): Promise<Loaded> {
  const search = new URL(request.url).searchParams.get("search") ?? "";
  const query = { ...pageQuery(request.url), search };
  return read(api.GET("/prompts", { params: { query }, signal: request.signal }));
}

export function Component(): ReactNode {
  const { prompts } = useLoaderData<typeof loader>();
  const [search] = useSearchParams();
  return (
    <Page
      title="Prompts"
      changes={["prompts:write"]}
      actions={
        <Permitted scope="prompts:write">
          <Link className="button button-primary" to="/prompts/new">
            New prompt
          </Link>
        </Permitted>
      }
    >
      <Search />
      {prompts.length === 0 ? <NoPrompts isSearch={search.has("search")} /> : <PromptTable prompts={prompts} />}
      <Pager last={prompts.length === PAGE_SIZE ? prompts.at(-1)?.id : undefined} />
    </Page>
  );
}

function Search(): ReactNode {
  const [search, setSearch] = useSearchParams();
  const { state } = useNavigation();
  const [text, setText] = useState(search.get("search") ?? "");
  const wanted = text.trim().toLowerCase();
  useEffect(() => {
    if (wanted === (search.get("search") ?? "")) return;
    const timer = setTimeout(() => {
      setSearch(wanted === "" ? {} : { search: wanted }, { replace: true });
    }, SEARCH_PAUSE);
    return () => {
      clearTimeout(timer);
    };
  }, [wanted, search, setSearch]);
  return (
    <SearchField className="field search" value={text} onChange={setText} aria-busy={state === "loading"}>
      <Label className="visually-hidden">Search prompts by name</Label>
      <Input className="input" placeholder="Search by name" maxLength={64} />
    </SearchField>
  );
}

const NoPrompts = ({ isSearch }: { readonly isSearch: boolean }): ReactNode =>
  isSearch ? (
    <Empty title="No prompt has this in its name">
      <p>Search for a shorter part of the name.</p>
    </Empty>
  ) : (
    <Empty title="No prompts yet">
      <p>A prompt is a template of messages for a model. Each change adds a version.</p>
      <Permitted scope="prompts:write">
        <Link className="button button-primary" to="/prompts/new">
          Create the first prompt
        </Link>
      </Permitted>
    </Empty>
  );

const PromptTable = ({ prompts }: Loaded): ReactNode => (
  <table className="table">
    <thead>
      <tr>
        <th scope="col">Name</th>
        <th scope="col">Version</th>
        <th scope="col" className="wide-only">
          Created
        </th>
      </tr>
    </thead>
    <tbody>
      {prompts.map(({ id, name, latestVersion, createdAt }) => (
        <tr key={id}>
          <th scope="row">
            <Link to={`/prompts/${id}`} className="row-link">
              {name}
            </Link>
          </th>
          <td className="number">{latestVersion}</td>
          <td className="wide-only muted">
            <Time at={createdAt} />
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);
