import type { HandlerFactory } from "../shared/callback";
import { PROTOCOL } from "./limits";

/**
 * `$connect`: nothing is stored yet, because posts to a connection answer 410 until this has returned; `hello`
 * registers. The protocol is echoed, or browsers close the socket.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-connect-route-subprotocol.html
 */
export function connectHandler(): HandlerFactory<unknown, { statusCode: number; headers: Record<string, string> }> {
  return () => async () => ({ statusCode: 200, headers: { "Sec-WebSocket-Protocol": PROTOCOL } });
}
