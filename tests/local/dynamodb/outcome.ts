import * as dynamodb from "@aws-sdk/client-dynamodb";
import type { Target } from "./targets";

/** What a call ended in, in a form that can be compared between targets. */
export type Outcome =
  { readonly ok: unknown } | { readonly error: string; readonly message: string; readonly item?: unknown };

type AnyCommand = Parameters<dynamodb.DynamoDBClient["send"]>[0];

/** Calls an operation through the SDK. */
export async function outcomeOf(target: Target, operation: string, input: object): Promise<Outcome> {
  const Command = dynamodb[`${operation}Command` as keyof typeof dynamodb] as unknown as new (
    input: object,
  ) => AnyCommand;
  try {
    const { $metadata: _, ...output } = (await target.client.send(new Command(input))) as unknown as Record<
      string,
      unknown
    >;
    return { ok: comparable(output) };
  } catch (error) {
    const { name, message } = error as Error;
    if (!("$metadata" in (error as object))) throw error;
    const { Item: item, CancellationReasons: reasons } = error as { Item?: unknown; CancellationReasons?: unknown };
    return {
      error: name,
      message,
      ...(item ? { item: comparable(item) } : {}),
      ...(reasons ? { reasons: comparable(reasons) } : {}),
    };
  }
}

/** Sets sorted, binaries as text, absent members gone. */
export function comparable(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (value instanceof Date) return value.getTime();
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).flatMap(([key, member]) => {
    if (member === undefined) return [];
    const plain = comparable(member);
    const isSet = (key === "SS" || key === "NS" || key === "BS") && Array.isArray(plain);
    return [[key, isSet ? [...(plain as string[])].sort() : plain] as const];
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
