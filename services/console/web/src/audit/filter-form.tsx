import { type ReactNode, useState } from "react";
import { Form } from "react-aria-components";
import { useNavigate } from "react-router";
import { Choice } from "../ui/choice.tsx";
import { Field } from "../ui/field.tsx";
import { SubmitButton } from "../ui/submit-button.tsx";
import { actions } from "./actions.ts";
import { type Filters, searchOf } from "./filters.ts";

interface Props {
  readonly filters: Filters;
  /** Users and keys by id, as the choice of actors shows them. */
  readonly actors: ReadonlyMap<string, string>;
}

/** What the list is restricted by. It is in the page's address, so that it can be shared. */
export function FilterForm({ filters: initial, actors }: Props): ReactNode {
  const navigate = useNavigate();
  const [filters, setFilters] = useState(initial);
  const set = (name: keyof Filters) => (value: string) => {
    setFilters({ ...filters, [name]: value });
  };
  return (
    <Form
      className="card filters"
      onSubmit={(event) => {
        event.preventDefault();
        void navigate(`?${searchOf(filters).toString()}`);
      }}
    >
      <Choice
        label="Action"
        value={filters.action}
        options={[{ value: "", label: "All actions" }, ...actions.map((value) => ({ value, label: value }))]}
        onChange={set("action")}
      />
      <Choice
        label="Actor"
        value={filters.actor}
        options={[{ value: "", label: "All actors" }, ...[...actors].map(([value, label]) => ({ value, label }))]}
        onChange={set("actor")}
      />
      <Field label="Object" value={filters.object} onChange={set("object")} placeholder="id" />
      <Field label="From (UTC)" type="date" value={filters.from} onChange={set("from")} />
      <Field label="To (UTC)" type="date" value={filters.to} onChange={set("to")} />
      <SubmitButton isPending={false}>Apply</SubmitButton>
    </Form>
  );
}
