import { show } from "./errors";
import { withoutAddresses } from "./log";

/**
 * Errors of functions that are invoked directly, in the form `<what> of the request: got <value>; expected <allowed>.`
 * Made by functions, not classes, so that handlers can capture them. Received values are cut, and addresses taken out of
 * them: they end in logs.
 */

/** An invocation's input is wrong: no retry mends it. Callers see the `errorType` `RequestError`. */
export function requestError(field: string, got: unknown, expected: string): Error {
  const what = field === "" ? "the request" : `${field} of the request`;
  const text =
    got === undefined
      ? `${what}: missing; expected ${expected}.`
      : `${what}: got ${String(withoutAddresses(show(got)))}; expected ${expected}.`;
  return Object.assign(new Error(text), { name: "RequestError", field });
}

/**
 * An object with these members and no others.
 *
 * @param field path of the object within the request; empty for the request itself.
 * @throws RequestError
 */
export function requireMembers(value: unknown, field: string, members: readonly string[]): Record<string, unknown> {
  const expected = members.length === 0 ? "an object without members" : `an object of ${members.join(", ")}`;
  if (!isPlainObject(value)) throw requestError(field, value ?? null, expected);
  for (const name of Object.keys(value)) {
    if (!members.includes(name)) throw requestError(field === "" ? name : `${field}.${name}`, value[name], expected);
  }
  return value;
}

/** Whether a value is an object as JSON makes it. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm has another Object.prototype, but its own prototype ends there just the same.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
