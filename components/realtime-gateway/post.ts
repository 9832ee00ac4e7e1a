import * as apigateway from "@aws-sdk/client-apigatewaymanagementapi";

/** The API that posts to connections. */
export type Poster = apigateway.ApiGatewayManagementApiClient;

/**
 * A client for posts. The endpoint is the API's own, which no configuration of the SDK knows; one given in the
 * environment goes first, as for every other service.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export function posterFor(endpoint: string): Poster {
  const given = process.env["AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI"] ?? process.env["AWS_ENDPOINT_URL"];
  return new apigateway.ApiGatewayManagementApiClient({ endpoint: given ?? endpoint, maxAttempts: 3 });
}

/** Posts a frame; false if the connection is gone, which no retry changes. */
export async function post(poster: Poster, connection: string, frame: string): Promise<boolean> {
  try {
    await poster.send(new apigateway.PostToConnectionCommand({ ConnectionId: connection, Data: Buffer.from(frame) }));
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === "GoneException") return false;
    throw error;
  }
}
