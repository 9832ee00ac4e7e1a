import { validate, type Schema } from "../shared/schema";
import type { Enqueued, Message } from "./message";
import type { MessageProblem } from "./validate";

/**
 * A template that the program declares, as `emails.template` returns it: plain data that a closure can capture. In place
 * of the template's name it gives `data` its type, and the data is held against the schema when the message is enqueued.
 */
export interface TemplateReference<Data extends object = Readonly<Record<string, unknown>>> {
  readonly name: string;
  /** What the data must keep. @default any object */
  readonly schema?: Schema;
  /** Carries the type; never there. */
  readonly data?: Data;
}

/** Type of the data of a template, given by its reference or only by its name. */
export type DataOf<Template> =
  Template extends TemplateReference<infer Data> ? Data : Readonly<Record<string, unknown>>;

/** A message whose `template` is a reference, with `data` of the template's type, or a name. */
export type MessageOf<Template> = Omit<Message, "template" | "data"> & { readonly template: Template } & (Record<
    string,
    never
  > extends DataOf<Template>
    ? { readonly data?: DataOf<Template> }
    : { readonly data: DataOf<Template> });

/** A message of any template, its data not typed. */
export type AnyMessage = Omit<Message, "template"> & { readonly template: string | TemplateReference<object> };

/** Takes one message. */
export type Enqueue = <const Template extends string | TemplateReference<object>>(
  message: MessageOf<Template>,
) => Promise<Enqueued>;

/** The message with its template's name, and what is wrong with its data by the template's schema. */
export function byName(message: AnyMessage): { readonly message: Message; readonly problem?: MessageProblem } {
  const { template } = (message as Partial<AnyMessage> | null) ?? {};
  if (typeof template !== "object" || template === null || typeof template.name !== "string") {
    return { message: message as Message };
  }
  const { name, schema } = template;
  const named = { ...message, template: name };
  const wrong = schema && validate(schema, message.data ?? {}, "data");
  if (!wrong) return { message: named };
  const text = `${wrong.field} of the message: ${wrong.message}. The template "${name}" says so.`;
  return { message: named, problem: { field: wrong.field, message: text } };
}
