import type { HandlerFactory } from "../shared/callback";
import { frameHandler, type FrameEvent, type FrameResult } from "./route";

/** `$default`: frames that are not JSON, have no action, or one that no route has. They get an error frame. */
export function defaultHandler(): HandlerFactory<FrameEvent, FrameResult> {
  return frameHandler({}, () => async () => undefined);
}
