import type { MessageStatus } from "./status";

/** A JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** What an application asks for: one message to one player by one channel. */
export interface Message {
  /** Player id, as the game knows it: 1 to 80 bytes. */
  readonly player: string;
  /** One of the store's types: `transactional`, `social`, `marketing`, or the studio's own. */
  readonly type: string;
  /** Name of a template of the channel. */
  readonly template: string;
  /** What the template shows; at most 32 KB as JSON. @default {} */
  readonly data?: Readonly<Record<string, unknown>>;
  /** @default email */
  readonly channel?: string;
  /** The same key for the same player makes the same message, once. @default every call makes a message */
  readonly deduplicationKey?: string;
  /** Epoch seconds before which it is held. @default at once */
  readonly notBefore?: number;
  /** Epoch seconds after which it is not sent any more. @default it never expires */
  readonly validUntil?: number;
  /** The address, when no player directory knows it. @default the player's own */
  readonly to?: string;
  /** BCP 47 tag, when no player directory knows it. @default the player's own */
  readonly locale?: string;
  /** The campaign or segment run that it belongs to. */
  readonly run?: string;
  /** What makes it, such as a part of the run's result; whoever enqueues it again is told. At most 128 bytes. */
  readonly origin?: string;
}

/** Answer of an enqueue. */
export interface Enqueued {
  readonly id: string;
  /** False when the same deduplication key has made it before. */
  readonly created: boolean;
  /** The origin of the message that was there, asked for by a message with an origin of its own. */
  readonly origin?: string;
}

/** Why a message is where it is. */
export interface Reason {
  /** A stable word: `no-address`, `template-error` … */
  readonly code: string;
  readonly detail?: string;
  readonly template?: string;
  readonly locale?: string;
  readonly field?: string;
}

/** A message as its item tells it. */
export interface StoredMessage {
  readonly player: string;
  readonly id: string;
  readonly channel: string;
  readonly type: string;
  readonly template: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly status: MessageStatus;
  /** Passes through preparation: 1 at first, one more whenever it was held or redriven. */
  readonly dispatch: number;
  /** Claims of the sender so far. */
  readonly attempt: number;
  readonly notBefore?: number;
  readonly validUntil?: number;
  readonly to?: string;
  readonly locale?: string;
  readonly run?: string;
}

/** What `onStatus` handlers receive, at least once per change. */
export interface StatusChange {
  /** The same for every delivery of one change. */
  readonly event: string;
  readonly player: string;
  readonly id: string;
  readonly channel: string;
  readonly type: string;
  readonly template: string;
  readonly run?: string;
  readonly status: MessageStatus;
  readonly previous?: MessageStatus;
  readonly reason?: Reason;
  /** Epoch seconds. */
  readonly at: number;
}

/** How a type of message is treated. */
export interface MessageType {
  /**
   * `none`: needs no consent; `opt-out`: sent unless the player said no; `opt-in`: sent only if the player said yes
   * (and then carries one-click unsubscribe).
   */
  readonly consent: "none" | "opt-out" | "opt-in";
  /** 0 to 9, lower is more urgent; an attribute of what is published. */
  readonly priority: number;
}

/** The types of every store. */
export const DEFAULT_TYPES: Readonly<Record<string, MessageType>> = {
  transactional: { consent: "none", priority: 1 },
  social: { consent: "opt-out", priority: 5 },
  marketing: { consent: "opt-in", priority: 9 },
};
