import type { HandlerFactory } from "../shared/callback";
import { logError } from "../shared/log";
import type { Schema } from "../shared/schema";
import { bodyProblem, errorFrame, isProtocolError, readFrame, replyFrame, type FrameProblem } from "./frames";
import { frameBuckets } from "./token-bucket";

/** What a route's handler knows of the frame beside its body. */
export interface RouteContext {
  /** The `sub` of the token that the connection was opened with. */
  readonly playerId: string;
  readonly connectionId: string;
  /** API Gateway's id of this frame. */
  readonly requestId: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What API Gateway hands to a route's function. */
export interface FrameEvent {
  readonly requestContext: {
    readonly connectionId: string;
    readonly requestId: string;
    readonly routeKey: string;
    /** The authorizer's context, kept for the life of the connection. */
    readonly authorizer?: { readonly playerId?: string };
  };
  readonly body?: string | null;
}

/** The route response: its body is sent to the client as it is. */
export interface FrameResult {
  readonly statusCode: number;
  readonly body: string;
}

/** Handles the body of one action; what it returns is the body of the reply. */
export type ActionHandler = (context: RouteContext, body: unknown, action: string) => Promise<unknown>;

/**
 * The function of one or several actions: takes the frame apart, holds its body against the action's schema, answers
 * with a reply or an error frame. The socket stays, whatever came.
 *
 * @param make called once per container; makes clients and returns the handler.
 */
export function frameHandler(
  schemas: { readonly [action: string]: Schema },
  make: () => ActionHandler,
): HandlerFactory<FrameEvent, FrameResult> {
  return () => {
    const handle = make();
    const admit = frameBuckets();
    return async (event) => {
      const { connectionId, requestId, routeKey, authorizer } = event.requestContext;
      const frame = readFrame(event.body ?? "");
      const fail = (problem: FrameProblem): FrameResult => ({
        statusCode: 200,
        body: errorFrame(frame.action, frame.id, problem),
      });
      const now = Date.now();
      if (!admit(connectionId, now)) {
        return fail({ code: "too-many-frames", message: "the connection sends faster than allowed; wait a second" });
      }
      if (frame.problem) return fail(frame.problem);
      const action = frame.action ?? "";
      const schema = Object.hasOwn(schemas, action) ? schemas[action] : undefined;
      if (!schema || action !== routeKey) return fail({ code: "unknown-action", message: "no route has this action" });
      const problem = bodyProblem(schema, frame.body);
      if (problem) return fail(problem);
      try {
        const context = { playerId: authorizer?.playerId ?? "", connectionId, requestId, now };
        return { statusCode: 200, body: replyFrame(action, frame.id, await handle(context, frame.body, action)) };
      } catch (error) {
        if (isProtocolError(error)) return fail(error);
        return fail(failure(action, requestId, error));
      }
    };
  };
}

/** Logs what a handler threw, without anything of the frame, and tells the client no more than whether to repeat it. */
function failure(action: string, requestId: string, error: unknown): FrameProblem {
  logError(`action ${action}`, requestId, error);
  const fromAws = typeof error === "object" && error !== null && "$metadata" in error;
  return fromAws
    ? { code: "unavailable", message: "the request could not be served now; repeat it" }
    : { code: "internal", message: `the gateway failed; quote request ${requestId}` };
}
