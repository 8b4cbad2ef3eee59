import type { ReactNode } from "react";
import type { Model } from "../api/openapi.d.ts";
import { Button } from "../ui/button.tsx";
import { Choice } from "../ui/choice.tsx";
import { Field } from "../ui/field.tsx";
import { type Draft, type DraftMessage, newMessage, type Role, roles, variablesOf } from "./draft.ts";

interface Props {
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  readonly models: readonly Model[];
}

/** Edits the messages, the model, the variables and the parameters of a version. */
export function Editor({ draft, onChange, models }: Props): ReactNode {
  const change = (part: Partial<Draft>): void => {
    onChange({ ...draft, ...part });
  };
  return (
    <div className="columns">
      <Messages
        messages={draft.messages}
        onChange={(messages) => {
          change({ messages });
        }}
      />
      <div className="stack">
        <section className="card stack" aria-label="Model">
          <ModelChoice draft={draft} models={models} onChange={change} />
          <Parameters draft={draft} onChange={change} />
          {Object.keys(draft.guardrails).length > 0 && <p className="hint">The guardrails of this version are kept.</p>}
        </section>
        <Variables draft={draft} onChange={change} />
      </div>
    </div>
  );
}

interface PartProps {
  readonly draft: Draft;
  readonly onChange: (part: Partial<Draft>) => void;
}

function ModelChoice({ draft: { model }, models, onChange }: PartProps & Pick<Props, "models">): ReactNode {
  const names = models.map(({ name }) => name);
  const listed = names.includes(model) ? names : [model, ...names];
  const price = models.find(({ name }) => name === model)?.price;
  return (
    <Choice
      label="Model"
      value={model}
      options={listed.map((name) => ({ value: name, label: names.includes(name) ? name : `${name} (not served now)` }))}
      hint={
        price ? `USD ${price.input} per million input tokens, ${price.output} per million output tokens` : undefined
      }
      onChange={(value) => {
        onChange({ model: value });
      }}
    />
  );
}

function Messages({
  messages,
  onChange,
}: {
  readonly messages: readonly DraftMessage[];
  readonly onChange: (messages: readonly DraftMessage[]) => void;
}): ReactNode {
  const replace = (key: string, part: Partial<DraftMessage>): void => {
    onChange(messages.map((message) => (message.key === key ? { ...message, ...part } : message)));
  };
  const moveUp = (index: number): void => {
    onChange([
      ...messages.slice(0, index - 1),
      ...messages.slice(index - 1, index + 1).toReversed(),
      ...messages.slice(index + 1),
    ]);
  };
  return (
    <section className="stack" aria-label="Messages">
      {messages.map((message, index) => (
        <fieldset key={message.key} className="card message">
          <legend className="visually-hidden">Message {index + 1}</legend>
          <div className="message-bar">
            <Choice
              label={`Role of message ${index + 1}`}
              hidesLabel
              value={message.role}
              options={roles.map((role) => ({ value: role, label: role }))}
              onChange={(role) => {
                replace(message.key, { role: role as Role });
              }}
            />
            <div className="actions">
              <Button
                variant="quiet"
                isDisabled={index === 0}
                aria-label={`Move up message ${index + 1}`}
                onPress={() => {
                  moveUp(index);
                }}
              >
                Move up
              </Button>
              <Button
                variant="quiet"
                isDisabled={messages.length === 1}
                aria-label={`Remove message ${index + 1}`}
                onPress={() => {
                  onChange(messages.filter(({ key }) => key !== message.key));
                }}
              >
                Remove
              </Button>
            </div>
          </div>
          <Field
            label={`Text of message ${index + 1}`}
            value={message.content}
            rows={6}
            placeholder="Write {{name}} where a variable belongs."
            onChange={(content) => {
              replace(message.key, { content });
            }}
          />
        </fieldset>
      ))}
      <div>
        <Button
          onPress={() => {
            onChange([...messages, newMessage()]);
          }}
        >
          Add message
        </Button>
      </div>
    </section>
  );
}

function Variables({ draft, onChange }: PartProps): ReactNode {
  const { defaults } = draft;
  const names = variablesOf(draft);
  return (
    <section className="card stack" aria-labelledby="variables">
      <h2 id="variables">Variables</h2>
      {names.length === 0 && <p className="muted">The messages use none. Write {"{{name}}"} to add one.</p>}
      {names.map((name) => (
        <Field
          key={name}
          label={`Default of ${name}`}
          value={(Object.hasOwn(defaults, name) && defaults[name]) || ""}
          placeholder="Required when it is run"
          rows={1}
          onChange={(value) => {
            const { [name]: _, ...others } = defaults;
            onChange({ defaults: value === "" ? others : { ...defaults, [name]: value } });
          }}
        />
      ))}
    </section>
  );
}

function Parameters({ draft: { parameters }, onChange }: PartProps): ReactNode {
  const set = (name: "temperature" | "max_tokens", value: string): void => {
    const { [name]: _, ...others } = parameters;
    onChange({ parameters: value === "" ? others : { ...others, [name]: Number(value) } });
  };
  return (
    <>
      <Field
        label="Temperature"
        type="number"
        inputMode="decimal"
        value={String(parameters.temperature ?? "")}
        placeholder="The model's own"
        hint="0 to 2. Answers at 0 are cached for a day."
        onChange={(value) => {
          set("temperature", value);
        }}
      />
      <Field
        label="Maximum output tokens"
        type="number"
        inputMode="numeric"
        value={String(parameters.max_tokens ?? "")}
        placeholder="The model's own"
        onChange={(value) => {
          set("max_tokens", value);
        }}
      />
    </>
  );
}
