import { type ReactNode, useState } from "react";
import { Form, Heading } from "react-aria-components";
import { Link, type LoaderFunctionArgs, useLoaderData, useNavigate } from "react-router";
import { api, read } from "../api/client.ts";
import type { Dataset } from "../api/openapi.d.ts";
import { Permitted } from "../session/permitted.tsx";
import { Button } from "../ui/button.tsx";
import { DialogButton } from "../ui/dialog-button.tsx";
import { Empty } from "../ui/empty.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { Field } from "../ui/field.tsx";
import { Page } from "../ui/page.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { Time } from "../ui/time.tsx";
import { useSubmit } from "../ui/use-submit.ts";

export const loader = ({ request: { signal } }: LoaderFunctionArgs): Promise<{ datasets: Dataset[] }> =>
  read(api.GET("/datasets", { signal }));

export function Component(): ReactNode {
  const { datasets } = useLoaderData<typeof loader>();
  return (
    <Page
      title="Datasets"
      trail={<Link to="/evaluations">Evaluations</Link>}
      changes={["evaluations:write"]}
      actions={
        <Permitted scope="evaluations:write">
          <DialogButton label="New dataset" variant="primary">
            {(close) => <NewDataset close={close} />}
          </DialogButton>
        </Permitted>
      }
    >
      {datasets.length === 0 ? (
        <Empty title="No datasets yet">
          <p>A dataset has items: values of a prompt's variables, and what the output should be.</p>
        </Empty>
      ) : (
        <DatasetTable datasets={datasets} />
      )}
    </Page>
  );
}

const DatasetTable = ({ datasets }: { readonly datasets: readonly Dataset[] }): ReactNode => (
  <table className="table">
    <thead>
      <tr>
        <th scope="col">Name</th>
        <th scope="col" className="number">
          Items
        </th>
        <th scope="col" className="wide-only">
          Created
        </th>
      </tr>
    </thead>
    <tbody>
      {datasets.map(({ id, name, items, createdAt }) => (
        <tr key={id}>
          <th scope="row">
            <Link to={`/datasets/${id}`} className="row-link">
              {name}
            </Link>
          </th>
          <td className="number">{items}</td>
          <td className="wide-only muted">
            <Time at={createdAt} />
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

function NewDataset({ close }: { readonly close: () => void }): ReactNode {
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const { isPending, error, submit } = useSubmit(async () => {
    const { id } = await read(api.POST("/datasets", { body: { name } }));
    await navigate(`/datasets/${id}`);
  });
  return (
    <Form className="stack" onSubmit={submit}>
      <Heading slot="title">New dataset</Heading>
      {error !== undefined && <ErrorNote error={error} />}
      <Field
        label="Name"
        value={name}
        onChange={setName}
        isRequired
        autoFocus
        maxLength={64}
        hint="Lower-case letters, digits and '-'."
      />
      <div className="actions">
        <SubmitButton isPending={isPending}>Create dataset</SubmitButton>
        <Button onPress={close}>Cancel</Button>
      </div>
    </Form>
  );
}
