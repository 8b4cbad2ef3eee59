import type { ReactNode } from "react";
import { Link, type LoaderFunctionArgs, useLoaderData, useNavigate } from "react-router";
import { numberIn } from "../api/number-in.ts";
import type { Prompt } from "../api/openapi.d.ts";
import { Choice } from "../ui/choice.tsx";
import { Page } from "../ui/page.tsx";
import { type DiffLine, diffLines, linesOf } from "./diff.ts";
import { readPrompt, readVersion } from "./load.ts";

interface Loaded {
  readonly prompt: Prompt;
  readonly from: number;
  readonly to: number;
  readonly lines: readonly DiffLine[];
}

export async function loader({ params: { id = "" }, request: { url, signal } }: LoaderFunctionArgs): Promise<Loaded> {
  const search = new URL(url).searchParams;
  const prompt = await readPrompt(id, signal);
  const to = numberIn(search, "to") ?? prompt.latestVersion;
  const from = numberIn(search, "from") ?? Math.max(1, to - 1);
  const [before, after] = await Promise.all([readVersion(id, from, signal), readVersion(id, to, signal)]);
  return { prompt, from, to, lines: diffLines(linesOf(before), linesOf(after)) };
}

export function Component(): ReactNode {
  const { prompt, from, to, lines } = useLoaderData<typeof loader>();
  const navigate = useNavigate();
  const versions = Array.from({ length: prompt.latestVersion }, (_, index) => String(prompt.latestVersion - index));
  const options = versions.map((value) => ({ value, label: `Version ${value}` }));
  const show = (choice: { from: number; to: number }): void => {
    void navigate(`?from=${choice.from}&to=${choice.to}`, { replace: true });
  };
  return (
    <Page title={`Compare versions of ${prompt.name}`} trail={<Link to={`/prompts/${prompt.id}`}>{prompt.name}</Link>}>
      <div className="row">
        <Choice
          label="From"
          value={String(from)}
          options={options}
          onChange={(value) => {
            show({ from: Number(value), to });
          }}
        />
        <Choice
          label="To"
          value={String(to)}
          options={options}
          onChange={(value) => {
            show({ from, to: Number(value) });
          }}
        />
      </div>
      {lines.every(({ kind }) => kind === "same") ? (
        <p className="note">The versions are equal.</p>
      ) : (
        <Diff lines={lines} />
      )}
    </Page>
  );
}

const MARKS = { same: " ", added: "+", removed: "−" } as const;
const WORDS = { same: "", added: "Added: ", removed: "Removed: " } as const;

const Diff = ({ lines }: { readonly lines: readonly DiffLine[] }): ReactNode => (
  <ol className="diff plain" aria-label="Changes">
    {lines.map(({ kind, text }, index) => (
      <li key={index} className={`diff-line diff-${kind}`}>
        <span className="diff-mark" aria-hidden="true">
          {MARKS[kind]}
        </span>
        <span className="visually-hidden">{WORDS[kind]}</span>
        <span className="diff-text">{text}</span>
      </li>
    ))}
  </ol>
);
