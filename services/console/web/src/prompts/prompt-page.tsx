import type { ReactNode } from "react";
import { Link, type LoaderFunctionArgs, useLoaderData } from "react-router";
import { api, read } from "../api/client.ts";
import type { Label, PromptVersion } from "../api/openapi.d.ts";
import { Permitted } from "../session/permitted.tsx";
import { Page } from "../ui/page.tsx";
import { Time } from "../ui/time.tsx";
import { type GateParts, Gates } from "./gates.tsx";
import { Labels } from "./labels.tsx";
import { type LoadedVersion, loadVersion } from "./load.ts";

/** Versions that are listed; older ones are reached by their number. */
const LISTED = 50;

interface Loaded extends LoadedVersion {
  readonly labels: readonly Label[];
  readonly gateParts: GateParts;
}

export async function loader({ params: { id = "" }, request }: LoaderFunctionArgs): Promise<Loaded> {
  const { signal } = request;
  const params = { path: { id } };
  const [loaded, { labels }, { gates }, { datasets }, { evaluators }] = await Promise.all([
    loadVersion(id, request),
    read(api.GET("/prompts/{id}/labels", { params, signal })),
    read(api.GET("/prompts/{id}/gates", { params, signal })),
    read(api.GET("/datasets", { signal })),
    read(api.GET("/evaluators", { signal })),
  ]);
  return { ...loaded, labels, gateParts: { gates, datasets, evaluators } };
}

export function Component(): ReactNode {
  const { prompt, version, labels, gateParts } = useLoaderData<typeof loader>();
  const here = `/prompts/${prompt.id}`;
  const query = `?version=${version.version}`;
  return (
    <Page
      title={prompt.name}
      trail={<Link to="/prompts">Prompts</Link>}
      changes={["prompts:write", "executions:write"]}
      actions={
        <>
          <Permitted scope="prompts:write">
            <Link className="button button-plain" to={`${here}/edit${query}`}>
              Edit
            </Link>
          </Permitted>
          <Permitted scope="executions:write">
            <Link className="button button-primary" to={`${here}/run${query}`}>
              Run
            </Link>
          </Permitted>
        </>
      }
    >
      <div className="columns">
        <section className="stack" aria-labelledby="version">
          <h2 id="version">
            Version {version.version}{" "}
            <span className="muted small">
              <Time at={version.createdAt} />
            </span>
          </h2>
          <Messages version={version} />
          <Facts version={version} />
        </section>
        <div className="stack">
          <Labels prompt={prompt} labels={labels} version={version.version} />
          <Gates prompt={prompt.id} {...gateParts} />
          <Versions prompt={here} latest={prompt.latestVersion} shown={version.version} labels={labels} />
        </div>
      </div>
    </Page>
  );
}

const Messages = ({ version: { messages } }: { readonly version: PromptVersion }): ReactNode => (
  <ol className="plain stack">
    {messages.map(({ role, content }, index) => (
      <li key={index} className="card">
        <span className={`role role-${role}`}>{role}</span>
        <pre className="text">{content}</pre>
      </li>
    ))}
  </ol>
);

function Facts({
  version: { model, variables, parameters, guardrails },
}: {
  readonly version: PromptVersion;
}): ReactNode {
  const names = Object.keys(variables);
  return (
    <dl className="card facts">
      <dt>Model</dt>
      <dd>{model}</dd>
      <dt>Variables</dt>
      <dd>
        {names.length === 0 && <span className="muted">none</span>}
        {names.map((name) => (
          <div key={name}>
            <code>{name}</code>{" "}
            <span className="muted">
              {variables[name]?.default === undefined ? "required" : `by default '${variables[name].default}'`}
            </span>
          </div>
        ))}
      </dd>
      {Object.entries(parameters).map(([name, value]) => (
        <div key={name} className="contents">
          <dt>{name}</dt>
          <dd>{String(value)}</dd>
        </div>
      ))}
      {Object.keys(guardrails).length > 0 && (
        <>
          <dt>Guardrails</dt>
          <dd>
            <pre className="text">{JSON.stringify(guardrails, undefined, 2)}</pre>
          </dd>
        </>
      )}
    </dl>
  );
}

interface VersionsProps {
  readonly prompt: string;
  readonly latest: number;
  readonly shown: number;
  readonly labels: readonly Label[];
}

function Versions({ prompt, latest, shown, labels }: VersionsProps): ReactNode {
  const numbers = Array.from({ length: Math.min(latest, LISTED) }, (_, index) => latest - index);
  return (
    <nav className="card stack" aria-labelledby="versions">
      <h2 id="versions">Versions</h2>
      <ol className="plain versions">
        {numbers.map((number) => (
          <li key={number}>
            <Link
              to={`${prompt}?version=${number}`}
              aria-current={number === shown ? "page" : undefined}
              className="version"
            >
              Version {number}
            </Link>
            {labels
              .filter(({ version }) => version === number)
              .map(({ label }) => (
                <span key={label} className="badge">
                  {label}
                </span>
              ))}
          </li>
        ))}
      </ol>
      {latest > 1 && (
        <Link to={`${prompt}/compare?from=${shown === latest ? latest - 1 : shown}&to=${latest}`}>
          Compare versions
        </Link>
      )}
    </nav>
  );
}
