import { type ReactNode, useState } from "react";
import { Form, Heading } from "react-aria-components";
import { Link, type LoaderFunctionArgs, useLoaderData, useRevalidator } from "react-router";
import { api, read } from "../api/client.ts";
import type { Dataset, Item } from "../api/openapi.d.ts";
import { PAGE_SIZE } from "../api/page-query.ts";
import { Permitted } from "../session/permitted.tsx";
import { ActionButton } from "../ui/action-button.tsx";
import { Badges } from "../ui/badges.tsx";
import { Button } from "../ui/button.tsx";
import { DialogButton } from "../ui/dialog-button.tsx";
import { Empty } from "../ui/empty.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { Field } from "../ui/field.tsx";
import { Page } from "../ui/page.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { useSubmit } from "../ui/use-submit.ts";
import { ItemPager, itemQuery } from "./item-pager.tsx";
import { parseItems } from "./parse-items.ts";

interface Loaded {
  readonly dataset: Dataset;
  readonly items: readonly Item[];
}

export async function loader({ params: { id = "" }, request: { url, signal } }: LoaderFunctionArgs): Promise<Loaded> {
  const path = { id };
  const [dataset, { items }] = await Promise.all([
    read(api.GET("/datasets/{id}", { params: { path }, signal })),
    read(api.GET("/datasets/{id}/items", { params: { path, query: itemQuery(url, PAGE_SIZE) }, signal })),
  ]);
  return { dataset, items };
}

export function Component(): ReactNode {
  const { dataset, items } = useLoaderData<typeof loader>();
  return (
    <Page
      title={dataset.name}
      trail={
        <>
          <Link to="/evaluations">Evaluations</Link>
          <Link to="/datasets">Datasets</Link>
        </>
      }
      changes={["evaluations:write"]}
      actions={
        <Permitted scope="evaluations:write">
          <DialogButton label="Add items" variant="primary">
            {(close) => <AddItems dataset={dataset.id} close={close} />}
          </DialogButton>
        </Permitted>
      }
    >
      {items.length === 0 ? <Empty title="No items on this page" /> : <ItemTable dataset={dataset} items={items} />}
      <ItemPager last={items.length === PAGE_SIZE ? items.at(-1)?.item : undefined} />
    </Page>
  );
}

const ItemTable = ({ dataset, items }: Loaded): ReactNode => (
  <table className="table stacks">
    <thead>
      <tr>
        <th scope="col">Item</th>
        <th scope="col">Variables</th>
        <th scope="col" className="wide-only">
          Expected
        </th>
        <th scope="col" className="wide-only">
          Tags
        </th>
        <th scope="col">
          <span className="visually-hidden">Actions</span>
        </th>
      </tr>
    </thead>
    <tbody>
      {items.map(({ item, variables, expected, tags }) => (
        <tr key={item}>
          <th scope="row">{item}</th>
          <td className="text">
            {Object.entries(variables)
              .map(([name, value]) => `${name}: ${value}`)
              .join("\n")}
          </td>
          <td className="wide-only text">{expected ?? "–"}</td>
          <td className="wide-only">
            <Badges texts={tags} />
          </td>
          <td className="row-actions">
            <Permitted scope="evaluations:write">
              <Remove dataset={dataset.id} item={item} />
            </Permitted>
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

function Remove({ dataset: id, item }: { readonly dataset: string; readonly item: number }): ReactNode {
  const { revalidate } = useRevalidator();
  const remove = async (): Promise<void> => {
    await read(api.DELETE("/datasets/{id}/items/{item}", { params: { path: { id, item } } }));
    await revalidate();
  };
  return (
    <ActionButton
      variant="quiet"
      name={`Remove item ${item}`}
      confirmation={`Remove item ${item}? Results of experiments keep it.`}
      action={remove}
    >
      Remove
    </ActionButton>
  );
}

function AddItems({ dataset: id, close }: { readonly dataset: string; readonly close: () => void }): ReactNode {
  const [text, setText] = useState("");
  const { revalidate } = useRevalidator();
  const { isPending, error, submit } = useSubmit(async () => {
    await read(api.POST("/datasets/{id}/items", { params: { path: { id } }, body: { items: parseItems(text) } }));
    await revalidate();
    close();
  });
  return (
    <Form className="stack" onSubmit={submit}>
      <Heading slot="title">Add items</Heading>
      {error !== undefined && <ErrorNote error={error} />}
      <Field
        label="Items"
        rows={8}
        value={text}
        onChange={setText}
        isRequired
        autoFocus
        placeholder={'{"variables": {"country": "France"}, "expected": "Paris", "tags": ["europe"]}'}
        hint="A JSON object per line, at most 500. All are added, or none."
      />
      <div className="actions">
        <SubmitButton isPending={isPending}>Add items</SubmitButton>
        <Button onPress={close}>Cancel</Button>
      </div>
    </Form>
  );
}
