import type { Cloud } from "../../cloud";
import type { Service } from "../../service";
import type { ApiGatewayService } from ".";
import { managementOperations, managementRoutes } from "./operations/management";

/**
 * API Gateway's management API as far as operators ask it: the account's settings, and what WebSocket APIs there are. It signs as `apigateway`, while
 * `@connections` signs as `execute-api`.
 * https://docs.aws.amazon.com/apigateway/latest/api/API_GetAccount.html
 */
export function apigatewayAccountService(cloud: Cloud): Service {
  return {
    name: "apigateway-account",
    signingName: "apigateway",
    protocols: [
      { kind: "rest", routes: [{ method: "GET", path: "/account", operation: "GetAccount" }, ...managementRoutes] },
    ],
    operations: {
      ...managementOperations(cloud),
      GetAccount: {
        authorize: () => [{ action: "apigateway:GET", resource: `arn:aws:apigateway:${cloud.region}::/account` }],
        answer: () => {
          const { gateway } = cloud.services.get("apigateway") as ApiGatewayService;
          return {
            ...(gateway.loggingRole === undefined ? {} : { cloudwatchRoleArn: gateway.loggingRole }),
            throttleSettings: { burstLimit: 5_000, rateLimit: 10_000 },
            features: ["UsagePlans"],
            apiKeyVersion: "4",
          };
        },
      },
    },
    resourceTypes: {},
  };
}
