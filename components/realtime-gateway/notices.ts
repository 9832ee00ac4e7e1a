import { MAX_FRAME_BYTES } from "./limits";
import type { PresenceStatus } from "./presence-items";

/** What a client is told about a friend. Of presence, a client ignores a version older than the one it knows. */
export type Notice =
  | { readonly kind: "online" | "offline"; readonly friend: string; readonly version: number; readonly time: number }
  /** A friend did something; `id` rises and tells repetitions. */
  | {
      readonly kind: "event";
      readonly friend: string;
      readonly event: string;
      readonly data?: unknown;
      readonly id: string;
      readonly time: number;
    }
  /** A friendship began, or is no longer muted. */
  | {
      readonly kind: "friend";
      readonly friend: string;
      readonly status: PresenceStatus;
      readonly version: number;
      readonly time: number;
    };

/** Leaves of several changes of one friend's status only the newest: a client would ignore the others. */
export function newestStatus(notices: readonly Notice[]): Notice[] {
  const newest: Record<string, number> = {};
  for (const notice of notices) {
    if (!isStatus(notice)) continue;
    const id = `p#${notice.friend}`;
    newest[id] = Math.max(newest[id] ?? -1, notice.version);
  }
  const seen: Record<string, true> = {};
  return notices.filter((notice) => {
    if (!isStatus(notice)) return true;
    const id = `p#${notice.friend}`;
    if (seen[id] || notice.version !== newest[id]) return false;
    seen[id] = true;
    return true;
  });
}

function isStatus(notice: Notice): notice is Extract<Notice, { kind: "online" | "offline" }> {
  return notice.kind === "online" || notice.kind === "offline";
}

/** The frames that carry `notices` in order, each within the limit of a frame; usually one. */
export function noticeFrames(notices: readonly Notice[], limit: number = MAX_FRAME_BYTES): string[] {
  const head = '{"type":"notices","notices":[';
  const frames: string[] = [];
  let parts: string[] = [];
  let bytes = head.length + 2;
  for (const notice of notices) {
    const part = JSON.stringify(notice);
    const size = Buffer.byteLength(part) + 1;
    if (parts.length > 0 && bytes + size > limit) {
      frames.push(`${head}${parts.join(",")}]}`);
      parts = [];
      bytes = head.length + 2;
    }
    parts.push(part);
    bytes += size;
  }
  if (parts.length > 0) frames.push(`${head}${parts.join(",")}]}`);
  return frames;
}
