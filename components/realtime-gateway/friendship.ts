/** The two sides of a friendship, and what each action makes of them. Pure: `friends.ts` reads, decides, writes. */

/** How a player stands to another: he asked, was asked, is a friend, blocks. */
export type FriendState = "requested" | "pending" | "accepted" | "blocked";

/** One side; undefined where there is no item. */
export interface Side {
  readonly state: FriendState;
  readonly muted: boolean;
  readonly version: number;
}

/** The actions that change a friendship; a client sends `friends.<action>`. */
export type FriendAction = "request" | "accept" | "decline" | "remove" | "block" | "unblock" | "mute" | "unmute";

/** A tombstone: `keep` leaves it as it is, `lift` deletes it, `hours` silences for hours, `good` for good. */
export type Tombstone = "keep" | "lift" | "hours" | "good";

/** What becomes of both sides. */
export interface Change {
  readonly mine: Omit<Side, "version"> | undefined;
  readonly theirs: Omit<Side, "version"> | undefined;
  /** In my partition: whether the other may be told about me. */
  readonly tellThem: Tombstone;
  /** In the other's partition: whether I may be told about the other. */
  readonly tellMe: Tombstone;
  /** Who must learn the presence of a friend who is new (or no longer muted) to them. */
  readonly news: "none" | "both" | "me";
}

/** What an action comes to. */
export type Decision =
  | { readonly kind: "change"; readonly change: Change }
  /** It is so already. */
  | { readonly kind: "unchanged" }
  | { readonly kind: "refused"; readonly code: FriendRefusal };

/** Why an action is refused: a code of the error frame. */
export type FriendRefusal = "no-request" | "not-friends" | "blocked" | "not-blocked";

/** Decides what `action` of the player whose side is `mine` does. */
export function decide(action: FriendAction, mine: Side | undefined, theirs: Side | undefined): Decision {
  switch (action) {
    case "request":
      return request(mine, theirs);
    case "accept":
      if (mine?.state === "accepted") return { kind: "unchanged" };
      return mine?.state === "pending" && theirs?.state === "requested" ? befriend() : refused("no-request");
    case "decline":
      if (mine?.state !== "pending") return refused("no-request");
      return changed({ mine: undefined, theirs: theirs?.state === "blocked" ? theirs : undefined });
    case "remove":
      return remove(mine, theirs);
    case "block":
      if (mine?.state === "blocked") return { kind: "unchanged" };
      return changed({
        mine: { state: "blocked", muted: false },
        theirs: theirs?.state === "blocked" ? theirs : undefined,
        tellThem: "good",
        tellMe: "good",
      });
    case "unblock": {
      if (mine?.state !== "blocked") return refused("not-blocked");
      // Entries of the time before may still be there: silence outlives them, unless the other blocks too.
      const silence = theirs?.state === "blocked" ? "keep" : "hours";
      return changed({ mine: undefined, theirs, tellThem: silence, tellMe: silence });
    }
    case "mute":
    case "unmute":
      return mute(action === "mute", mine, theirs);
  }
}

function request(mine: Side | undefined, theirs: Side | undefined): Decision {
  if (mine?.state === "blocked") return refused("blocked");
  if (mine?.state === "accepted") return { kind: "unchanged" };
  // Asked already, unless the other has no sign of it: it was asked while he blocked, and he does no more.
  if (mine?.state === "requested" && theirs) return { kind: "unchanged" };
  if (theirs?.state === "requested") return befriend();
  // Who is blocked must not learn of it: his request looks like any other and reaches nobody.
  const other = theirs?.state === "blocked" ? theirs : ({ state: "pending", muted: false } as const);
  return changed({ mine: { state: "requested", muted: false }, theirs: other });
}

function remove(mine: Side | undefined, theirs: Side | undefined): Decision {
  if (mine === undefined || mine.state === "blocked") return refused("not-friends");
  const other = theirs?.state === "blocked" ? theirs : undefined;
  const silence = mine.state === "accepted" ? "hours" : "keep";
  return changed({ mine: undefined, theirs: other, tellThem: silence, tellMe: silence });
}

function mute(muted: boolean, mine: Side | undefined, theirs: Side | undefined): Decision {
  if (mine?.state !== "accepted") return refused("not-friends");
  if (mine.muted === muted) return { kind: "unchanged" };
  return changed({
    mine: { state: "accepted", muted },
    theirs,
    tellMe: muted ? "good" : "lift",
    news: muted ? "none" : "me",
  });
}

function befriend(): Decision {
  const friend = { state: "accepted", muted: false } as const;
  return changed({ mine: friend, theirs: friend, tellThem: "lift", tellMe: "lift", news: "both" });
}

function changed(change: Partial<Change> & Pick<Change, "mine" | "theirs">): Decision {
  return { kind: "change", change: { tellThem: "keep", tellMe: "keep", news: "none", ...change } };
}

function refused(code: FriendRefusal): Decision {
  return { kind: "refused", code };
}
