import type { Schema } from "./schema";

/**
 * The type of the values that keep a schema, inferred from the schema as it is written inline.
 * Ours instead of a library's: libraries infer all of JSON Schema, at tens of seconds of type checking and with errors of
 * depth for a generic parameter; this is the part that `Schema` admits.
 */
export type TypeOf<S extends Schema> = S extends { readonly enum: readonly (infer Value)[] }
  ? Value
  : S["type"] extends "object"
    ? ObjectOf<S>
    : S["type"] extends "array"
      ? readonly (S extends { readonly items: infer Item extends Schema } ? TypeOf<Item> : unknown)[]
      : Scalars[Extract<S["type"], keyof Scalars>];

interface Scalars {
  string: string;
  number: number;
  integer: number;
  boolean: boolean;
  null: null;
}

type ObjectOf<S extends Schema> = S extends { readonly properties: infer P extends Readonly<Record<string, Schema>> }
  ? Simplify<
      { readonly [Name in keyof P & Required<S>]: TypeOf<P[Name]> } & {
        readonly [Name in Exclude<keyof P, Required<S>>]?: TypeOf<P[Name]>;
      }
    >
  : Readonly<Record<string, unknown>>;

type Required<S> = S extends { readonly required: readonly (infer Name)[] } ? Name : never;

/** One object type instead of an intersection, as editors show it. */
type Simplify<T> = { [Name in keyof T]: T[Name] };
