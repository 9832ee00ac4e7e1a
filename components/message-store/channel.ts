import type { Reason, StoredMessage } from "./message";

/** What preparation knows about the player behind a message. */
export interface Recipient {
  /** False when no directory is there, or it has no such player. */
  readonly known: boolean;
  readonly name?: string;
  readonly email?: string;
  readonly locale?: string;
  readonly timeZone?: string;
  /** Preferences by name: `emailMarketing` … */
  readonly preferences: Readonly<Record<string, boolean>>;
}

/** An address of the channel, or why there is none. */
export type AddressAnswer = { readonly address: string } | { readonly skip: Reason };

/** What the channel's queue receives, or why nothing can be sent. */
export type RenderAnswer = { readonly body: Readonly<Record<string, unknown>> } | { readonly fail: Reason };

/**
 * What a channel knows that the store does not: where a player is reached, and how a message looks there. Plain
 * functions over plain data, since they are serialized into the store's prepare function.
 */
export interface ChannelAdapter {
  address(message: StoredMessage, recipient: Recipient): AddressAnswer;
  render(message: StoredMessage, recipient: Recipient, address: string): RenderAnswer;
}
