import { validate, type Schema } from "../shared/schema";
import { parseJson } from "./json";
import { MAX_CORRELATION_ID } from "./limits";

/** Codes of error frames; stable: clients decide by them. */
export const ERROR_CODES = {
  "invalid-json": "The frame is not JSON.",
  "too-large": "The frame, or a part of it, is larger than allowed.",
  "too-deep": "The frame nests deeper than allowed.",
  "invalid-value": "A value cannot be kept: a reserved member name, a number beyond exactness, half a character.",
  "invalid-frame": "The frame is not `{ action, id?, body? }`.",
  "unknown-action": "No route has this action.",
  "invalid-field": "A field of the body is missing, unknown, of a wrong type or out of bounds.",
  "too-many-frames": "The connection sends faster than allowed; wait a second.",
  "not-registered": "The connection is not registered, or no longer: send `hello`.",
  "too-many-connections": "The player has as many connections as allowed.",
  "too-many-friends": "One of the two has as many friends and requests as allowed.",
  "unknown-player": "There is no such player.",
  "no-request": "The other has not asked for a friendship.",
  "not-friends": "The other is not a friend.",
  blocked: "The player blocks the other: unblock first.",
  "not-blocked": "The player does not block the other.",
  conflict: "Somebody changed it in between: read again and repeat.",
  unavailable: "The request could not be served now; repeat it.",
  internal: "The gateway failed.",
} as const;

/** A code of an error frame. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** What an error frame says: a stable code, words for people, and the field that is wrong. */
export interface FrameProblem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly field?: string;
}

/** What is known of a frame, and what is wrong with it, if anything. */
export interface ReadFrame {
  readonly action?: string;
  /** The client's correlation id, given back with the answer. */
  readonly id?: string;
  readonly body?: unknown;
  readonly problem?: FrameProblem;
}

const MEMBERS: readonly string[] = ["action", "id", "body"];

/** Length of the longest action that an answer repeats. */
const MAX_ACTION = 128;

/** Takes a frame apart. The action is not looked up: API Gateway has done that. */
export function readFrame(text: string): ReadFrame {
  const parsed = parseJson(text);
  const frame = parsed.value;
  if (parsed.problem) return { ...named(frame), problem: parsed.problem };
  if (typeof frame !== "object" || frame === null || Array.isArray(frame)) {
    return { problem: { code: "invalid-frame", message: "expected an object" } };
  }
  const { id, body = {} } = frame as Record<string, unknown>;
  const known = named(frame);
  const refuse = (field: string, message: string): ReadFrame => ({
    ...known,
    problem: { code: "invalid-frame", field, message },
  });
  if (!("action" in known)) return refuse("action", "expected the name of an action");
  if (id !== undefined && known.id === undefined)
    return refuse("id", `expected text of at most ${MAX_CORRELATION_ID} characters`);
  const unknown = Object.keys(frame).find((member) => !MEMBERS.includes(member));
  if (unknown !== undefined) return refuse(unknown, "unknown");
  return { ...known, body };
}

/** What the answer to a frame names it by, as far as it can be given back. */
function named(frame: unknown): { readonly action?: string; readonly id?: string } {
  if (typeof frame !== "object" || frame === null) return {};
  const { action, id } = frame as Record<string, unknown>;
  return { ...short("action", action, MAX_ACTION), ...short("id", id, MAX_CORRELATION_ID) };
}

function short(member: string, value: unknown, max: number): { readonly [member: string]: string } {
  return typeof value === "string" && value.length <= max && value.isWellFormed() ? { [member]: value } : {};
}

/** What is wrong with a body. */
export function bodyProblem(schema: Schema, body: unknown): FrameProblem | undefined {
  const problem = validate(schema, body, "body");
  return problem && { code: "invalid-field", ...problem };
}

/** The text of a reply. */
export function replyFrame(action: string | undefined, id: string | undefined, body: unknown): string {
  return JSON.stringify({ type: "reply", action, id, body: body ?? {} });
}

/** The text of an error frame. */
export function errorFrame(action: string | undefined, id: string | undefined, error: FrameProblem): string {
  return JSON.stringify({
    type: "error",
    action,
    id,
    error: { code: error.code, message: error.message, field: error.field },
  });
}

/** An error that a route answers with: thrown by a handler, sent as an error frame. Not a class, so that it survives serialization. */
export function protocolError(code: ErrorCode, message: string, field?: string): Error & FrameProblem {
  return Object.assign(new Error(message), {
    name: "ProtocolError",
    code,
    ...(field === undefined ? {} : { field }),
  });
}

/** Whether an error is one of `protocolError`; by its name, since it may come from another realm. */
export function isProtocolError(error: unknown): error is Error & FrameProblem {
  return error instanceof Error && error.name === "ProtocolError";
}
