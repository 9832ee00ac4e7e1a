import { isStorable } from "../shared/attributes";
import { show } from "../shared/errors";
import { isPlayerId, PLAYER_ID_RULE } from "../shared/player-keys";
import { isPlainObject } from "../shared/request";
import {
  MAX_ADDRESS_LENGTH,
  MAX_DATA_BYTES,
  MAX_DATA_DEPTH,
  MAX_DEDUPLICATION_KEY_BYTES,
  MAX_EPOCH_SECONDS,
  MAX_RUN_BYTES,
} from "./limits";
import type { Message } from "./message";

/** Something that keeps a message from being enqueued. */
export interface MessageProblem {
  /** The field, as a path: `data.items`. */
  readonly field: string;
  /** `<field> of the message: got <value>; expected <allowed>.` */
  readonly message: string;
}

const FIELDS = [
  "player",
  "type",
  "template",
  "data",
  "channel",
  "deduplicationKey",
  "notBefore",
  "validUntil",
  "to",
  "locale",
  "run",
  "origin",
];

/** The first problem of what wants to be a message, or undefined when it is one. `now` in epoch seconds. */
export function messageProblem(value: unknown, types: readonly string[], now: number): MessageProblem | undefined {
  if (!isPlainObject(value)) return { field: "message", message: `a message: got ${show(value)}; expected an object.` };
  for (const name of Object.keys(value)) {
    if (!FIELDS.includes(name)) return problem(name, value[name], `no such field; the fields are ${FIELDS.join(", ")}`);
  }
  const m = value as Record<keyof Message, unknown>;
  if (!isPlayerId(m.player)) return problem("player", m.player, PLAYER_ID_RULE);
  if (typeof m.type !== "string" || !types.includes(m.type)) {
    return problem("type", m.type, `one of ${types.join(", ")}`);
  }
  if (!matches(m.template, /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)) {
    return problem("template", m.template, "a template's name: up to 64 of A-Z a-z 0-9 . _ -");
  }
  if (m.channel !== undefined && !matches(m.channel, /^[a-z][a-z0-9-]{0,31}$/)) {
    return problem("channel", m.channel, "a channel's name: up to 32 of a-z 0-9 -, such as email");
  }
  return (
    textProblem("deduplicationKey", m.deduplicationKey, MAX_DEDUPLICATION_KEY_BYTES) ??
    textProblem("run", m.run, MAX_RUN_BYTES) ??
    textProblem("origin", m.origin, MAX_RUN_BYTES) ??
    textProblem("to", m.to, MAX_ADDRESS_LENGTH) ??
    (m.locale !== undefined && !matches(m.locale, /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$/)
      ? problem("locale", m.locale, "a BCP 47 tag such as de-AT")
      : undefined) ??
    timeProblem(m, now) ??
    dataProblem(m.data)
  );
}

function timeProblem(m: Record<keyof Message, unknown>, now: number): MessageProblem | undefined {
  for (const field of ["notBefore", "validUntil"] as const) {
    const at = m[field];
    if (at === undefined) continue;
    if (typeof at !== "number" || !isStorable(at) || at < 0 || at > MAX_EPOCH_SECONDS) {
      return problem(field, at, "epoch seconds (not milliseconds)");
    }
  }
  const { validUntil, notBefore } = m;
  if (typeof validUntil === "number" && validUntil <= now) {
    return problem("validUntil", validUntil, `a time after now, ${now}: it has expired already`);
  }
  if (typeof validUntil === "number" && typeof notBefore === "number" && notBefore >= validUntil) {
    return problem("notBefore", notBefore, `a time before validUntil, ${validUntil}: it could never be sent`);
  }
  return undefined;
}

function dataProblem(data: unknown): MessageProblem | undefined {
  if (data === undefined) return undefined;
  if (!isPlainObject(data)) return problem("data", data, "an object");
  const wrong = jsonProblem(data, "data", 1);
  if (wrong) return wrong;
  const bytes = Buffer.byteLength(JSON.stringify(data));
  return bytes > MAX_DATA_BYTES
    ? problem("data", `${bytes} bytes`, `at most ${MAX_DATA_BYTES} bytes as JSON`)
    : undefined;
}

function jsonProblem(value: unknown, path: string, depth: number): MessageProblem | undefined {
  if (depth > MAX_DATA_DEPTH) return problem(path, "deeper nesting", `at most ${MAX_DATA_DEPTH} levels`);
  if (value === null || typeof value === "string" || typeof value === "boolean") return undefined;
  if (typeof value === "number") return Number.isFinite(value) ? undefined : problem(path, value, "a finite number");
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const wrong = jsonProblem(value[i], `${path}[${i}]`, depth + 1);
      if (wrong) return wrong;
    }
    return undefined;
  }
  if (!isPlainObject(value)) return problem(path, value, "a JSON value");
  for (const name of Object.keys(value)) {
    if (name === "__proto__") return problem(`${path}.__proto__`, value[name], "another name");
    if (value[name] === undefined) continue;
    const wrong = jsonProblem(value[name], `${path}.${name}`, depth + 1);
    if (wrong) return wrong;
  }
  return undefined;
}

function textProblem(field: string, value: unknown, most: number): MessageProblem | undefined {
  if (value === undefined) return undefined;
  const fits =
    typeof value === "string" && value.length > 0 && Buffer.byteLength(value) <= most && value.isWellFormed();
  return fits ? undefined : problem(field, value, `text of 1 to ${most} bytes`);
}

function matches(value: unknown, pattern: RegExp): boolean {
  return typeof value === "string" && pattern.test(value);
}

function problem(field: string, got: unknown, expected: string): MessageProblem {
  return { field, message: `${field} of the message: got ${show(got)}; expected ${expected}.` };
}
