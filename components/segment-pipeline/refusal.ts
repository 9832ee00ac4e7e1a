/** Characters of a value that an error shows. */
const SHOWN = 100;

/** An error for what cannot be worked with, in the house form; whatever was received is shown short. */
export function refusal(field: string, got: unknown, expected: string): Error & { readonly field: string } {
  return Object.assign(new Error(`${field}: got ${shown(got)}; expected ${expected}.`), {
    name: "SegmentRunError",
    field,
  });
}

/** A value as an object with members; undefined when it is something else. */
export function membersOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

function shown(value: unknown): string {
  const text = (JSON.stringify(value) as string | undefined) ?? "nothing";
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 3)}...` : text;
}
